// All kinds of devices.
import type { Interface } from '../topology/host.ts';
import type { DeviceKind } from './define.ts';
import { bond } from './kind/bond.ts';
import { bridge } from './kind/bridge.ts';
import { card, veth } from './kind/card.ts';
import { dummy } from './kind/dummy.ts';
import { macvlan } from './kind/macvlan.ts';
import { tap, tun } from './kind/user.ts';
import { vlan } from './kind/vlan.ts';

/** In the order in which people are told of them. */
const kinds: readonly DeviceKind[] = [veth, bridge, bond, vlan, macvlan, tun, tap, dummy];

/** By the word behind `type`. */
export const deviceKinds: ReadonlyMap<string, DeviceKind> = new Map(kinds.map((one) => [one.kind, one]));

/** What an interface is; a network card, where nothing is said. */
export function kindOf({ type }: Pick<Interface, 'type'>): DeviceKind {
  return (type && deviceKinds.get(type.kind)) ?? card;
}
