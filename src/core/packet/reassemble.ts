// Putting fragments together (net/ipv4/ip_fragment.c: ip_frag_queue, ip_frag_reasm; net/ipv6/netfilter/
// nf_conntrack_reasm.c; net/ipv4/inet_fragment.c: inet_frag_queue_insert), and cutting packets into them.
import { concat } from './bytes.ts';
import { notFragmented, type Packet } from './packet.ts';
import { ipHeaderSize, knownSize } from './size.ts';

/** What a further fragment comes to. */
export type Gathered =
  /** Some are missing. */
  | { readonly kind: 'held'; readonly pieces: readonly Packet[] }
  | { readonly kind: 'whole'; readonly packet: Packet; readonly pieces: readonly Packet[] }
  /** It is there already and goes alone; where it says that it is the last, that stays. */
  | { readonly kind: 'twice'; readonly end?: number }
  /** It is no part of any packet, and goes on as it is without the others (nf_conntrack_reasm.c: EPROTO). */
  | { readonly kind: 'apart' }
  /** It contradicts the others, and all of them go. */
  | { readonly kind: 'contradiction'; readonly why: string };

/** Bytes of a packet behind its IP headers: from, to. */
interface Extent {
  readonly from: number;
  readonly to: number;
}

/**
 * A fragment beside those that came before, which are in the order of their offsets. `toldEnd`: where the packet ends, if
 * only a fragment told that which was there already.
 */
export function gather(before: readonly Packet[], piece: Packet, toldEnd?: number): Gathered {
  const { from, to } = extentOf(piece);
  if (from === to) return { kind: 'contradiction', why: 'it is empty' };
  if (piece.family === 6 && piece.fragment.more && (to & 7) !== 0) return { kind: 'apart' };
  const hasEnd = toldEnd !== undefined || before.some((one) => !one.fragment.more);
  const end = Math.max(0, ...before.map((one) => extentOf(one).to));
  if (!piece.fragment.more && (to < end || (hasEnd && to !== end))) return wrongEnd;
  if (piece.fragment.more && hasEnd && to > end) return wrongEnd;
  const runs = runsOf(before);
  if (runs.some((run) => from >= run.from && to <= run.to))
    return { kind: 'twice', ...(!piece.fragment.more && { end: to }) };
  if (runs.some((run) => from < run.to && to > run.from))
    return { kind: 'contradiction', why: 'it overlaps another' };
  const pieces = [...before, piece].toSorted((a, b) => a.fragment.offset - b.fragment.offset);
  return isWhole(pieces, toldEnd)
    ? { kind: 'whole', packet: joined(pieces), pieces }
    : { kind: 'held', pieces };
}

const wrongEnd: Gathered = { kind: 'contradiction', why: 'the packet would have two ends' };

/** A fragment that others follow counts in whole units of eight bytes. */
function extentOf(piece: Packet): Extent {
  const from = piece.fragment.offset * 8;
  const to = from + piece.length - ipHeaderSize(piece);
  return { from, to: piece.fragment.more && piece.family === 4 ? to & ~7 : to };
}

/** Neighbours without a gap between them count as one. */
function runsOf(pieces: readonly Packet[]): readonly Extent[] {
  const runs: Extent[] = [];
  for (const { from, to } of pieces.map(extentOf)) {
    const previous = runs.at(-1);
    if (previous?.to === from) runs[runs.length - 1] = { from: previous.from, to };
    else runs.push({ from, to });
  }
  return runs;
}

function isWhole(pieces: readonly Packet[], toldEnd: number | undefined): boolean {
  const [run, ...others] = runsOf(pieces);
  const isEnded = pieces.at(-1)?.fragment.more === false || run?.to === toldEnd;
  return others.length === 0 && run?.from === 0 && isEnded;
}

/** The first one's header with everybody's data; nobody may cut it again if the largest piece forbade that. */
function joined(pieces: readonly Packet[]): Packet {
  const [first, ...rest] = pieces;
  if (!first) throw new Error('a packet has at least one fragment');
  const { payload: _payload, ...head } = first;
  const largest = Math.max(...pieces.map((one) => one.length));
  const dontFragment = pieces.some((one) => one.fragment.dontFragment && one.length === largest);
  const data = concat(...pieces.map(dataOf));
  const size = pieces.map(extentOf).at(-1)?.to ?? 0;
  const packet = { ...head, fragment: { ...notFragmented, dontFragment } };
  const said = [first, ...rest].some((one) => one.payload !== undefined);
  return { ...packet, ...(said && { payload: data }), length: ipHeaderSize(packet) + size };
}

/** What is behind the transport header of the first, or behind the IP headers of the others. */
function dataOf(piece: Packet): Uint8Array {
  const { payload = new Uint8Array(), ...head } = piece;
  const { from, to } = extentOf(piece);
  const size = to - from - (knownSize(head) - ipHeaderSize(piece));
  return concat(payload, new Uint8Array(Math.max(0, size - payload.length)));
}

/** How a packet leaves by an interface: in the fragments that it came in, if they fit, else cut at `mtu`. */
export function cut(packet: Packet, mtu: number, pieces: readonly Packet[]): readonly Packet[] {
  const asItCame = pieces.length > 0 && pieces.every((one) => one.length <= mtu);
  const mayBeCut = { ...packet, fragment: { ...packet.fragment, dontFragment: false } };
  if (asItCame) return pieces.map((one) => pieceOf(mayBeCut, extentOf(one)));
  if (packet.length <= mtu) return [packet];
  const size = packet.length - ipHeaderSize(packet);
  const most = (mtu - ipHeaderSize({ ...packet, fragment: { ...packet.fragment, more: true } })) & ~7;
  const starts = Array.from({ length: Math.ceil(size / most) }, (_, at) => at * most);
  return starts.map((from) => pieceOf(packet, { from, to: Math.min(from + most, size) }));
}

function pieceOf(packet: Packet, { from, to }: Extent): Packet {
  const { payload: _payload, ...head } = packet;
  const size = packet.length - ipHeaderSize(packet);
  const fragment = { ...packet.fragment, offset: from / 8, more: to < size };
  const piece = { ...head, fragment, ...(from > 0 && { transport: { kind: 'opaque' } as const }) };
  return { ...piece, length: ipHeaderSize(piece) + to - from };
}
