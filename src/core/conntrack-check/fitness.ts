// Whether a connection is in a state that lasts, or stands half-way, unanswered or closed, and since when.

import { type Entry, hasStatus } from '../conntrack/entry.ts';
import type { SctpState, TcpState } from '../conntrack/protocol-states.ts';
import { defaultTimeouts, type Timeouts } from '../conntrack/timeouts.ts';
import { protocolNumber } from '../packet/packet.ts';

/**
 * `half-open`: its handshake is not over. `unreplied`: nobody has answered. `closing`: it is closed and waits to be
 * forgotten. `not-assured`: it goes on, and yet is among the first that a full table gives up. `not-told`: the state of
 * an offloaded one is not listed.
 */
export const fitnesses = ['fits', 'half-open', 'unreplied', 'closing', 'not-assured', 'not-told'] as const;

export type Fitness = (typeof fitnesses)[number];

/** What of an entry tells its state. */
export type Stateful = Pick<Entry, 'status' | 'protocolState'>;

/** By its protocol's state, and what was seen of it. */
export function fitnessOf(entry: Stateful): Fitness {
  if (hasStatus(entry, 'offload')) return 'not-told';
  const { protocolState } = entry;
  const known = protocolState === undefined ? undefined : stages.get(protocolState);
  if (known) return known;
  if (!hasStatus(entry, 'seen-reply')) return 'unreplied';
  const lasts = protocolState === 'ESTABLISHED';
  return lasts && !hasStatus(entry, 'assured') ? 'not-assured' : 'fits';
}

/** Those of TCP and SCTP that do not last. */
const stages: ReadonlyMap<string, 'half-open' | 'closing'> = new Map([
  ...(
    ['NONE', 'SYN_SENT', 'SYN_RECV', 'SYN_SENT2', 'COOKIE_WAIT', 'COOKIE_ECHOED', 'HEARTBEAT_SENT'] as const
  ).map((state) => [state, 'half-open'] as const),
  ...(
    [
      'FIN_WAIT',
      'CLOSE_WAIT',
      'LAST_ACK',
      'TIME_WAIT',
      'CLOSE',
      'CLOSED',
      'SHUTDOWN_SENT',
      'SHUTDOWN_RECD',
      'SHUTDOWN_ACK_SENT',
    ] as const
  ).map((state) => [state, 'closing'] as const),
]);

/**
 * Seconds since its last packet: what has gone of the timeout that its state has. Undefined where that can't be told: TCP
 * has shorter ones for what is not acknowledged, and rules and programs may have set others.
 */
export function quietFor(entry: Entry, timeouts: Timeouts = defaultTimeouts): number | undefined {
  const { timeout } = entry;
  const full = fullTimeout(entry, timeouts);
  if (timeout === undefined || full === undefined || timeout > full) return undefined;
  return full - timeout;
}

function fullTimeout(entry: Entry, timeouts: Timeouts): number | undefined {
  const { original, protocolState } = entry;
  switch (original.protocol) {
    case protocolNumber.tcp:
      return tcpTimeout(entry, timeouts);
    case protocolNumber.udp:
    case protocolNumber.udplite:
      return hasStatus(entry, 'assured') ? timeouts.udpStream : timeouts.udp;
    case protocolNumber.icmp:
      return timeouts.icmp;
    case protocolNumber.icmpv6:
      return timeouts.icmpv6;
    case protocolNumber.gre:
      return hasStatus(entry, 'assured') ? timeouts.greStream : timeouts.gre;
    case protocolNumber.sctp:
      return protocolState === undefined ? undefined : stateTimeout(timeouts.sctp, protocolState);
    default:
      return timeouts.generic;
  }
}

/** nf_conntrack_proto_tcp.c: nf_conntrack_tcp_packet. One of the shorter times may hold where it could explain what is left. */
function tcpTimeout(entry: Entry, timeouts: Timeouts): number | undefined {
  const { protocolState = '', timeout = 0 } = entry;
  const full = stateTimeout(timeouts.tcp, protocolState);
  const shortest = Math.max(timeouts.tcpUnacknowledged, timeouts.tcpRepeated);
  return full !== undefined && full > shortest && timeout <= shortest ? undefined : full;
}

/** By the name of the state, which a listing may have of other protocols, too. */
function stateTimeout<State extends TcpState | SctpState>(
  seconds: Readonly<Record<State, number>>,
  state: string,
): number | undefined {
  const known = byState.get(seconds) ?? new Map<string, number>(Object.entries(seconds));
  byState.set(seconds, known);
  return known.get(state);
}

const byState = new WeakMap<object, ReadonlyMap<string, number>>();
