// `ip saddr`, `ip daddr`, `ip6 saddr`, `ip6 daddr`: the addresses of the packet.
import { type AddressFamily, addressWidth, formatAddress, parseAddress } from '../datatype/address.ts';
import { prefixLength, prefixRange, type Range, single } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import { ip6Daddr, ip6Saddr, ipDaddr, ipSaddr } from '../field/network.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { simplify, singleValue } from './field-simplify.ts';
import {
  always,
  eachItem,
  moduleOption,
  namedSet,
  namedSetReader,
  plainTest,
  unsupported,
} from './iptables-condition.ts';
import type { Condition, GivenOption, IptablesReader, IptablesTarget, Words } from './iptables-spelling.ts';

interface Side {
  readonly own: 's' | 'd';
  readonly aliases: Readonly<Record<string, string>>;
  readonly rangeOption: '--src-range' | '--dst-range';
  readonly set: 'src' | 'dst';
  readonly field: 'saddr' | 'daddr';
  readonly words: string;
}

const source: Side = {
  own: 's',
  aliases: { '--source': '-s', '--src': '-s' },
  rangeOption: '--src-range',
  set: 'src',
  field: 'saddr',
  words: 'source',
};

const destination: Side = {
  own: 'd',
  aliases: { '--destination': '-d', '--dst': '-d' },
  rangeOption: '--dst-range',
  set: 'dst',
  field: 'daddr',
  words: 'destination',
};

function addressMatch(family: AddressFamily, side: Side, field: Field) {
  const protocol = family === 4 ? 'ip' : 'ip6';
  return defineFieldMatch({
    key: field.name,
    summary: `The ${side.words} address of an IPv${family} packet.`,
    field,
    family: protocol,
    nft: { payload: { protocol, field: side.field } },
    iptables: {
      write: (test, target) => writeAddress(test, target, { family, side, key: field.name }),
      readers: [
        ownReader(family, side, field),
        rangeReader(family, side),
        namedSetReader(field.type, side.set, (context) => context.family === protocol),
      ],
    },
  });
}

interface AddressOption {
  readonly family: AddressFamily;
  readonly side: Side;
  readonly key: string;
}

function writeAddress(test: FieldTest, target: IptablesTarget, option: AddressOption): Condition {
  const set = namedSet(test, target, option.side.set);
  if (set) return { kind: 'any', alternatives: [[set]] };
  if (test.mask !== undefined) return writeMasked(test, option);
  const width = addressWidth(option.family);
  const plain = plainTest(test, width);
  if (!plain) return unsupported(option.key, test);
  const { negated, ranges } = plain;
  const everything = ranges.some(({ lo, hi }) => prefixLength({ lo, hi }, width) === 0);
  if (everything) return negated ? { kind: 'never' } : always();
  return eachItem(ranges, { negated }, (range) => addressWords(range, negated, option));
}

function addressWords(range: Range, negated: boolean, option: AddressOption): Words {
  const { family, side } = option;
  const length = prefixLength(range, addressWidth(family));
  const module = rangeWords(range, negated, option);
  if (length === undefined) return module;
  const address = formatAddress({ family, value: range.lo });
  const words = [...(negated ? ['!'] : []), `-${side.own}`, `${address}/${length}`];
  return { own: side.own, words, otherwise: module.words };
}

function rangeWords({ lo, hi }: Range, negated: boolean, { family, side }: AddressOption): Words {
  const bounds = [lo, hi].map((value) => formatAddress({ family, value }));
  return moduleOption('iprange', negated, side.rangeOption, bounds.join('-'));
}

/** iptables' own options take any mask, also one with holes. */
function writeMasked(test: FieldTest, { family, side, key }: AddressOption): Condition {
  const value = singleValue(test);
  if (value === undefined || test.mask === undefined || (test.op !== '==' && test.op !== '!='))
    return unsupported(key, test);
  // The kernel compares the masked address with the given one, bits outside the mask included, and tools clear those.
  if ((value & ~test.mask) !== 0n) return test.op === '==' ? { kind: 'never' } : always();
  const text = [value, test.mask].map((part) => formatAddress({ family, value: part })).join('/');
  const words = [...(test.op === '!=' ? ['!'] : []), `-${side.own}`, text];
  return { kind: 'any', alternatives: [[{ own: side.own, words }]] };
}

function ownReader(family: AddressFamily, side: Side, field: Field): IptablesReader<FieldTest> {
  return {
    module: '',
    options: { [`-${side.own}`]: 1 },
    aliases: side.aliases,
    takes: 'each',
    read: ([given]) => {
      const test = given && readOwn(given, family);
      return test && simplify(field.type, test);
    },
  };
}

function readOwn({ negated, words: [text = ''] }: GivenOption, family: AddressFamily): FieldTest | undefined {
  const op = negated ? '!=' : '==';
  if (!text.includes(',')) return readOne(text, op, family);
  const tests = text.split(',').map((one) => readOne(one, op, family));
  const ranges = tests.flatMap((test) =>
    test?.value.kind === 'ranges' && !test.mask ? test.value.ranges : [],
  );
  // Several addresses stand for several rules, so a negation of them all doesn't exist.
  if (negated || ranges.length !== tests.length) return undefined;
  return { op, value: { kind: 'ranges', ranges, braces: true } };
}

function readOne(text: string, op: '==' | '!=', family: AddressFamily): FieldTest | undefined {
  const [address = '', mask, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed?.family !== family || rest.length > 0) return undefined;
  const width = addressWidth(family);
  if (mask === undefined) return rangeTest(op, single(parsed.value));
  if (/^\d{1,3}$/.test(mask))
    return Number(mask) <= width ? rangeTest(op, prefixRange(parsed.value, Number(mask), width)) : undefined;
  const bits = parseAddress(mask);
  if (bits?.family !== family) return undefined;
  return { ...rangeTest(op, single(parsed.value & bits.value)), mask: bits.value };
}

function rangeTest(op: '==' | '!=', range: Range): FieldTest {
  return { op, value: { kind: 'ranges', ranges: [range] } };
}

function rangeReader(family: AddressFamily, side: Side): IptablesReader<FieldTest> {
  return {
    module: 'iprange',
    options: { [side.rangeOption]: 1 },
    takes: 'each',
    read: ([given]) => {
      const [first = '', last = first] = given?.words[0]?.split('-') ?? [];
      const lo = parseAddress(first);
      const hi = parseAddress(last);
      if (lo?.family !== family || hi?.family !== family || lo.value > hi.value) return undefined;
      const range = { lo: lo.value, hi: hi.value };
      // A prefix would be written as `-s`.
      if (prefixLength(range, addressWidth(family)) !== undefined) return undefined;
      return rangeTest(given?.negated ? '!=' : '==', range);
    },
  };
}

export const ipSaddrMatch = addressMatch(4, source, ipSaddr);
export const ipDaddrMatch = addressMatch(4, destination, ipDaddr);
export const ip6SaddrMatch = addressMatch(6, source, ip6Saddr);
export const ip6DaddrMatch = addressMatch(6, destination, ip6Daddr);
