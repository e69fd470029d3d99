// The names of states, by protocol (conntrack-tools: extensions/libct_proto_tcp.c, _sctp.c, _dccp.c).
import { type SctpState, tcpStates } from '../conntrack/entry.ts';
import { protocolNumber } from '../packet/packet.ts';

const sctpStates: readonly SctpState[] = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
];

const dccpStates: readonly string[] = [
  'NONE',
  'REQUEST',
  'RESPOND',
  'PARTOPEN',
  'OPEN',
  'CLOSEREQ',
  'CLOSING',
  'TIMEWAIT',
];

/** The state that a word names, as listings print it; `LISTEN` is an older name of SYN_SENT2. */
export function stateNamed(word: string, protocol: number | undefined): string | undefined {
  if (protocol === protocolNumber.tcp && word === 'LISTEN') return 'SYN_SENT2';
  return statesOf(protocol).find((name) => name === word);
}

function statesOf(protocol: number | undefined): readonly string[] {
  if (protocol === protocolNumber.tcp) return tcpStates;
  return protocol === protocolNumber.sctp ? sctpStates : dccpStates;
}
