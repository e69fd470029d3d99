// How long conntrack remembers a connection after its last packet: the kernel's defaults, in seconds.
import type { TcpState } from './entry.ts';

/** Timeouts by protocol and state, in seconds; the sysctls net.netfilter.nf_conntrack_*_timeout*. */
export interface Timeouts {
  readonly tcp: Readonly<Record<TcpState, number>>;
  /** tcp_timeout_unacknowledged: the longest that an established connection without a reply is kept. */
  readonly tcpUnacknowledged: number;
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
  tcpUnacknowledged: 300,
  udp: 30,
  udpStream: 120,
  icmp: 30,
  icmpv6: 30,
  gre: 30,
  greStream: 180,
  generic: 600,
};
