// The numbers of TCP segments in a history: those that a connection would have at this place, as far as what went before
// tells, or some beside them.
import fc from 'fast-check';
import { type Packet, type Tcp, tcpFlag } from '../../../src/core/packet/packet.ts';

/** What a segment says beside its flags: bytes of data, and how far it is from what would fit. */
export interface Segment {
  readonly flags: number;
  readonly data: number;
  /** Added to the sequence number, and to the acknowledgement. */
  readonly seqOff: number;
  readonly ackOff: number;
  readonly window: number;
}

const flagSets = { syn: 2, synAck: 18, ack: 16, finAck: 17, rst: 4, rstAck: 20, pshAck: 24 } as const;

const mostly = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

/** Any segment of a connection, nearly all of them in its window. */
export const segments: fc.Arbitrary<Segment> = fc.record({
  flags: fc.constantFrom(
    flagSets.synAck,
    flagSets.synAck,
    flagSets.ack,
    flagSets.ack,
    flagSets.pshAck,
    flagSets.finAck,
    flagSets.rst,
    flagSets.rstAck,
    flagSets.syn,
  ),
  data: mostly(0, 1, 100, 600),
  seqOff: mostly(0, -1, 1, -100, 100, 65_535, 70_000, -70_000, 2 ** 31),
  ackOff: mostly(0, -1, 1, -100, 100, 65_536, 70_000, -70_000, 2 ** 31),
  window: mostly(65_535, 0, 1, 500),
});

/** What each side begins with. */
const first = { client: 5000, server: 9000 } as const;

/** A segment without one before it: the beginning of a connection, or what would come later in it. */
export function firstSegment(packet: Packet): Packet {
  const { transport } = packet;
  if (transport.kind !== 'tcp') return packet;
  const isSyn = (transport.flags & tcpFlag.syn) !== 0;
  const isAck = (transport.flags & tcpFlag.ack) !== 0;
  const isAnswer = isSyn && isAck;
  const [own, other] = isAnswer ? [first.server, first.client] : [first.client, first.server];
  return numbered(packet, transport, { seq: own + (isSyn ? 0 : 1), ack: isAck ? other + 1 : 0 });
}

/** The answer to a segment, which is turned round already. */
export function answerSegment(packet: Packet, to: Tcp, length: number, segment: Segment): Packet {
  const hasAck = (to.flags & tcpFlag.ack) !== 0;
  return said(packet, segment, { seq: hasAck ? to.ack : first.server, ack: to.seq + length });
}

/** The next segment of the side that sent one. */
export function nextSegment(packet: Packet, before: Tcp, length: number, segment: Segment): Packet {
  const hasAck = (before.flags & tcpFlag.ack) !== 0;
  return said(packet, segment, { seq: before.seq + length, ack: hasAck ? before.ack : first.server + 1 });
}

/** Sequence numbers that a segment takes: its data, and one each for SYN and FIN. */
export function lengthInSequence({ flags }: Tcp, { payload }: Packet): number {
  const controls = [tcpFlag.syn, tcpFlag.fin].filter((flag) => (flags & flag) !== 0);
  return controls.length + (payload?.length ?? 0);
}

interface Numbers {
  readonly seq: number;
  readonly ack: number;
}

function said(packet: Packet, { flags, data, seqOff, ackOff, window }: Segment, numbers: Numbers): Packet {
  const { transport } = packet;
  if (transport.kind !== 'tcp') return packet;
  const { payload: _payload, ...rest } = packet;
  const hasAck = (flags & tcpFlag.ack) !== 0;
  const withData = data > 0 ? { ...rest, payload: new Uint8Array(data) } : rest;
  const shifted = { seq: numbers.seq + seqOff, ack: hasAck ? numbers.ack + ackOff : 0 };
  return numbered(withData, { ...transport, flags, window }, shifted);
}

/** Numbers go round at 2^32. */
function numbered(packet: Packet, transport: Tcp, { seq, ack }: Numbers): Packet {
  return { ...packet, transport: { ...transport, seq: seq >>> 0, ack: ack >>> 0, numbered: true } };
}
