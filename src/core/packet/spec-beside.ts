// What the details of a packet spec say beside the packet itself: its Ethernet header, and how it comes.
import type { Injection, LinkHeader, Packet } from './packet.ts';
import type { Details } from './spec-details.ts';

/** The Ethernet header, where anything of it was said. */
export function linkOf({ macs }: Details): LinkHeader | undefined {
  const [source, destination] = [macs.get('source'), macs.get('destination')];
  if (source === undefined && destination === undefined) return undefined;
  return { source: source ?? 0n, destination: destination ?? 0n };
}

/** The VLAN tags, where any were said. */
export function tagsOf({ tags }: Details): Pick<Packet, 'tags'> {
  return tags.length > 0 ? { tags } : {};
}

/** The details that are not in the packet itself. */
export function metadataOf({ numbers, state }: Details): Partial<Injection> {
  const [packetMark, skuid, skgid] = [numbers.get('mark'), numbers.get('uid'), numbers.get('gid')];
  const pkttype = pkttypes[numbers.get('pkttype') ?? -1];
  const after = numbers.get('after');
  return {
    ...(packetMark !== undefined && { mark: packetMark }),
    ...(skuid !== undefined && { skuid }),
    ...(skgid !== undefined && { skgid }),
    ...(pkttype !== undefined && { pkttype }),
    ...(state !== undefined && { state }),
    ...(after !== undefined && { after: after / 1000 }),
  };
}

const pkttypes = ['host', 'broadcast', 'multicast', 'other'] as const;
