// Reads what a packet spec says of frames that carry no IP packet: `arp request 10.0.0.2 -> 10.0.0.1`,
// `ether type 0x88cc`.
import { type Address, parseAddress } from '../datatype/address.ts';
import { arpOperation, etherType } from '../datatype/nft-types.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import { arpSize, everybody, framePacket, isArpRequest } from './frame.ts';
import type { Arp, LinkHeader, Packet } from './packet.ts';
import { linkOf, tagsOf } from './spec-beside.ts';
import { type Cursor, complain, missing, take, takeIf, type Word } from './spec-cursor.ts';
import { type Details, parseDetails } from './spec-details.ts';

/** Whether a frame without IP may begin with this word. */
export function isFrameWord(text: string): boolean {
  return text === 'arp' || text === 'ether';
}

/** Reads such a frame up to the end. */
export function parseFrame(
  cursor: Cursor,
  direction: 'in' | 'out',
): { readonly packet: Packet; readonly details: Details } | undefined {
  if (takeIf(cursor, 'arp')) return parseArp(cursor, direction);
  take(cursor);
  const type = parseEtherType(cursor);
  if (type === undefined) return undefined;
  const details = parseDetails(cursor, { frame: 'other', direction });
  const { payload, numbers } = details;
  const link = linkOf(details);
  const length = numbers.get('len');
  const parts = { ...(link && { link }), ...tagsOf(details), ...(payload && { payload }), length };
  return { packet: framePacket({ kind: 'other', type }, parts), details };
}

/** `ether type 0x88cc`; the word `type` may be left out. */
function parseEtherType(cursor: Cursor): number | undefined {
  takeIf(cursor, 'type');
  const word = take(cursor);
  if (!word) return missing(cursor, 'an Ethernet type', 'for example `ether type 0x88cc`');
  const type = etherType.parse(word.text);
  const help = 'a type is a number up to 0xffff';
  if (type === undefined)
    return complain(cursor, 'HK6006', `\`${word.text}\` is no Ethernet type`, word.span, help);
  const instead = word.text === 'arp' ? likeArp : instructions.get(Number(type));
  if (instead === undefined) return Number(type);
  return complain(cursor, 'HK6006', `\`${word.text}\` has words of its own`, word.span, instead);
}

const likeArp = 'write `arp request 10.0.0.2 -> 10.0.0.1`';

/** Types that are written otherwise. */
const instructions: ReadonlyMap<number, string> = new Map([
  [0x0800, 'write the packet: `udp 10.0.0.2:5000 -> 10.0.0.1:53`'],
  [0x86dd, 'write the packet: `udp [2001:db8::2]:5000 -> [2001:db8::1]:53`'],
  [0x8100, 'write `vlan 10` behind the packet'],
  [0x88a8, 'write `vlan 10` behind the packet'],
]);

function parseArp(cursor: Cursor, direction: 'in' | 'out') {
  const operation = parseOperation(cursor, take(cursor));
  const sender = operation === undefined ? undefined : parseEnd(cursor, 'sender');
  const arrow = sender && (takeIf(cursor, '->') ?? missing(cursor, '`->`', 'ARP goes `SENDER -> TARGET`'));
  const target = arrow && parseEnd(cursor, 'target');
  if (operation === undefined || !sender || !target) return undefined;
  const details = parseDetails(cursor, { frame: 'arp', direction });
  const ends = { operation, sender: sender.value, target: target.value };
  return { packet: arpPacket(ends, details), details };
}

function parseOperation(cursor: Cursor, word: Word | undefined): number | undefined {
  const example = 'for example `arp request 10.0.0.2 -> 10.0.0.1`';
  if (!word) return missing(cursor, 'an ARP operation', example);
  const operation = arpOperation.parse(word.text);
  if (operation !== undefined) return Number(operation);
  const help = nearestWord(word.text, arpOperation.constants?.keys() ?? []) ?? example;
  return complain(cursor, 'HK6006', `\`${word.text}\` is no ARP operation`, word.span, help);
}

function parseEnd(cursor: Cursor, which: 'sender' | 'target'): Address | undefined {
  const word = take(cursor);
  if (!word) return missing(cursor, `the address of the ${which}`);
  const address = parseAddress(word.text);
  if (address?.family === 4) return address;
  return complain(
    cursor,
    'HK3001',
    `\`${word.text}\` is no IPv4 address`,
    word.span,
    'ARP is for IPv4 alone',
  );
}

/** A request goes to everybody, from the station that it speaks of; nobody knows yet whom it asks for. */
function arpPacket(ends: Pick<Arp, 'operation' | 'sender' | 'target'>, details: Details): Packet {
  const { macs, numbers } = details;
  const asks = isArpRequest(ends.operation);
  const given = linkOf(details);
  const usual = asks ? everybody : (macs.get('target') ?? 0n);
  const link: LinkHeader = {
    source: given?.source || (macs.get('sender') ?? 0n),
    destination: given?.destination || usual,
  };
  const senderMac = macs.get('sender') ?? (link.source || undefined);
  const targetMac = macs.get('target') ?? (asks ? 0n : link.destination || undefined);
  const macsOf = {
    ...(senderMac !== undefined && { senderMac }),
    ...(targetMac !== undefined && { targetMac }),
  };
  const length = numbers.get('len') ?? arpSize;
  return framePacket({ kind: 'arp', ...ends, ...macsOf }, { link, ...tagsOf(details), length });
}
