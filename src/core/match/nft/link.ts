// Fields of the Ethernet header, of VLAN tags and of ARP.
import { macType } from '../../datatype/written-types.ts';
import { defineField, type FieldValue } from '../../field/define.ts';
import { networkVersion } from '../../field/parts.ts';
import { fieldIs } from '../../field/symbolic.ts';
import type { PacketView } from '../../field/view.ts';
import { protocolOf } from '../../nft/text-import/protocols.ts';
import { etherTypeOf } from '../../packet/frame.ts';
import type { Arp, Packet, VlanTag } from '../../packet/packet.ts';
import type { FieldTest } from '../field-match.ts';
import { eachItem, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition } from '../iptables-spelling.ts';
import { type NftField, nftFieldMatch, notTold, payload } from './define.ts';
import { typeOf } from './vocabulary.ts';

/**
 * Packets that this host sends have no Ethernet header yet (net/netfilter/nft_payload.c: skb_mac_header_was_set). At
 * egress every packet has that of the device it leaves by; those of `lo` are no Ethernet frames for rules.
 */
function readLink(view: PacketView, side: 'source' | 'destination'): FieldValue {
  return hasLink(view, () => view.packet.link?.[side] || notTold('the Ethernet header'));
}

/** What stands in the Ethernet header where the packet has one. */
function hasLink(view: PacketView, read: () => FieldValue): FieldValue {
  const { packet, hook, iif, oif, bridged } = view;
  const isOwn = hook === 'output' || (hook === 'postrouting' && iif === undefined);
  if (!bridged && (isOwn || iif === 'lo' || (hook === 'egress' && oif === 'lo'))) return undefined;
  // The device of IP packets writes a new one, but for answers from below IP.
  if (!bridged && hook === 'egress' && !packet.frame && !packet.link)
    return notTold('the Ethernet header that it leaves with');
  return read();
}

/** The Ethernet address of the sender, also for the module of iptables. */
export const etherSource = defineField('ether saddr', macType, (view) => readLink(view, 'source'));

/** What is particular to one field. */
type Own = Pick<NftField, 'summary' | 'read' | 'iptables' | 'aliases' | 'symbol'>;

const ether: Readonly<Record<string, Own>> = {
  daddr: {
    summary: 'The Ethernet address that the frame was sent to.',
    read: (view) => readLink(view, 'destination'),
  },
  saddr: {
    summary: 'The Ethernet address of the sender of the frame.',
    read: etherSource.read,
    iptables: macSource,
  },
  type: {
    summary: 'What the Ethernet frame carries: `ip`, `ip6`, `arp`, `vlan`.',
    // A tag that the kernel has taken off is put back for the comparison (net/netfilter/nft_payload.c: nft_payload_copy_vlan).
    read: (view) =>
      hasLink(view, () =>
        view.packet.link || view.packet.frame
          ? BigInt(etherTypeOf(view.packet))
          : notTold('the Ethernet header'),
      ),
  },
};

/** net/netfilter/xt_mac.c: a packet without an Ethernet header does not match, negated or not. */
function macSource(test: FieldTest): Condition {
  const plain = plainTest(test, 48);
  if (!plain || plain.ranges.some(({ lo, hi }) => lo !== hi)) return unsupported('ether saddr', test);
  const { negated, ranges } = plain;
  return eachItem(ranges, { negated }, ({ lo }) =>
    moduleOption('mac', negated, '--mac-source', macType.format(lo)),
  );
}

function vlan(name: string): Own {
  return {
    summary: 'A field of the VLAN tag, which is off before the rules for IP see a packet.',
    // nft asks for the type of 802.1Q first.
    read: ({ packet }) => {
      const [tag] = packet.tags ?? [];
      return tag && !tag.isService ? vlanFields[name]?.(tag, packet) : undefined;
    },
  };
}

const vlanFields: Readonly<Record<string, (tag: VlanTag, packet: Packet) => FieldValue>> = {
  id: ({ id }) => BigInt(id),
  pcp: ({ priority }) => BigInt(priority),
  dei: ({ dropEligible }) => (dropEligible ? 1n : 0n),
  type: (_tag, packet) => BigInt(etherTypeOf(packet, 1)),
};

function arp(name: string): Own {
  return {
    summary: 'A field of an ARP packet, which no IP packet has.',
    symbol: {
      kind: 'own',
      untold: true,
      mayMiss: true,
      present: (symbols) => fieldIs(symbols, networkVersion, 1n),
    },
    read: (view) => {
      const { frame } = view.packet;
      if (frame?.kind !== 'arp') return undefined;
      return isHiddenByTag(view) ? hiddenByTag : arpFields[name]?.(frame);
    },
  };
}

/**
 * In tables of bridges nft asks for the type at its place in the header, where a tagged frame has that of the tag; but
 * behind a field of the tag it asks for the type in there.
 */
const hiddenByTag = { unknown: 'how nft asks whether a tagged frame is ARP depends on the rest of the rule' };

function isHiddenByTag({ packet, bridged, hook }: PacketView): boolean {
  return packet.tags !== undefined && bridged === true && hook !== 'egress';
}

/** The frames that a trace knows as ARP are for IPv4 over Ethernet. */
const arpFields: Readonly<Record<string, (frame: Arp) => FieldValue>> = {
  htype: () => 1n,
  ptype: () => 0x0800n,
  hlen: () => 6n,
  plen: () => 4n,
  operation: ({ operation }) => BigInt(operation),
  'saddr ip': ({ sender }) => sender,
  'daddr ip': ({ target }) => target,
  'saddr ether': ({ senderMac }) => senderMac ?? notTold('the sender’s Ethernet address'),
  'daddr ether': ({ targetMac }) => targetMac ?? notTold('the target’s Ethernet address'),
};

/** The matches of all fields of a header. */
function headerMatches(header: string, ownOf: (name: string) => Own | undefined) {
  return protocolOf(header).fields.flatMap((field) => {
    const own = ownOf(field.name);
    const nft = payload(header, field.name);
    return own ? nftFieldMatch({ key: `${header} ${field.name}`, type: typeOf(field), nft, ...own }) : [];
  });
}

export const linkMatches = [
  ...headerMatches('ether', (name) => ether[name]),
  // `cfi` is an older name of the same bit.
  ...headerMatches('vlan', (name) => (name === 'cfi' ? undefined : aliased(name))),
  ...headerMatches('arp', arp),
];

function aliased(name: string): Own {
  return name === 'dei' ? { ...vlan(name), aliases: ['vlan cfi'] } : vlan(name);
}
