// Holding TCP segments to the windows of their connection, where all its segments so far are numbered:
// net/netfilter/nf_conntrack_proto_tcp.c: nf_conntrack_tcp_packet.
import { type Tcp, tcpFlag } from '../packet/packet.ts';
import { type Entry, hasStatus, type TcpMemory } from './entry.ts';
import type { Arrival } from './protocol.ts';
import type { TcpState } from './protocol-states.ts';
import {
  firstWindows,
  inSyncWindow,
  isAfter,
  judgeWindow,
  letThroughWindow,
  type WindowJudgement,
  type Windows,
} from './window.ts';

/** What the windows say of a segment; `kept`: it is a reset that does not fit exactly, and the state stays. */
export type Fit =
  | { readonly kind: 'inside' | 'kept' | 'ignored'; readonly windows: Windows | undefined }
  /** `old`: a reset that is older than what was acknowledged, which leaves no trace at all; others show a first window. */
  | { readonly kind: 'outside'; readonly why: string; readonly old: true }
  | { readonly kind: 'outside'; readonly why: string; readonly old?: false; readonly windows: Windows };

/** Judges a segment of a connection that was in the state `old`, and remembers what it did last. */
export function fitOf(arrival: Arrival, old: TcpState, memory: TcpMemory): Fit {
  const { packet, direction, settings } = arrival;
  const { transport } = packet;
  const tcp = transport.kind === 'tcp' && transport.numbered ? transport : undefined;
  const before = tcp && (old === 'NONE' ? firstWindows(packet, tcp) : memory.windows);
  if (!tcp || !before) return { kind: 'inside', windows: undefined };
  const isReset = (tcp.flags & tcpFlag.rst) !== 0;
  if (isReset && isClosing(old)) return { kind: 'inside', windows: before };
  const reset = isReset ? judgeReset(arrival, { tcp, old, memory, windows: before }) : 'exact';
  if (reset === 'old')
    return { kind: 'outside', why: 'its sequence number is older than what was acknowledged', old: true };
  if (reset === 'answer') return { kind: 'inside', windows: before };
  const judged = judgeWindow(before, { packet, tcp, direction, state: old }, settings.tcpLiberal);
  return fitted(judged, reset);
}

/** What is remembered of a segment that is let through unjudged. */
export function letThroughFit({ packet, direction }: Arrival, memory: TcpMemory): TcpMemory {
  const { windows, ...rest } = memory;
  const { transport } = packet;
  if (!windows || transport.kind !== 'tcp' || !transport.numbered) return rest;
  return { ...rest, windows: letThroughWindow(windows, { packet, tcp: transport, direction }) };
}

/** The windows as the SYN before began them, if this segment acknowledges it; undefined where it has no numbers. */
export function inSyncFit({ packet }: Arrival, { windows }: TcpMemory): Windows | 'other' | undefined {
  const { transport } = packet;
  if (!windows?.last || transport.kind !== 'tcp' || !transport.numbered) return undefined;
  return transport.ack === windows.last.end ? inSyncWindow(windows, windows.last) : 'other';
}

function fitted({ kind, why, windows }: WindowJudgement, reset: ResetFit): Fit {
  if (kind === 'outside') return { kind, why, windows };
  return { kind: kind === 'inside' && reset === 'inexact' ? 'kept' : kind, windows };
}

/** A connection on its way to its end may have given its ports to another (tcp_can_early_drop). */
function isClosing(state: TcpState): boolean {
  return ['FIN_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT'].includes(state);
}

interface Reset {
  readonly tcp: Tcp;
  readonly old: TcpState;
  readonly memory: TcpMemory;
  readonly windows: Windows;
}

/** How the number of a reset fits; `answer`: it answers what was let through, and its number does not count. */
type ResetFit = 'exact' | 'inexact' | 'old' | 'answer';

/** A reset of what was let through before may acknowledge what the tracker did not count, or answer a challenge. */
function answersLetThrough(
  { entry, direction }: Arrival,
  { tcp, memory, windows: { last } }: Reset,
): boolean {
  if (memory.lastDirection === direction) return false;
  const isAnswered = hasStatus(entry, 'seen-reply') && memory.last === 'syn';
  const isHalfOpen = !hasStatus(entry, 'assured') && memory.last === 'ack';
  if (!isAnswered && !isHalfOpen) return false;
  // Before anything was remembered the kernel has a 0 there, which is what a reset without ACK has.
  return (last?.end ?? 0) === tcp.ack || (isHalfOpen && last?.challenge === tcp.seq);
}

/** A reset that does not fit exactly may be answered by a challenge, and ends nothing (RFC 5961). */
function judgeReset(arrival: Arrival, reset: Reset): ResetFit {
  const { entry, direction, settings } = arrival;
  const { tcp, old, memory, windows } = reset;
  const { seq } = tcp;
  const { maxAck } = windows[direction === 'original' ? 'reply' : 'original'];
  if (maxAck === undefined || memory.last === 'syn')
    return answersLetThrough(arrival, reset) ? 'answer' : 'exact';
  const established = isEstablished(entry, old);
  if (seq === 0 && !established) return 'exact';
  if (isAfter(maxAck, seq) && !settings.tcpOldResets) return 'old';
  const { last } = windows;
  const follows = memory.last === 'ack' && last?.direction === direction && last.end === seq;
  return !established || seq === maxAck || follows ? 'exact' : 'inexact';
}

function isEstablished(entry: Entry, state: TcpState): boolean {
  return state === 'ESTABLISHED' && hasStatus(entry, 'assured');
}
