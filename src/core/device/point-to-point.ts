// What tunnels between two addresses have in common, with a header of their own inside of that of IP or without one.
import type { Address, AddressFamily } from '../datatype/address.ts';
import type { Packet } from '../packet/packet.ts';
import type { Interface } from '../topology/host.ts';
import type { DeviceKind } from './define.ts';
import {
  addressOf,
  forbidsFragments,
  limitOption,
  type Outer,
  outerHeader,
  type Refused,
  refused,
  sentFrom,
} from './tunnel.ts';

/** How `ip`, networkd and netplan make them, and what they do with what they send. */
export const pointToPoint = {
  made: 'link',
  lower: 'none',
  mac: 'own',
  networkd: 'Tunnel',
  netplan: 'tunnels',
  transmit: (at, frame) => [{ kind: 'wrap', at, frame }],
} as const satisfies Partial<DeviceKind>;

/** What goes into the packet around another one, and where to, where no `remote` is said. */
interface Content extends Pick<Outer, 'protocol' | 'payload'> {
  readonly otherwise?: Address | undefined;
}

/** The packet around what a tunnel through networks of one family sends. */
export function wrappedIn(
  family: AddressFamily,
  one: Interface,
  inner: Packet,
  { otherwise, ...content }: Content,
): Outer | Refused {
  const destination = addressOf(one, 'remote') ?? otherwise;
  if (!destination) return refused(`\`${one.name}\` has no \`remote\`: where it sends to is not said`);
  return {
    kind: 'outer',
    destination,
    ...sentFrom(one),
    ...content,
    ...outerHeader(one, inner, { ttl: family === 4 }),
    ...(family === 6 && limitOption(one)),
    dontFragment: forbidsFragments(one, inner, family),
    assumptions: [],
  };
}
