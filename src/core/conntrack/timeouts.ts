// How long conntrack remembers a connection after its last packet: the kernel's defaults, in seconds.
import type { SctpState, TcpState } from './protocol-states.ts';

/** Timeouts by protocol and state, in seconds; the sysctls net.netfilter.nf_conntrack_*_timeout*. */
export interface Timeouts {
  readonly tcp: Readonly<Record<TcpState, number>>;
  readonly sctp: Readonly<Record<SctpState, number>>;
  /** tcp_timeout_unacknowledged: the longest while something is not acknowledged, or before the first reply. */
  readonly tcpUnacknowledged: number;
  /** tcp_timeout_max_retrans: the longest while a side repeats itself or takes no more. */
  readonly tcpRepeated: number;
  readonly udp: number;
  readonly udpStream: number;
  readonly icmp: number;
  readonly icmpv6: number;
  readonly gre: number;
  readonly greStream: number;
  readonly generic: number;
}

/** nf_conntrack_proto_tcp.c: tcp_timeouts, and the like of the other protocols. */
export const defaultTimeouts: Timeouts = {
  tcp: {
    NONE: 120,
    SYN_SENT: 120,
    SYN_RECV: 60,
    ESTABLISHED: 432_000,
    FIN_WAIT: 120,
    CLOSE_WAIT: 60,
    LAST_ACK: 30,
    TIME_WAIT: 120,
    CLOSE: 10,
    SYN_SENT2: 120,
  },
  sctp: {
    NONE: 10,
    CLOSED: 10,
    COOKIE_WAIT: 3,
    COOKIE_ECHOED: 3,
    ESTABLISHED: 210,
    SHUTDOWN_SENT: 3,
    SHUTDOWN_RECD: 3,
    SHUTDOWN_ACK_SENT: 3,
    HEARTBEAT_SENT: 30,
  },
  tcpUnacknowledged: 300,
  tcpRepeated: 300,
  udp: 30,
  udpStream: 120,
  icmp: 30,
  icmpv6: 30,
  gre: 30,
  greStream: 180,
  generic: 600,
};

/** The timeouts with those that sysctls say otherwise; `read` is asked for names behind `nf_conntrack_`. */
export function timeoutsFrom(read: (name: string) => number | undefined): Timeouts {
  const { tcp, sctp, ...others } = defaultTimeouts;
  return {
    ...others,
    ...changed(otherSysctls, read),
    tcp: { ...tcp, ...changed(tcpSysctls, read) },
    sctp: { ...sctp, ...changed(sctpSysctls, read) },
  };
}

function changed<Key extends string>(
  names: readonly (readonly [Key, string])[],
  read: (name: string) => number | undefined,
): Partial<Record<Key, number>> {
  const found: Partial<Record<Key, number>> = {};
  for (const [key, name] of names) {
    const value = read(name);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

/** A sysctl that says one of the times. */
export interface TimeoutSysctl {
  /** Behind `nf_conntrack_`. */
  readonly name: string;
  /** What is remembered for so long. */
  readonly what: string;
  readonly seconds: number;
}

/** All that there are, with the seconds of these timeouts. */
export function timeoutSysctls(timeouts: Timeouts): readonly TimeoutSysctl[] {
  const { tcp, sctp } = timeouts;
  return [
    ...tcpSysctls.map(([state, name]) => ({ name, what: inState('TCP', state), seconds: tcp[state] })),
    ...sctpSysctls.map(([state, name]) => ({ name, what: inState('SCTP', state), seconds: sctp[state] })),
    ...otherSysctls.map(([key, name]) => ({ name, what: remembered[key], seconds: timeouts[key] })),
  ];
}

function inState(protocol: string, state: string): string {
  return `a connection of ${protocol} in the state ${state}`;
}

const remembered = {
  tcpUnacknowledged: 'a connection of TCP, at the most, while something is not acknowledged',
  tcpRepeated: 'a connection of TCP, at the most, while a side repeats itself or takes no more',
  udp: 'a connection of UDP that is no stream yet',
  udpStream: 'a stream of UDP: packets of both directions, for more than two seconds',
  icmp: 'a ping or another question of ICMP',
  icmpv6: 'a ping or another question of ICMPv6',
  gre: 'a connection of GRE without an answer',
  greStream: 'a connection of GRE',
  generic: 'a connection of a protocol that conntrack knows no more of',
} as const;

/** net/netfilter/nf_conntrack_standalone.c: nf_ct_sysctl_table. */
const otherSysctls = [
  ['tcpUnacknowledged', 'tcp_timeout_unacknowledged'],
  ['tcpRepeated', 'tcp_timeout_max_retrans'],
  ['udp', 'udp_timeout'],
  ['udpStream', 'udp_timeout_stream'],
  ['icmp', 'icmp_timeout'],
  ['icmpv6', 'icmpv6_timeout'],
  ['gre', 'gre_timeout'],
  ['greStream', 'gre_timeout_stream'],
  ['generic', 'generic_timeout'],
] as const;

const tcpSysctls = [
  ['SYN_SENT', 'tcp_timeout_syn_sent'],
  ['SYN_RECV', 'tcp_timeout_syn_recv'],
  ['ESTABLISHED', 'tcp_timeout_established'],
  ['FIN_WAIT', 'tcp_timeout_fin_wait'],
  ['CLOSE_WAIT', 'tcp_timeout_close_wait'],
  ['LAST_ACK', 'tcp_timeout_last_ack'],
  ['TIME_WAIT', 'tcp_timeout_time_wait'],
  ['CLOSE', 'tcp_timeout_close'],
] as const;

const sctpSysctls = [
  ['CLOSED', 'sctp_timeout_closed'],
  ['COOKIE_WAIT', 'sctp_timeout_cookie_wait'],
  ['COOKIE_ECHOED', 'sctp_timeout_cookie_echoed'],
  ['ESTABLISHED', 'sctp_timeout_established'],
  ['SHUTDOWN_SENT', 'sctp_timeout_shutdown_sent'],
  ['SHUTDOWN_RECD', 'sctp_timeout_shutdown_recd'],
  ['SHUTDOWN_ACK_SENT', 'sctp_timeout_shutdown_ack_sent'],
  ['HEARTBEAT_SENT', 'sctp_timeout_heartbeat_sent'],
] as const;

/**
 * The timeouts with those of a `ct timeout` object, whose states have names of their own
 * (nf_conntrack_proto_tcp.c: tcp_timeout_nlattr_to_obj, nf_conntrack_proto_udp.c: udp_timeout_nlattr_to_obj).
 */
export function timeoutsWith(
  timeouts: Timeouts,
  protocol: 'tcp' | 'udp',
  seconds: Readonly<Record<string, number>>,
): Timeouts {
  const {
    unreplied = timeouts.udp,
    replied = timeouts.udpStream,
    unack = timeouts.tcpUnacknowledged,
    retrans = timeouts.tcpRepeated,
  } = seconds;
  if (protocol === 'udp') return { ...timeouts, udp: unreplied, udpStream: replied };
  const states = tcpStates.map((state) => [state, seconds[state.toLowerCase()]] as const);
  const read = (name: string) => states.find(([state]) => state === name)?.[1];
  const tcp = changed(
    tcpStates.map((state) => [state, state] as const),
    read,
  );
  return { ...timeouts, tcp: { ...timeouts.tcp, ...tcp }, tcpUnacknowledged: unack, tcpRepeated: retrans };
}

const tcpStates = [...tcpSysctls.map(([state]) => state), 'SYN_SENT2'] as const;
