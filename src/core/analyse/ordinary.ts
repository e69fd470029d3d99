// Packets between ordinary addresses, by interfaces that there are: what a reader means who asks for packets. The others
// are those of which stacks make something special, whatever rules say.
import type { Node } from '../bdd/bdd.ts';
import { inRanges, type NumberRange } from '../bdd/vector.ts';
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import { prefixRange } from '../datatype/range.ts';
import { inputInterface } from '../field/meta.ts';
import { destinationAddress, ofVersion, sourceAddress } from '../field/parts.ts';
import type { Symbols } from '../field/symbolic.ts';
import type { Host } from '../topology/host.ts';
import { addressesOf, subnetAddress } from '../topology/inventory.ts';
import type { KnownValues, OpenAddresses } from './known-values.ts';
import type { Direction } from './question.ts';
import type { Space } from './space.ts';

/** In words, what the others have. */
export const specialWords =
  'addresses that are unspecified, loopback, multicast, broadcast, or come in as an own one, and those that come in by interfaces the host does not have';

/** Where packets are told of. */
interface Scoped {
  readonly space: Space;
  readonly host: Host | undefined;
  readonly direction: Direction;
  readonly known: KnownValues;
}

/** What a table is to tell of. */
interface InScope {
  readonly node: Node;
  /** Of others rows may say anything. */
  readonly possible: Node;
  readonly known: KnownValues;
  /** Some of the packets are not told of. */
  readonly isPart: boolean;
}

/** All of the packets, or those between ordinary addresses if these are asked for and there are any. */
export function inScope({ space, host, direction, known }: Scoped, node: Node): InScope {
  const { bdd } = space;
  const open = specialAddresses(host, direction);
  const possible = known.scope === 'ordinary' ? ordinaryPackets(space, host, direction, open) : 1;
  const inside = bdd.and(node, possible);
  if (possible === 1 || inside === 0) return { node, possible: 1, known, isPart: false };
  const isPart = inside !== bdd.and(node, space.valid());
  return { node: inside, possible, known: { ...known, open }, isPart };
}

/** Addresses of which stacks make something special, or which packets of that direction do not come from. */
export function specialAddresses(host: Host | undefined, direction: Direction): OpenAddresses {
  const own = (family: AddressFamily) => (direction === 'in' && host ? ownRanges(host, family) : []);
  const last = host ? broadcastRanges(host) : [];
  return {
    source: { 4: [...neverOrdinary[4], ...last, ...own(4)], 6: [...neverOrdinary[6], ...own(6)] },
    destination: { 4: [...neverOrdinary[4], ...last], 6: neverOrdinary[6] },
  };
}

/** All of them that come in, or that the host sends. */
function ordinaryPackets(
  space: Space,
  host: Host | undefined,
  direction: Direction,
  { source, destination }: OpenAddresses,
): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  const versions = ([4, 6] as const).map((family) => {
    const special = bdd.or(
      isAmong(symbols, sourceAddress, source[family], family),
      isAmong(symbols, destinationAddress, destination[family], family),
    );
    return bdd.minus(ofVersion(family)(symbols), special);
  });
  const between = versions.reduce<Node>((any, one) => bdd.or(any, one), 0);
  return direction === 'in' ? bdd.and(between, byKnownInterface(symbols, host)) : between;
}

/** RFC 6890, RFC 1112, RFC 4291: what no packet of one host to another has on its way. */
const neverOrdinary: Readonly<Record<AddressFamily, readonly NumberRange[]>> = {
  4: [prefixRange(0n, 8, 32), prefixRange(0x7f00_0000n, 8, 32), prefixRange(0xe000_0000n, 3, 32)],
  6: [{ lo: 0n, hi: 1n }, prefixRange(0xffn << 120n, 8, 128)],
};

function isAmong(
  symbols: Symbols,
  field: typeof sourceAddress,
  ranges: readonly NumberRange[],
  family: AddressFamily,
): Node {
  const value = symbols.read(field);
  if (value.kind !== 'number') return 0;
  const shift = BigInt(128 - addressWidth(family));
  const shifted = ranges.map(({ lo, hi }) => ({ lo: lo << shift, hi: ((hi + 1n) << shift) - 1n }));
  return inRanges(symbols.bdd, value.bits, shifted);
}

/** The addresses of a host, each a range. */
export function ownRanges({ interfaces }: Host, family: AddressFamily): readonly NumberRange[] {
  return interfaces.flatMap((one) =>
    addressesOf(one, family).map(({ address: { value } }) => ({ lo: value, hi: value })),
  );
}

/** The last address of each subnet, and the first, which old hosts took for it. */
function broadcastRanges({ interfaces }: Host): readonly NumberRange[] {
  return interfaces.flatMap((one) =>
    addressesOf(one, 4).flatMap((entry) => {
      if (entry.prefixLength > 30) return [];
      const { lo, hi } = prefixRange(subnetAddress(entry), entry.prefixLength, 32);
      return [lo, hi].map((value) => ({ lo: value, hi: value }));
    }),
  );
}

/** By none that the host does not have. */
function byKnownInterface(symbols: Symbols, host: Host | undefined): Node {
  const value = symbols.read(inputInterface);
  if (!host || value.kind !== 'name') return 1;
  return host.interfaces.reduce<Node>((any, { name }) => symbols.bdd.or(any, value.is(name)), 0);
}
