// The names of the states that protocols have of their own, each list in the order of the kernel's numbers.

/** include/uapi/linux/netfilter/nf_conntrack_tcp.h: enum tcp_conntrack. */
export const tcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;

/** One of them. */
export type TcpState = (typeof tcpStates)[number];

/** include/uapi/linux/netfilter/nf_conntrack_sctp.h: enum sctp_conntrack. */
export const sctpStates = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
] as const;

/** One of them. */
export type SctpState = (typeof sctpStates)[number];

/** Of kernels that still track it: net/netfilter/nf_conntrack_proto_dccp.c, dccp_state_names. */
export const dccpStates = [
  'NONE',
  'REQUEST',
  'RESPOND',
  'PARTOPEN',
  'OPEN',
  'CLOSEREQ',
  'CLOSING',
  'TIMEWAIT',
] as const;

/** What listings of older kernels name: SYN_SENT2 of TCP, and a state of SCTP that is no more. */
export const olderStates = ['LISTEN', 'HEARTBEAT_ACKED'] as const;
