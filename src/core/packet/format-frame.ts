// Writes frames that carry no IP packet as packet specs, which spec-frame.ts reads back.
import { formatAddress } from '../datatype/address.ts';
import { arpOperation } from '../datatype/nft-types.ts';
import { everybody, isArpRequest } from './frame.ts';
import { formatMac } from './link-text.ts';
import type { Arp, Frame, LinkHeader, Packet } from './packet.ts';

/** The words that say what it carries, with what ARP has beside its addresses. */
export function formatFrame(frame: Frame, link: LinkHeader | undefined): readonly string[] {
  if (frame.kind === 'other') return ['ether', 'type', `0x${frame.type.toString(16).padStart(4, '0')}`];
  const [sender, target] = [frame.sender, frame.target].map((value) => formatAddress({ family: 4, value }));
  return [
    'arp',
    arpOperation.format(BigInt(frame.operation)),
    `${sender} -> ${target}`,
    ...formatMacs(frame, link),
  ];
}

/** Those that can't be told from the Ethernet header. */
function formatMacs(
  { operation, senderMac, targetMac }: Arp,
  link: LinkHeader | undefined,
): readonly string[] {
  const usual = isArpRequest(operation) ? 0n : link?.destination;
  return [
    ...(senderMac === undefined || senderMac === link?.source ? [] : ['sender-mac', formatMac(senderMac)]),
    ...(targetMac === undefined || targetMac === usual ? [] : ['target-mac', formatMac(targetMac)]),
  ];
}

/** The Ethernet header of such a frame, as far as it says anything. */
export function formatFrameLink(frame: Frame, { source, destination }: LinkHeader): readonly string[] {
  const usual = frame.kind === 'arp' && isArpRequest(frame.operation) ? everybody : 0n;
  return [
    ...(source === 0n ? [] : ['mac', formatMac(source)]),
    ...(destination === usual ? [] : ['dmac', formatMac(destination)]),
  ];
}

/** The VLAN tags, the outermost first. */
export function formatTags({ tags = [] }: Packet): readonly string[] {
  return tags.flatMap(({ id, priority, dropEligible, isService }) => [
    isService ? 'service-vlan' : 'vlan',
    `${id}`,
    ...(priority === 0 ? [] : ['pcp', `${priority}`]),
    ...(dropEligible ? ['dei'] : []),
  ]);
}
