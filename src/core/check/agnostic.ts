// Keys that stand for one match in IPv4 and another in IPv6: which, and what a value becomes in each.
import type { DataType } from '../datatype/define.ts';
import { single } from '../datatype/range.ts';
import { icmpType, icmpv6Type, ipv4Address, ipv6Address } from '../datatype/types.ts';
import type { WrittenOperator } from '../match/reader.ts';
import type { Element } from './element.ts';

/** The matches that one key stands for, and how its values are read. */
export interface AgnosticKey {
  readonly ip: string;
  readonly ip6: string;
  /** The types of which its values are written. */
  readonly types: readonly DataType[];
  /** The element as a value of the match's type; undefined where it is none of that family. */
  readonly convert: (element: Element, to: DataType, operator: WrittenOperator) => Element | undefined;
}

function addressKey(name: 'saddr' | 'daddr'): AgnosticKey {
  return { ip: `ip ${name}`, ip6: `ip6 ${name}`, types: [ipv4Address, ipv6Address], convert: keepType };
}

const keepType: AgnosticKey['convert'] = (element, to) => (element.type === to ? element : undefined);

/** ICMPv6 types of the same meaning (RFC 4443, RFC 4861) by ICMP type. */
const icmpv6Counterparts: ReadonlyMap<bigint, bigint> = new Map([
  [0n, 129n],
  [3n, 1n],
  [5n, 137n],
  [8n, 128n],
  [9n, 134n],
  [10n, 133n],
  [11n, 3n],
  [12n, 4n],
]);

/** Only single types have a counterpart: neither ranges nor the order of the numbers mean the same. */
const convertIcmp: AgnosticKey['convert'] = (element, to, operator) => {
  if (to === icmpType || element.kind === 'name') return element;
  const { lo, hi } = element.range;
  const counterpart = lo === hi ? icmpv6Counterparts.get(lo) : undefined;
  if (counterpart === undefined || (operator !== '==' && operator !== '!=')) return undefined;
  return { ...element, type: icmpv6Type, range: single(counterpart) };
};

/** By the key as it is written. */
export const agnosticKeys: ReadonlyMap<string, AgnosticKey> = new Map([
  ['saddr', addressKey('saddr')],
  ['from', addressKey('saddr')],
  ['daddr', addressKey('daddr')],
  ['to', addressKey('daddr')],
  ['icmp type', { ip: 'icmp type', ip6: 'icmpv6 type', types: [icmpType], convert: convertIcmp }],
]);
