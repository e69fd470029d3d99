// VRFs: interfaces that give those which are their ports a routing table of their own. net/l3mdev/l3mdev.c.
import type { Address } from '../datatype/address.ts';
import { vrf as vrfKind } from '../device/kind/vrf.ts';
import type { Flow } from './decision.ts';
import type { Host, Interface, RoutingRule } from './host.ts';
import { interfaceNamed } from './inventory.ts';

/** Whether it is one. */
export function isVrf({ type }: Pick<Interface, 'type'>): boolean {
  return type?.kind === vrfKind.kind;
}

/** The VRF that an interface is a port of, or that it is itself (`l3mdev_master_ifindex_rcu`). */
export function vrfOf(host: Host, device: string | undefined): Interface | undefined {
  if (device === undefined || !hasVrf(host)) return undefined;
  const one = interfaceNamed(host, device);
  return one && vrfOfInterface(host, one);
}

function vrfOfInterface(host: Host, one: Interface): Interface | undefined {
  if (isVrf(one)) return one;
  const above = one.master === undefined ? undefined : interfaceNamed(host, one.master);
  return above && isVrf(above) ? above : undefined;
}

/** Whether a host has any. */
export function hasVrf({ interfaces }: Pick<Host, 'interfaces'>): boolean {
  const before = known.get(interfaces);
  if (before !== undefined) return before;
  const found = interfaces.some(isVrf);
  known.set(interfaces, found);
  return found;
}

/** Answers so far; every lookup asks. */
const known = new WeakMap<readonly Interface[], boolean>();

/** The interfaces of a VRF, or those of none, in the order of their index. */
export function interfacesIn(host: Host, vrf: Interface | undefined): readonly Interface[] {
  if (!hasVrf(host)) return host.interfaces;
  return host.interfaces.filter((one) => vrfOfInterface(host, one) === vrf);
}

/** The VRF that an interface is a port of (`netif_is_l3_slave`). */
export function vrfAbove(host: Host, device: string | undefined): Interface | undefined {
  const found = vrfOf(host, device);
  return found?.name === device ? undefined : found;
}

/** The VRF that has what comes in by a device: also that of the bridge, bond or team that it is a port of. */
export function vrfOfInput(host: Host, device: string | undefined): Interface | undefined {
  const found = vrfOf(host, device);
  const one = found || device === undefined ? undefined : interfaceNamed(host, device);
  return one?.master === undefined || !hasVrf(host) ? found : vrfOf(host, one.master);
}

/** The table of the VRF of an interface; undefined where it is of none (`l3mdev_fib_table_rcu`). */
export function vrfTable(host: Host, device: string | undefined): number | undefined {
  return tableOf(vrfOf(host, device));
}

function tableOf(one: Interface | undefined): number | undefined {
  const number = one?.type?.settings['table'];
  return typeof number === 'number' ? number : undefined;
}

/** The VRFs that have an address, each once; none where an interface of none has it, too. */
export function vrfsWith(host: Host, { family, value }: Address): readonly string[] {
  if (!hasVrf(host)) return [];
  const owners = host.interfaces.filter(({ addresses }) =>
    addresses.some(({ address }) => address.family === family && address.value === value),
  );
  const found = owners.map((one) => vrfOfInterface(host, one)?.name);
  return found.includes(undefined) ? [] : [...new Set(found.flatMap((name) => name ?? []))];
}

/** What routing takes of VRFs from a flow. */
export interface Domain {
  /** The name of the VRF, if it is of one. */
  readonly vrf?: string;
  /** The interface that it must leave by says so, and not the one that it came by (`FLOWI_FLAG_L3MDEV_OIF`). */
  readonly byOutput: boolean;
  /** The interface that it must leave by: a VRF only chooses the table. */
  readonly oif?: string;
  readonly preferredOif?: string;
}

/** `l3mdev_update_flow`. */
export function domainOf(host: Host, flow: Flow): Domain {
  const { oif, preferredOif, iif, vrf: said } = flow;
  const output = oif ?? preferredOif;
  if (output !== undefined && interfaceNamed(host, output)) {
    const found = vrfOf(host, output)?.name;
    const isItself = found === output;
    return {
      ...named(said ?? found),
      byOutput: said === undefined && found !== undefined,
      ...(!isItself && oif !== undefined && { oif }),
      ...(!isItself && preferredOif !== undefined && { preferredOif }),
    };
  }
  const input = iif === undefined || iif === 'lo' ? undefined : vrfOf(host, iif)?.name;
  return { ...named(said ?? input), byOutput: false, ...(oif !== undefined && { oif }) };
}

function named(vrf: string | undefined): Pick<Domain, 'vrf'> {
  return vrf === undefined ? {} : { vrf };
}

/** The table that a rule has a flow looked up in; undefined: the rule is not for it (`l3mdev_fib_rule_match`). */
export function tableFor(host: Host, rule: RoutingRule, { vrf: name }: Domain): number | undefined {
  return rule.l3mdev ? vrfTable(host, name) : rule.table;
}
