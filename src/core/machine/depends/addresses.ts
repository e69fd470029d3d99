// Addresses that a policy wants reached, and what hides them: ARP that is not answered, loopback, own sources, IPv6 off.
import { type AddressFamily, formatAddress } from '../../datatype/address.ts';
import type { Range } from '../../datatype/range.ts';
import { inputInterface } from '../../field/meta.ts';
import { ipDaddr, ipSaddr } from '../../field/network.ts';
import { answersArp } from '../../topology/arp.ts';
import type { Host } from '../../topology/host.ts';
import { addressesOf, interfaceNamed, interfaceWith, subnetAddress } from '../../topology/inventory.ts';
import { isLoopback4 } from '../../topology/prefix.ts';
import { sysctlNumber } from '../../topology/sysctl.ts';
import { accepts, fittingDevices, outcomesOf, type PlacedRule, wantedRanges } from '../placed-rules.ts';
import type { Dependence, Machine } from './define.ts';

/** Own addresses that a rule lets in by an interface that they are not on. */
export function dependsOnArp({ rules, host }: Machine): readonly Dependence[] {
  return rules.flatMap((placed) => {
    if (!placed.hooks.has('input') || !placed.families.includes(4) || !accepts(placed)) return [];
    const targets = singles(wantedRanges(placed, ipDaddr));
    return namedDevices(placed, host).flatMap((device) =>
      targets.flatMap((target) => hiddenFrom(host, device, target, placed)),
    );
  });
}

/** Those that the rule itself says, not all that there are. */
function namedDevices(placed: PlacedRule, host: Host): readonly string[] {
  const fitting = fittingDevices(placed, host, inputInterface);
  return fitting.length === fittingDevices({ ...placed, rule: { parts: [] } }, host, inputInterface).length
    ? []
    : fitting;
}

function singles(ranges: readonly Range[] | undefined): readonly bigint[] {
  return (ranges ?? []).flatMap(({ lo, hi }) => (lo === hi ? [lo] : []));
}

/** An address of `lo` may be hidden on purpose: who balances load sends to it without having asked. */
function hiddenFrom(host: Host, device: string, target: bigint, rule: PlacedRule): readonly Dependence[] {
  const owner = interfaceWith(host, 4, target);
  const asker = neighbour(host, device);
  if (!owner || owner.name === 'lo' || owner.name === device || asker === undefined) return [];
  const request = { kind: 'arp', operation: 1, sender: asker, target } as const;
  const place = { device, mark: 0 };
  const open = { ...host, sysctls: withoutArp(host.sysctls) };
  if (!answersArp(open, request, place).answers) return [];
  const answer = answersArp(host, request, place);
  const sysctl = answer.why.includes('arp_filter') ? 'arp_filter' : 'arp_ignore';
  return [
    {
      code: 'HK6115',
      sysctl: `net.ipv4.conf.*.${sysctl}`,
      device,
      what: `is for ${formatAddress({ family: 4, value: target })} of \`${owner.name}\` by \`${device}\``,
      rule,
      needs: 'to let ARP be answered for it there',
      ...(!answer.answers && {
        problem: `neighbours at \`${device}\` that ask for the address get no answer: ${answer.why}`,
      }),
      help: `give the address to \`${device}\`, or set \`${sysctl}\` to 0 there and for \`all\``,
    },
  ];
}

function withoutArp(sysctls: Host['sysctls']): Host['sysctls'] {
  return new Map([...sysctls].filter(([name]) => !/\.arp_(?:ignore|filter)$/.test(name)));
}

/** Somebody in the subnet of the interface's first address. */
function neighbour(host: Host, device: string): bigint | undefined {
  const one = interfaceNamed(host, device);
  const [first] = one ? addressesOf(one, 4) : [];
  if (!first || first.prefixLength > 30) return undefined;
  const base = (subnetAddress(first) >> 2n) << 2n;
  return [1n, 2n].map((offset) => base + offset).find((address) => !interfaceWith(host, 4, address));
}

/** Destinations in 127.0.0.0/8 for what comes from outside. */
export function dependsOnLocalnet({ rules, host }: Machine): readonly Dependence[] {
  return rules.flatMap((placed) => {
    if (!placed.hooks.has('prerouting')) return [];
    const toLoopback = outcomesOf(placed).some(
      (one) => one.kind === 'destination' && one.addresses?.family === 4 && isLoopback4(one.addresses.lo),
    );
    return toLoopback
      ? fittingDevices(placed, host, inputInterface).map((one) => localnet(host, one, placed))
      : [];
  });
}

function localnet(host: Host, device: string, rule: PlacedRule): Dependence {
  const isOff = sysctlNumber(host, 'net.ipv4.conf.*.route_localnet', device) === 0;
  return {
    code: 'HK6122',
    sysctl: 'net.ipv4.conf.*.route_localnet',
    device,
    what: `sends what comes by \`${device}\` to 127.0.0.0/8`,
    rule,
    needs: 'to be 1',
    ...(isOff && {
      problem: `its packets are dropped at routing, as 127.0.0.0/8 is no destination for what comes by \`${device}\``,
    }),
    help: `write \`redirect\`, or \`sysctl net.ipv4.conf.${device}.route_localnet = 1\` and rules that keep others off 127.0.0.1`,
  };
}

/** Own addresses as sources of what comes in. */
export function dependsOnAcceptLocal({ rules, host }: Machine): readonly Dependence[] {
  return rules.flatMap((placed) => {
    const { hooks, families } = placed;
    if (!(hooks.has('input') || hooks.has('forward')) || !families.includes(4) || !accepts(placed)) return [];
    const sources = wantedRanges(placed, ipSaddr) ?? [];
    const own = singles(sources).filter((value) => !isLoopback4(value) && interfaceWith(host, 4, value));
    if (own.length === 0 || own.length < sources.length) return [];
    return namedDevices(placed, host).map((device) => acceptLocal(host, device, placed));
  });
}

function acceptLocal(host: Host, device: string, rule: PlacedRule): Dependence {
  const isOff = sysctlNumber(host, 'net.ipv4.conf.*.accept_local', device) === 0;
  return {
    code: 'HK6123',
    sysctl: 'net.ipv4.conf.*.accept_local',
    device,
    what: `is for packets by \`${device}\` with an address of the host as their source`,
    rule,
    needs: 'to be 1',
    ...(isOff && { problem: 'no such packet comes so far: its source is taken for a lie' }),
    help: `write \`sysctl net.ipv4.conf.${device}.accept_local = 1\`, or take the rule out`,
  };
}

/** Rules about IPv6 by interfaces that have none. */
export function dependsOnIpv6({ rules, host }: Machine): readonly Dependence[] {
  return rules.flatMap((placed) => {
    const { families, hooks } = placed;
    const isInward = hooks.has('input') || hooks.has('forward') || hooks.has('prerouting');
    if (!isInward || !isOnly6(families) || outcomesOf(placed).length === 0) return [];
    const devices = fittingDevices(placed, host, inputInterface);
    const isOff = devices.length > 0 && devices.every((device) => isDisabled(host, device));
    const one = namedDevices(placed, host)[0];
    return [
      {
        code: 'HK6124' as const,
        sysctl: 'net.ipv6.conf.*.disable_ipv6',
        device: one ?? 'all',
        what: 'is for packets of IPv6',
        rule: placed,
        needs: 'to be 0',
        ...(isOff && { problem: 'IPv6 is off there, so that no packet comes to it' }),
        help: 'take the rule out, or set `disable_ipv6` to 0',
      },
    ];
  });
}

function isOnly6(families: readonly AddressFamily[]): boolean {
  return families.length === 1 && families[0] === 6;
}

function isDisabled(host: Host, device: string): boolean {
  return sysctlNumber(host, 'net.ipv6.conf.*.disable_ipv6', device) !== 0;
}
