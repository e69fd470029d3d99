// States in the words of conntrack, by protocol (conntrack-tools: extensions/libct_proto_tcp.c, _sctp.c, _dccp.c).
import { dccpStates, sctpStates, tcpStates } from '../conntrack/protocol-states.ts';
import { protocolNumber } from '../packet/packet.ts';

/** The state that a word names, as listings print it; `LISTEN` is an older name of SYN_SENT2. */
export function stateNamed(word: string, protocol: number | undefined): string | undefined {
  if (protocol === protocolNumber.tcp && word === 'LISTEN') return 'SYN_SENT2';
  return statesOf(protocol).find((name) => name === word);
}

function statesOf(protocol: number | undefined): readonly string[] {
  if (protocol === protocolNumber.tcp) return tcpStates;
  if (protocol !== protocolNumber.sctp) return dccpStates;
  // conntrack 1.4.7 crashes over it.
  return sctpStates.filter((state) => state !== 'HEARTBEAT_SENT');
}
