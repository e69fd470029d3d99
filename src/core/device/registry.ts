// All kinds of devices.
import type { Interface } from '../topology/host.ts';
import type { DeviceKind } from './define.ts';
import { bond } from './kind/bond.ts';
import { bridge } from './kind/bridge.ts';
import { card, veth } from './kind/card.ts';
import { dummy } from './kind/dummy.ts';
import { gre, gretap, ip6gre, ip6gretap } from './kind/gre.ts';
import { ifb } from './kind/ifb.ts';
import { ip6tnl, ipip, sit } from './kind/ip-in-ip.ts';
import { ipvlan } from './kind/ipvlan.ts';
import { macvlan } from './kind/macvlan.ts';
import { macvtap } from './kind/macvtap.ts';
import { team } from './kind/team.ts';
import { tap, tun } from './kind/user.ts';
import { vlan } from './kind/vlan.ts';
import { vrf } from './kind/vrf.ts';
import { vxlan } from './kind/vxlan.ts';
import { wireguard } from './kind/wireguard.ts';

/** In the order in which people are told of them. */
const kinds: readonly DeviceKind[] = [
  veth,
  bridge,
  bond,
  team,
  vlan,
  vxlan,
  macvlan,
  macvtap,
  ipvlan,
  tun,
  tap,
  dummy,
  ifb,
  vrf,
  gre,
  gretap,
  ip6gre,
  ip6gretap,
  ipip,
  sit,
  ip6tnl,
  wireguard,
];

/** By the word behind `type`. */
export const deviceKinds: ReadonlyMap<string, DeviceKind> = new Map(kinds.map((one) => [one.kind, one]));

/** What an interface is; a network card, where nothing is said. */
export function kindOf({ type }: Pick<Interface, 'type'>): DeviceKind {
  return (type && deviceKinds.get(type.kind)) ?? card;
}

/** Whether stations are found by ARP and neighbour discovery; without, what is sent by it has one other end. */
export function resolvesAddresses(one: Pick<Interface, 'type'>): boolean {
  const { carries } = kindOf(one);
  return (typeof carries === 'string' ? carries : carries(one.type?.settings ?? {})) === 'frames';
}
