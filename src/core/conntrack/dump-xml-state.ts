// What the names of SCTP's states mean in XML: libnetfilter_conntrack 1.1.1 looks its numbers up among the names of TCP.
import type { SctpState, TcpState } from './protocol-states.ts';

/** By number: nf_conntrack_tcp.h and nf_conntrack_sctp.h. */
const names: readonly (readonly [TcpState, SctpState])[] = [
  ['NONE', 'NONE'],
  ['SYN_SENT', 'CLOSED'],
  ['SYN_RECV', 'COOKIE_WAIT'],
  ['ESTABLISHED', 'COOKIE_ECHOED'],
  ['FIN_WAIT', 'ESTABLISHED'],
  ['CLOSE_WAIT', 'SHUTDOWN_SENT'],
  ['LAST_ACK', 'SHUTDOWN_RECD'],
  ['TIME_WAIT', 'SHUTDOWN_ACK_SENT'],
  ['CLOSE', 'HEARTBEAT_SENT'],
];

/** The state of SCTP behind a name; any other name stays. */
export function sctpStateByTcpName(name: string): string {
  return names.find(([tcp]) => tcp === name)?.[1] ?? name;
}
