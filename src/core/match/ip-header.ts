// `ip ttl`, `ip dscp`, `ip length` and their IPv6 counterparts.

import type { DataType } from '../datatype/define.ts';
import { normalize, type Range, single } from '../datatype/range.ts';
import { dscp, integer8, integer16 } from '../datatype/types.ts';
import type { Field } from '../field/define.ts';
import { ip6Dscp, ip6Hoplimit, ip6Length, ipDscp, ipLength, ipTtl } from '../field/network.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { eachItem, fewValues, moduleOption, plainTest, unsupported } from './iptables-condition.ts';
import type { Condition, IptablesReader, Words } from './iptables-spelling.ts';
import { parseInteger } from './module/value.ts';

type Family = 'ip' | 'ip6';

const hops = {
  ip: { module: 'ttl', label: 'The time to live of an IPv4 packet', field: ipTtl, nft: 'ttl' },
  ip6: { module: 'hl', label: 'The hop limit of an IPv6 packet', field: ip6Hoplimit, nft: 'hoplimit' },
} as const;

function hopsMatch(family: Family) {
  const { module, label, field, nft } = hops[family];
  return defineFieldMatch({
    key: field.name,
    summary: `${label}; in the forward path it is decremented already.`,
    field,
    family,
    nft: { payload: { protocol: family, field: nft } },
    iptables: {
      write: (test) => writeHops(test, module, field.name),
      readers: [hopsReader(module)],
    },
  });
}

/** A range lies between `-gt` and `-lt`; outside of it is either below or above. */
function writeHops(test: FieldTest, module: 'ttl' | 'hl', key: string): Condition {
  const plain = plainTest(test, integer8.width);
  if (!plain) return unsupported(key, test);
  const { negated, ranges } = plain;
  if (ranges.every(({ lo, hi }) => lo === hi))
    return eachItem(ranges, { negated }, ({ lo }) =>
      moduleOption(module, negated, `--${module}-eq`, `${lo}`),
    );
  const wanted = negated ? complement(ranges, integer8) : ranges;
  if (wanted.length === 0) return { kind: 'never' };
  return { kind: 'any', alternatives: wanted.map((range) => between(range, module)) };
}

function between({ lo, hi }: Range, module: 'ttl' | 'hl'): readonly Words[] {
  return [
    ...(lo > 0n ? [moduleOption(module, false, `--${module}-gt`, `${lo - 1n}`)] : []),
    ...(hi < 255n ? [moduleOption(module, false, `--${module}-lt`, `${hi + 1n}`)] : []),
  ];
}

function complement(ranges: readonly Range[], type: DataType): readonly Range[] {
  const gaps: Range[] = [];
  let next = 0n;
  for (const { lo, hi } of normalize(ranges)) {
    if (lo > next) gaps.push({ lo: next, hi: lo - 1n });
    next = hi + 1n;
  }
  const last = (1n << BigInt(type.width)) - 1n;
  return next > last ? gaps : [...gaps, { lo: next, hi: last }];
}

const hopsOperators = { eq: '==', lt: '<', gt: '>' } as const;

function hopsReader(module: 'ttl' | 'hl'): IptablesReader<FieldTest> {
  return {
    module,
    options: { [`--${module}-eq`]: 1, [`--${module}-lt`]: 1, [`--${module}-gt`]: 1 },
    aliases: { [`--${module}`]: `--${module}-eq` },
    excludes: [[`--${module}-eq`, `--${module}-lt`, `--${module}-gt`]],
    takes: 'each',
    complete: true,
    read: ([given]) => {
      const value = parseInteger(given?.words[0] ?? '', 0xffn);
      const kind = (['eq', 'lt', 'gt'] as const).find((name) => given?.option === `--${module}-${name}`);
      if (!given || !kind || value === undefined || (given.negated && kind !== 'eq')) return undefined;
      const op = given.negated ? '!=' : hopsOperators[kind];
      return { op, value: { kind: 'ranges', ranges: [{ lo: value, hi: value }] } };
    },
  };
}

function dscpMatch(family: Family, field: Field) {
  return defineFieldMatch({
    key: field.name,
    summary: 'The differentiated services code point, by name or number.',
    field,
    family,
    nft: { payload: { protocol: family, field: 'dscp' } },
    iptables: { write: (test) => writeDscp(test, field.name), readers: [dscpReader] },
  });
}

function writeDscp(test: FieldTest, key: string): Condition {
  const plain = plainTest(test, dscp.width);
  const values = plain && fewValues(plain.ranges, 64);
  if (!plain || !values) return unsupported(key, test);
  const { negated } = plain;
  return eachItem(values, { negated }, (value) =>
    moduleOption('dscp', negated, '--dscp', `0x${value.toString(16).padStart(2, '0')}`),
  );
}

/** Classes are called like nft's constants, in capitals. */
const dscpReader: IptablesReader<FieldTest> = {
  module: 'dscp',
  options: { '--dscp': 1, '--dscp-class': 1 },
  excludes: [['--dscp', '--dscp-class']],
  takes: 'each',
  complete: true,
  read: ([given]) => {
    const [word = ''] = given?.words ?? [];
    const value = given?.option === '--dscp' ? parseInteger(word, 0x3fn) : dscp.parse(word.toLowerCase());
    if (!given || value === undefined) return undefined;
    return { op: given.negated ? '!=' : '==', value: { kind: 'ranges', ranges: [{ lo: value, hi: value }] } };
  },
};

/** What nft's length field leaves out of iptables' length: IPv6 counts behind its fixed header. */
const uncounted = { ip: 0n, ip6: 40n } as const;

function lengthMatch(family: Family, field: Field) {
  return defineFieldMatch({
    key: field.name,
    summary:
      family === 'ip'
        ? 'The length of an IPv4 packet in bytes, header included.'
        : 'The length in bytes of what follows the fixed header of an IPv6 packet.',
    field,
    family,
    nft: { payload: { protocol: family, field: 'length' } },
    iptables: {
      write: (test) => writeLength(test, uncounted[family], field.name),
      readers: [lengthReader(family)],
    },
  });
}

function writeLength(test: FieldTest, offset: bigint, key: string): Condition {
  const plain = plainTest(test, integer16.width);
  if (!plain || plain.ranges.some((range) => !isSayable(range, offset))) return unsupported(key, test);
  const { negated, ranges } = plain;
  const isBelow = test.op === '<' || test.op === '<=';
  return eachItem(ranges, { negated }, ({ lo, hi }) =>
    lengthWords({ lo: isBelow ? 0n : lo + offset, hi: hi + offset }, negated),
  );
}

/** iptables takes no numbers above 65535, so of what lies there it can only say that it is not below. */
function isSayable({ lo, hi }: Range, offset: bigint): boolean {
  return hi + offset <= 0xffffn || (hi === 0xffffn && lo + offset <= 0x10000n);
}

function lengthWords({ lo: first, hi: last }: Range, negated: boolean): Words {
  if (last > 0xffffn) return moduleOption('length', !negated, '--length', `0:${first - 1n}`);
  return moduleOption('length', negated, '--length', first === last ? `${first}` : `${first}:${last}`);
}

function lengthReader(family: Family): IptablesReader<FieldTest> {
  return {
    module: 'length',
    options: { '--length': 1 },
    takes: 'each',
    complete: true,
    read: ([given], context) => {
      const range = given && readLengths(given.words[0] ?? '');
      if (!given || !range || context.family !== family) return undefined;
      if (isUncounted(range, context.family)) return undefined;
      return lengthTest(range, given.negated, uncounted[family]);
    },
  };
}

/** From 0 on is below a limit, where that differs from the range that the header could say. */
function lengthTest({ lo, hi }: Range, negated: boolean, offset: bigint): FieldTest {
  const last = hi - offset;
  if (lo === 0n && offset > 0n)
    return { op: negated ? '>' : '<=', value: { kind: 'ranges', ranges: [single(last)] } };
  return { op: negated ? '!=' : '==', value: { kind: 'ranges', ranges: [{ lo: lo - offset, hi: last }] } };
}

/** Whether it begins or ends in the middle of what nft's length field leaves out, so that the field can't say it. */
function isUncounted({ lo, hi }: Range, family: Family): boolean {
  return hi < uncounted[family] || (lo > 0n && lo < uncounted[family]);
}

/** Lengths inside the fixed header of IPv6, which no packet has but iptables takes, are those of the whole packet. */
export const headerLengthReader: IptablesReader<FieldTest> = {
  module: 'length',
  options: { '--length': 1 },
  takes: 'each',
  complete: true,
  read: ([given], { family }) => {
    const range = given && readLengths(given.words[0] ?? '');
    if (!range || !isUncounted(range, family)) return undefined;
    return { op: given.negated ? '!=' : '==', value: { kind: 'ranges', ranges: [range] } };
  },
};

function readLengths(text: string): Range | undefined {
  const [first = '', last = first, ...rest] = text.split(':');
  const lo = parseInteger(first || (text === '' ? '' : '0'), 0xffffn);
  const hi = parseInteger(last || (text === '' ? '' : '65535'), 0xffffn);
  if (lo === undefined || hi === undefined || rest.length > 0 || lo > hi) return undefined;
  return { lo, hi };
}

export const ipTtlMatch = hopsMatch('ip');
export const ip6HoplimitMatch = hopsMatch('ip6');
export const ipDscpMatch = dscpMatch('ip', ipDscp);
export const ip6DscpMatch = dscpMatch('ip6', ip6Dscp);
export const ipLengthMatch = lengthMatch('ip', ipLength);
export const ip6LengthMatch = lengthMatch('ip6', ip6Length);
