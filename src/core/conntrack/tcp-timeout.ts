// How long a TCP connection is kept: by its state, and shorter where a side waits, repeats itself, or ends it out of turn.
// net/netfilter/nf_conntrack_proto_tcp.c: nf_conntrack_tcp_packet, nf_tcp_handle_invalid.
import { type Entry, hasStatus, secondsLeft, type TcpMemory, type TcpPacketKind } from './entry.ts';
import type { Arrival, TrackSettings } from './protocol.ts';
import type { TcpState } from './protocol-states.ts';
import type { Timeouts } from './timeouts.ts';

/** A packet in the window, and the state that it brings the connection to. */
export interface Moved {
  readonly kind: TcpPacketKind;
  readonly next: TcpState;
  readonly memory: TcpMemory;
}

/** The seconds that the connection is kept from this packet on. */
export function tcpTimeout(
  { kind, next, memory }: Moved,
  { timeouts, tcpMaxRepeats }: TrackSettings,
): number {
  const usual = timeouts.tcp[next];
  const { windows } = memory;
  if (windows && windows.repeats >= tcpMaxRepeats && usual > timeouts.tcpRepeated)
    return timeouts.tcpRepeated;
  if (kind === 'rst') return timeouts.tcp.CLOSE;
  return shortened(usual, { next, memory }, timeouts);
}

function shortened(usual: number, { next, memory }: Omit<Moved, 'kind'>, timeouts: Timeouts): number {
  const { windows } = memory;
  const isWaiting = windows?.original.waiting === true || windows?.reply.waiting === true;
  if (isWaiting && usual > timeouts.tcpUnacknowledged) return timeouts.tcpUnacknowledged;
  return takesNoMore(memory, next) ? Math.min(usual, timeouts.tcpRepeated) : usual;
}

/** The window of the last acknowledgement; before the first one none is known. */
function takesNoMore({ windows }: TcpMemory, next: TcpState): boolean {
  if (!windows) return next === 'SYN_SENT' || next === 'SYN_SENT2' || next === 'SYN_RECV';
  return (windows.last?.window ?? 0) === 0;
}

const shortest = 120;

/**
 * What is remembered of a FIN or RST out of the window: that it came, or, where it answers one of the other side, that the
 * connection is not to stay for days. Undefined where nothing is.
 */
export function afterInvalid(
  { entry, direction, settings }: Arrival,
  kind: TcpPacketKind,
  memory: TcpMemory,
): Entry | undefined {
  if (!hasStatus(entry, 'assured') || (kind !== 'fin' && kind !== 'rst')) return undefined;
  const answers = memory.lastDirection !== direction && (memory.last === 'fin' || memory.last === 'rst');
  if (!answers) return { ...entry, tcp: { ...memory, last: kind, lastDirection: direction } };
  const { timeouts, now } = settings;
  const left = secondsLeft(entry, now) ?? 0;
  if (left < shortest || left <= timeouts.tcpUnacknowledged) return undefined;
  return { ...entry, timeout: timeouts.tcpUnacknowledged, refreshed: now };
}
