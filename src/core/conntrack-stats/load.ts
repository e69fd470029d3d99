// How large the table gets: Little's law. What comes in a second, times how long it stays, is how much there is.
import type { Timeouts } from '../conntrack/timeouts.ts';
import type { Composition } from './composition.ts';

/** How fast connections come. `given`: somebody says so. */
export interface Arrivals {
  readonly perSecond: number;
  readonly from: 'events' | 'ages' | 'given';
  /** By protocol, where that was measured. */
  readonly byProtocol?: ReadonlyMap<string, number>;
  /** Some were not told: there are more. */
  readonly lost?: true;
}

/** The connections of a protocol in the long run. */
export interface Stay {
  readonly protocol: string;
  readonly perSecond: number;
  readonly connections: number;
  /** Seconds that one stays on average. */
  readonly seconds: number;
}

/** How long connections stay on average, by protocol; of protocols of which none came nothing is said. */
export function staysOf({ protocols }: Composition, arrivals: ReadonlyMap<string, number>): readonly Stay[] {
  return [...protocols].flatMap(([protocol, connections]) => {
    const perSecond = arrivals.get(protocol) ?? 0;
    return perSecond > 0 ? [{ protocol, perSecond, connections, seconds: connections / perSecond }] : [];
  });
}

/** A kind of connection, and how long it is remembered behind its last packet. */
export interface Kind {
  readonly what: string;
  readonly sysctl: string;
  readonly seconds: number;
  /** Connections in the table if so many of only this kind come. */
  readonly atRate?: number;
  /** So many in a second of it alone fill the table; absent where the size is not known. */
  readonly fillsAt?: number;
}

/** What the timeouts mean for a rate of new connections in a second and for a table of this size. */
export function kindsOf(
  timeouts: Timeouts,
  max: number | undefined,
  rate: number | undefined,
): readonly Kind[] {
  const kinds = [
    ['TCP never answered', 'tcp_timeout_syn_sent', timeouts.tcp.SYN_SENT],
    ['TCP closed', 'tcp_timeout_time_wait', timeouts.tcp.TIME_WAIT],
    ['TCP reset', 'tcp_timeout_close', timeouts.tcp.CLOSE],
    ['TCP gone silent', 'tcp_timeout_established', timeouts.tcp.ESTABLISHED],
    ['UDP, a question', 'udp_timeout', timeouts.udp],
    ['UDP, a stream', 'udp_timeout_stream', timeouts.udpStream],
    ['a ping', 'icmp_timeout', timeouts.icmp],
  ] as const;
  return kinds.map(([what, sysctl, seconds]) => ({
    what,
    sysctl,
    seconds,
    ...(rate !== undefined && { atRate: rate * seconds }),
    ...(max !== undefined && { fillsAt: max / seconds }),
  }));
}

/** The table in the long run at another rate: what comes stays as long as now. Undefined where nothing comes now. */
export function sizeAt(rate: number, total: number, now: number): number | undefined {
  return now > 0 ? (total / now) * rate : undefined;
}
