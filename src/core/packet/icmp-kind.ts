// What the types of ICMP and ICMPv6 messages carry behind type and code.
import { type DataType, numberType } from '../datatype/define.ts';
import { icmpCode, icmpType, icmpv6Code, icmpv6Type } from '../datatype/types.ts';
import { protocolNumber } from './packet.ts';

/** Whether a protocol's transport header is an ICMP one. */
export function isIcmp(protocol: number): boolean {
  return protocol === protocolNumber.icmp || protocol === protocolNumber.icmpv6;
}

const withId4: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18]);
/** Of node information queries (RFC 4620) it is the type of the query that stands there: conntrack takes it for an identifier. */
const withId6: ReadonlySet<number> = new Set([128, 129, 139, 140]);

/** Whether messages of this type have an identifier and a sequence number (RFC 792, RFC 950, RFC 4443), or what is taken for it. */
export function hasIcmpId(protocol: number, type: number): boolean {
  return (protocol === protocolNumber.icmp ? withId4 : withId6).has(type);
}

const errors4: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);

/** Whether messages of this type speak of another packet. */
export function isIcmpError(protocol: number, type: number): boolean {
  return protocol === protocolNumber.icmp ? errors4.has(type) : type < 128;
}

/** The names of the types. */
export function icmpTypes(protocol: number): DataType {
  return protocol === protocolNumber.icmp ? icmpType : icmpv6Type;
}

const plainCode = numberType('icmp_code', 'an ICMP code', 8);

/** The names of the codes: only "destination unreachable" has any. */
export function icmpCodes(protocol: number, type: number): DataType {
  if (protocol === protocolNumber.icmp) return type === 3 ? icmpCode : plainCode;
  return type === 1 ? icmpv6Code : plainCode;
}
