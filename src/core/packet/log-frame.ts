// Kernel log lines about frames without IP (net/netfilter/nf_log_syslog.c: dump_arp_packet, nf_log_unknown_packet).
import { parseIpv4 } from '../datatype/address.ts';
import { isIpType } from './decode.ts';
import { customerTag, framePacket, serviceTag } from './frame.ts';
import { parseMac } from './link-text.ts';
import { type LogFields, logFields, logHex, logNumber } from './log-fields.ts';
import type { Packet } from './packet.ts';

/** Where ARP begins in a line; what stands before it is about the frame. */
export const arpInLine = ' ARP HTYPE=';

/** The frame of a line, without its Ethernet header; undefined: it is about an IP packet. */
export function readLoggedFrame(text: string): Packet | string | undefined {
  const at = text.indexOf(arpInLine);
  if (at !== -1) return readArp(logFields(text.slice(at)));
  const fields = logFields(text);
  const type = fields.values.has('SRC') ? undefined : logHex(fields, 'MACPROTO', 16);
  if (type === undefined || isIpType(type)) return undefined;
  if (type === customerTag || type === serviceTag)
    return 'it is about a tagged frame, of which the line tells no more';
  return framePacket({ kind: 'other', type }, {});
}

const ethernet = 1;
const ipv4 = 0x0800;

function readArp(fields: LogFields): Packet | string {
  const operation = logNumber(fields, 'OPCODE', 16);
  const isKnown = logNumber(fields, 'HTYPE', 16) === ethernet && logHex(fields, 'PTYPE', 16) === ipv4;
  const [sender, target] = ['IPSRC', 'IPDST'].map((key) => parseIpv4(fields.values.get(key) ?? ''));
  const [senderMac, targetMac] = ['MACSRC', 'MACDST'].map((key) => parseMac(fields.values.get(key) ?? ''));
  if (!isKnown) return 'it is about ARP that is not for IPv4 over Ethernet';
  if (operation === undefined || sender === undefined || target === undefined)
    return '`OPCODE=`, `IPSRC=` or `IPDST=` is missing';
  const macs = {
    ...(senderMac !== undefined && { senderMac }),
    ...(targetMac !== undefined && { targetMac }),
  };
  return framePacket({ kind: 'arp', operation, sender, target, ...macs }, {});
}
