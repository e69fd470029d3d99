// Connections as a packet may have met them: they are listed a moment later, when further packets have changed their state.
import { defaultZone } from '../conntrack/entry.ts';
import type { ConntrackTable } from '../conntrack/table.ts';
import { tupleOf } from '../conntrack/tuple.ts';
import { type Packet, protocolNumber } from '../packet/packet.ts';

/** States of TCP through which most connections go, the longest first. */
const tcpStates = ['ESTABLISHED', 'SYN_RECV', 'SYN_SENT', 'FIN_WAIT'] as const;

/** As they were listed, and with the packet's own connection in each state that it may have had before. */
export function earlierTables(
  connections: ConntrackTable | undefined,
  packet: Packet,
): readonly (ConntrackTable | undefined)[] {
  if (!connections || packet.protocol !== protocolNumber.tcp) return [connections];
  const tuple = tupleOf(packet);
  const entry = tuple && connections.lookup(tuple, defaultZone)?.entry;
  if (!entry) return [connections];
  return [connections, ...tcpStates.map((protocolState) => connections.with({ ...entry, protocolState }))];
}
