// Tells the packets of a trace apart. The kernel makes a trace id from the packet buffer's address, so that packets of
// one connection often share one; where a packet enters is what separates it from the one before.
import type { TraceEvent } from '../../core/live/event.ts';

/** A packet's way through the rule sets, from where it enters. */
export interface TracedPacket {
  /** Its headers at its entry, as nft writes them, with `iif` if it came in and `oif` if it is sent from here. */
  readonly headers: string;
  /** In order; without those of the table that turned tracing on. */
  readonly events: readonly TraceEvent[];
}

/**
 * Groups events by packet, in the order of entry. `entryTable` is the one that turns tracing on, which every packet
 * meets first and once; a packet that is traced by some other rule counts from its first event.
 */
export function packetsOf(events: readonly TraceEvent[], entryTable: string): readonly TracedPacket[] {
  const packets: { readonly headers: string; readonly events: TraceEvent[] }[] = [];
  const current = new Map<string, (typeof packets)[number]>();
  for (const event of events) {
    const isEntry = event.table === entryTable;
    let packet = current.get(event.id);
    if (packet === undefined || (isEntry && event.kind === 'packet')) {
      packet = { headers: event.kind === 'packet' ? event.text : '', events: [] };
      packets.push(packet);
      current.set(event.id, packet);
    }
    if (!isEntry) packet.events.push(event);
  }
  return packets;
}
