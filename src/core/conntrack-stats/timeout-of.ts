// Which sysctl says how long a connection is kept in the state it is in.
import { type Entry, hasStatus } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import { protocolNumber } from '../packet/packet.ts';

/** Behind `nf_conntrack_`; undefined for states that have none of their own, and for offloaded connections. */
export function timeoutNameOf(entry: Entry): string | undefined {
  const { protocol } = entry.original;
  if (hasStatus(entry, 'offload')) return undefined;
  const name = protocolText(protocol);
  switch (protocol) {
    case protocolNumber.tcp:
    case protocolNumber.sctp:
      return stateTimeout(name, entry.protocolState);
    case protocolNumber.udp:
    case protocolNumber.udplite:
      return hasStatus(entry, 'assured') ? 'udp_timeout_stream' : 'udp_timeout';
    case protocolNumber.gre:
      return hasStatus(entry, 'assured') ? 'gre_timeout_stream' : 'gre_timeout';
    case protocolNumber.icmp:
    case protocolNumber.icmpv6:
      return `${name}_timeout`;
    default:
      return 'generic_timeout';
  }
}

function stateTimeout(protocol: string, state: string | undefined): string | undefined {
  if (state === undefined || state === 'NONE') return undefined;
  return `${protocol}_timeout_${state === 'SYN_SENT2' ? 'syn_sent' : state.toLowerCase()}`;
}
