// Whether a TCP segment is in the window that its connection has come to: net/netfilter/nf_conntrack_proto_tcp.c:
// tcp_in_window. Sequence numbers are compared modulo 2^32.

import { type Packet, type Tcp, tcpFlag } from '../packet/packet.ts';
import { ipHeaderSize } from '../packet/size.ts';
import type { TcpState } from './protocol-states.ts';
import type { Direction } from './tuple.ts';

/** What one side of a connection has shown (struct ip_ct_tcp_state). */
interface Side {
  /** The highest number behind what it sent. */
  readonly end: number;
  /** The highest that the other side lets it send. */
  readonly maxEnd: number;
  /** The largest window that it announced; 0 before its first segment. */
  readonly maxWindow: number;
  readonly maxAck?: number;
  readonly scale: number;
  readonly mayScale: boolean;
  readonly mayAckSelectively: boolean;
  /** Picked up in the middle: its scale is not known. */
  readonly liberal: boolean;
  /** Something that it sent was not acknowledged to its end (IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED). */
  readonly waiting: boolean;
}

/** Both sides of a connection whose segments have all been numbered. */
export type Windows = Readonly<Record<Direction, Side>> & {
  /** The last acknowledgement in the window, or what was let through behind it. */
  readonly last?: LastSegment;
  /** How often that acknowledgement came again (struct ip_ct_tcp, retrans). */
  readonly repeats: number;
  /** Of a SYN that was let through: what its sender may do if that is answered. */
  readonly offered?: Side;
};

/** Of struct ip_ct_tcp: last_dir, last_seq, last_ack, last_end, last_win. */
interface LastSegment {
  readonly direction: Direction;
  readonly seq: number;
  readonly ack: number;
  readonly end: number;
  readonly window: number;
  /** What an ACK that was let through acknowledges: the reset that answers it begins there (RFC 793, 3.4). */
  readonly challenge?: number;
}

/** One segment of a connection. */
export interface Segment {
  readonly packet: Packet;
  readonly tcp: Tcp;
  readonly direction: Direction;
  /** The connection's state before it. */
  readonly state: TcpState;
}

/** `ignored`: it belongs to the connection, but changes no state. */
export interface WindowJudgement {
  readonly kind: 'inside' | 'ignored' | 'outside';
  readonly why: string;
  readonly windows: Windows;
}

const unseen: Side = {
  end: 0,
  maxEnd: 0,
  maxWindow: 0,
  scale: 0,
  mayScale: false,
  mayAckSelectively: false,
  liberal: false,
  waiting: false,
};

/** Of a connection that begins with this packet, in the original direction (tcp_new). */
export function firstWindows(packet: Packet, tcp: Tcp): Windows {
  const end = endOf(packet, tcp);
  const maxWindow = Math.max(1, tcp.window);
  if (tcp.flags & tcpFlag.syn)
    return {
      original: withOptions({ ...unseen, end, maxEnd: end, maxWindow }, tcp),
      reply: unseen,
      repeats: 0,
    };
  const open = { mayAckSelectively: true, liberal: true };
  return {
    original: { ...unseen, ...open, end, maxWindow, maxEnd: sum(end, maxWindow) },
    reply: { ...unseen, ...open },
    repeats: 0,
  };
}

/** A segment that is let through without a look at the windows may be answered by what counts. */
export function letThroughWindow(
  before: Windows,
  { packet, tcp, direction }: Omit<Segment, 'state'>,
): Windows {
  const { seq, window, flags } = tcp;
  const isAck = (flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.ack;
  const { ack = 0 } = before.last ?? {};
  const last = { direction, seq, window, ack, end: endOf(packet, tcp), ...(isAck && { challenge: tcp.ack }) };
  const isSyn = (flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.syn && direction === 'original';
  return { ...before, last, ...(isSyn && { offered: withOptions(unseen, tcp) }) };
}

/** Both ends agree on a connection that began with a SYN that was let through: it counts as the first segment. */
export function inSyncWindow(before: Windows, { direction, end, window }: LastSegment): Windows {
  const begun = { ...(before.offered ?? unseen), end, maxEnd: end, maxWindow: Math.max(1, window) };
  return { ...before, ...join(before, direction, begun, unseen) };
}

/** segment_seq_plus_len. */
function endOf(packet: Packet, { seq, flags, optionBytes = 0 }: Tcp): number {
  const data = Math.max(0, packet.length - ipHeaderSize(packet) - 20 - optionBytes);
  return sum(seq, data + (flags & tcpFlag.syn ? 1 : 0) + (flags & tcpFlag.fin ? 1 : 0));
}

/** tcp_options. */
function withOptions(side: Side, { scale, sackPermitted, optionBytes = 0 }: Tcp): Side {
  if (optionBytes === 0) return side;
  const { maxAck: _forgotten, ...rest } = side;
  return {
    ...rest,
    waiting: false,
    scale: Math.min(14, scale ?? 0),
    mayScale: scale !== undefined,
    mayAckSelectively: sackPermitted === true,
  };
}

const highestAckWindow = 66_000;

/** Judges a segment, and keeps what it shows. `liberal`: nf_conntrack_tcp_be_liberal. */
export function judgeWindow(before: Windows, segment: Segment, liberal: boolean): WindowJudgement {
  const { packet, tcp, direction, state } = segment;
  const isSyn = (tcp.flags & tcpFlag.syn) !== 0;
  const hasAck = (tcp.flags & tcpFlag.ack) !== 0;
  const begun = begin(before, segment, endOf(packet, tcp), selectiveAck(before, segment));
  const { sender, receiver } = begun;
  if (begun.done) return { kind: 'inside', why: '', windows: join(before, direction, sender, receiver) };
  const pretended = !hasAck || (tcp.flags & tcpFlag.rst && tcp.ack === 0);
  const ack = pretended ? receiver.end : tcp.ack;
  const sack = pretended ? receiver.end : selectiveAck(before, segment);
  const answersSyn = tcp.flags & tcpFlag.rst && tcp.seq === 0 && state === 'SYN_SENT';
  const [seq, end] = answersSyn ? [sender.end, sender.end] : [tcp.seq, endOf(packet, tcp)];
  const windows = join(before, direction, sender, receiver);
  const fault = faultOf({ sender, receiver, seq, end, sack });
  if (fault) {
    if (liberal || sender.liberal) return { kind: 'inside', why: fault.why, windows };
    const overshot = { ...sender, end };
    return {
      kind: fault.kind,
      why: fault.why,
      windows: fault.moves ? join(before, direction, overshot, receiver) : windows,
    };
  }
  const window = isSyn ? tcp.window : tcp.window * 2 ** sender.scale;
  const moved = join(
    before,
    direction,
    sent(sender, { end, ack, hasAck, window: sum(window, sack - ack) }),
    received(receiver, sender, { end, ack, sack, window }),
  );
  const isAck = hasAck && !(tcp.flags & (tcpFlag.syn | tcpFlag.rst | tcpFlag.fin));
  if (!isAck) return { kind: 'inside', why: '', windows: moved };
  const last = { direction, seq, ack, end, window: tcp.window };
  const repeats = isSame(before.last, last) ? before.repeats + 1 : 0;
  return { kind: 'inside', why: '', windows: { ...moved, last, repeats } };
}

function isSame(one: LastSegment | undefined, next: LastSegment): boolean {
  return (
    one?.direction === next.direction &&
    one.seq === next.seq &&
    one.ack === next.ack &&
    one.end === next.end &&
    one.window === next.window
  );
}

function join(before: Windows, direction: Direction, sender: Side, receiver: Side): Windows {
  const [original, reply] = direction === 'original' ? [sender, receiver] : [receiver, sender];
  return { ...before, original, reply };
}

function other(direction: Direction): Direction {
  return direction === 'original' ? 'reply' : 'original';
}

/** tcp_sack: the highest edge that the receiver's permission lets count. */
function selectiveAck(windows: Windows, { tcp, direction }: Segment): number {
  const permitted = windows[other(direction)].mayAckSelectively;
  const edge = permitted ? tcp.sackEdge : undefined;
  return edge !== undefined && isAfter(edge, tcp.ack) ? edge : tcp.ack;
}

/** A side's first segment, or a SYN that begins anew. */
function begin(before: Windows, segment: Segment, end: number, sack: number) {
  const { tcp, direction, state } = segment;
  const [sender, receiver] = [before[direction], before[other(direction)]];
  const isSyn = (tcp.flags & tcpFlag.syn) !== 0;
  const anew =
    isSyn && isAfter(end, sender.end) && (state === 'SYN_SENT' || state === 'SYN_RECV' || state === 'NONE');
  if (sender.maxWindow !== 0 && !anew) return { sender, receiver, done: false };
  if (!isSyn) return { ...pickUp(sender, receiver, tcp.window, end, sack), done: false };
  const shown = withOptions({ ...sender, end, maxEnd: end, maxWindow: Math.max(1, tcp.window) }, tcp);
  const scales = direction === 'original' || (shown.mayScale && receiver.mayScale);
  const done = !(tcp.flags & tcpFlag.ack) && (sender.maxWindow === 0 || direction === 'reply');
  return scales
    ? { sender: shown, receiver, done }
    : { sender: { ...shown, scale: 0 }, receiver: { ...receiver, scale: 0 }, done };
}

function pickUp(sender: Side, receiver: Side, window: number, end: number, sack: number) {
  const maxWindow = Math.max(1, window * 2 ** sender.scale);
  const shown = { ...sender, end, maxWindow, maxEnd: sum(end, maxWindow) };
  if (receiver.maxWindow === 0) return { sender: shown, receiver: { ...receiver, end: sack, maxEnd: sack } };
  const keptAlive = sack === sum(receiver.end, 1);
  return { sender: shown, receiver: keptAlive ? { ...receiver, end: sack } : receiver };
}

interface Placed {
  readonly sender: Side;
  readonly receiver: Side;
  readonly seq: number;
  readonly end: number;
  readonly sack: number;
}

interface Fault {
  readonly kind: 'ignored' | 'outside';
  readonly why: string;
  /** What it sent may be acknowledged all the same. */
  readonly moves?: true;
}

function faultOf({ sender, receiver, seq, end, sack }: Placed): Fault | undefined {
  const oldest = sum(receiver.end, -Math.max(sender.maxWindow, highestAckWindow) - 1);
  const lowest = sum(sender.end, -receiver.maxWindow - 1);
  const acksSent = !isAfter(sack, receiver.end);
  if (isAfter(seq, sender.maxEnd)) {
    const overshot = sum(end, -sender.maxEnd + 1);
    const isNear = receiver.maxWindow !== 0 && isAfter(end, lowest) && overshot <= receiver.maxWindow;
    return isNear && isAfter(sack, oldest) && acksSent
      ? { kind: 'ignored', why: `it sends ${overshot} bytes more than it may`, moves: true }
      : { kind: 'outside', why: `its sequence number is over the window, which ends at ${sender.maxEnd}` };
  }
  if (!acksSent)
    return { kind: 'outside', why: `it acknowledges what was not sent: nothing is behind ${receiver.end}` };
  if (receiver.maxWindow !== 0 && !isAfter(end, lowest))
    return { kind: 'ignored', why: 'it sends again what was acknowledged' };
  return isAfter(sack, oldest) ? undefined : { kind: 'ignored', why: 'it acknowledges what is long past' };
}

function sent(
  side: Side,
  { end, ack, hasAck, window }: { end: number; ack: number; hasAck: boolean; window: number },
): Side {
  const isHigher = side.maxAck === undefined || isAfter(ack, side.maxAck);
  return {
    ...side,
    maxWindow: Math.max(side.maxWindow, window),
    ...(isAfter(end, side.end) && { end, waiting: true }),
    ...(hasAck && isHigher && { maxAck: ack }),
  };
}

function received(
  side: Side,
  sender: Side,
  { end, ack, sack, window }: { end: number; ack: number; sack: number; window: number },
): Side {
  const exceeded = side.maxWindow !== 0 && isAfter(end, sender.maxEnd) ? sum(end, -sender.maxEnd) : 0;
  const edge = sum(sack, window);
  const widened = isAfter(edge, sum(side.maxEnd, -1));
  return {
    ...side,
    waiting: side.waiting && ack !== side.end,
    maxWindow: side.maxWindow + exceeded,
    maxEnd: widened ? sum(edge, window === 0 ? 1 : 0) : side.maxEnd,
  };
}

/** Whether a number comes behind another, the shorter way round. */
export function isAfter(one: number, another: number): boolean {
  return ((another - one) | 0) < 0;
}

function sum(number: number, more: number): number {
  return (number + more) >>> 0;
}
