// What conntrack knows of the connection by direction (net/netfilter/nft_ct.c: nft_ct_get_eval).
import type { Node } from '../../bdd/bdd.ts';
import { type Entry, secondsLeft } from '../../conntrack/entry.ts';
import type { DataType } from '../../datatype/define.ts';
import { anyText, ctLabelBits } from '../../datatype/nft-types.ts';
import { networkFamily, protocol } from '../../datatype/types.ts';
import { durationType } from '../../datatype/written-types.ts';
import { connectionVersion, ofConnection } from '../../field/ct.ts';
import type { FieldValue } from '../../field/define.ts';
import { choose, constantBits, fieldIs, type Symbols } from '../../field/symbolic.ts';
import type { PacketView, Unknown } from '../../field/view.ts';
import { carriedBy } from '../carried.ts';
import { bitsOf } from '../field-language.ts';
import { evaluatesTo, type FieldTest } from '../field-match.ts';
import { singleValue } from '../field-simplify.ts';
import { eachItem, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition } from '../iptables-spelling.ts';
import { complete } from '../tuple-json.ts';
import {
  type Direction,
  ofEntry,
  protocolCondition,
  type TupleField,
  tupleCondition,
  tupleFields,
} from './ct-tuple.ts';
import { nftFieldMatch, notTold } from './define.ts';
import { rangeWord } from './iptables.ts';
import { bits } from './vocabulary.ts';

function tupleMatch(dir: Direction, field: TupleField) {
  const { name, summary, type, read } = field;
  const iptables = tupleCondition(dir, field);
  return nftFieldMatch({
    key: `ct ${dir} ${name}`,
    summary: `${summary} of the connection in its ${dir} direction.`,
    type,
    nft: { ct: { key: name, dir } },
    // Older words of nft leave the family to the value.
    alsoNft: { ct: { key: name.split(' ').at(-1) ?? name, dir } },
    usesConntrack: true,
    ...(field.family && { family: field.family }),
    symbol: { kind: 'own', present: field.present },
    read: (view) => ofEntry(view, (entry) => read(entry[dir])),
    ...(iptables && { iptables }),
  });
}

const counts = ['bytes', 'packets', 'avgpkt'] as const;

function countMatch(name: (typeof counts)[number], dir?: Direction) {
  const key = dir ? `ct ${dir} ${name}` : `ct ${name}`;
  return nftFieldMatch({
    key,
    summary: `The connection's ${name}, where the kernel counts them.`,
    type: bits(64),
    nft: { ct: { key: name, ...(dir && { dir }) } },
    usesConntrack: true,
    knowledge: notTold(`\`${key}\``),
    symbol: { kind: 'own', present: ofConnection },
    read: (view) => ofEntry(view, (entry) => countOf(entry, name, dir) ?? notTold(`\`${key}\``)),
    iptables: (test) => countCondition(test, key, [name, dir ?? 'both']),
  });
}

/** net/netfilter/nft_ct.c: nft_ct_get_eval. A rule that asks has the kernel count; undefined: it began before that. */
function countOf(entry: Entry, name: (typeof counts)[number], dir?: Direction): bigint | undefined {
  const count = carriedBy(entry, name, dir);
  return count === undefined ? undefined : BigInt(count);
}

/** Connections that were never counted have 0 in nft, and match nothing in iptables (net/netfilter/xt_connbytes.c). */
function countCondition(test: FieldTest, key: string, [mode, dir]: readonly [string, string]): Condition {
  const plain = plainTest(test, 64);
  const [range, ...others] = plain?.ranges ?? [];
  if (!plain || !range || others.length > 0) return unsupported(key, test);
  if (evaluatesTo(test, 0n) !== false)
    return {
      kind: 'unsupported',
      why: `iptables never matches a connection without counts, and \`${key}\` may`,
    };
  const last = (1n << 64n) - 1n;
  const words = range.hi === last ? `${range.lo}` : `${range.lo}:${range.hi}`;
  const option = ['--connbytes', words, '--connbytes-mode', mode, '--connbytes-dir', dir];
  return { kind: 'any', alternatives: [[moduleOption('connbytes', plain.negated, ...option)]] };
}

interface EntryField {
  readonly name: string;
  readonly summary: string;
  readonly type: DataType;
  /** Absent where no trace is told. */
  readonly read?: (entry: Entry, view: PacketView) => FieldValue;
  /** What it is for all packets, if nothing of its own. */
  readonly all?: (symbols: Symbols) => readonly Node[];
  /** Not every connection has it. */
  readonly mayMiss?: true;
  /** Why it may not be known. */
  readonly knowledge?: Unknown;
  readonly iptables?: (test: FieldTest) => Condition;
}

/** A zone for one direction only is the number of the whole (net/netfilter/nft_ct.c: NFT_CT_ZONE). */
const entryFields: readonly EntryField[] = [
  {
    name: 'l3proto',
    summary: 'The IP version of the connection.',
    type: networkFamily,
    read: ({ original }) => (original.family === 4 ? 2n : 10n),
    all: (symbols) =>
      choose(
        symbols,
        fieldIs(symbols, connectionVersion, 4n),
        constantBits(2n, networkFamily.width),
        constantBits(10n, networkFamily.width),
      ),
  },
  {
    name: 'protocol',
    summary: 'The transport protocol of the connection.',
    type: protocol,
    read: ({ original }) => BigInt(original.protocol),
    iptables: (test) => protocolCondition(test, 'ct protocol'),
  },
  {
    name: 'zone',
    summary: 'The zone of the connection.',
    type: bits(16),
    read: ({ zone }) => BigInt(zone.original || zone.reply),
  },
  { name: 'id', summary: 'A number that the kernel gives the connection.', type: bits(32) },
  {
    name: 'expiration',
    summary: 'How long the connection stays known without a packet.',
    type: durationType,
    read: (entry, { now }) => {
      const left = now === undefined ? undefined : secondsLeft(entry, now);
      return left === undefined ? notTold('`ct expiration`') : BigInt(Math.round(left * 1000));
    },
    knowledge: notTold('`ct expiration`'),
    iptables: expiration,
  },
  {
    name: 'helper',
    summary: 'The helper of the connection that this one belongs to.',
    type: anyText,
    read: helperOfMaster,
    mayMiss: true,
    knowledge: notTold('`ct helper`'),
    iptables: helper,
  },
  {
    name: 'label',
    summary: 'The labels of the connection, by their numbers.',
    type: ctLabelBits,
    read: ({ labelBits }) => labelBits ?? notTold('`ct label`'),
    knowledge: notTold('`ct label`'),
    iptables: labels,
  },
];

/** What a listing shows does not say whether a connection was expected. */
function helperOfMaster({ expected, created }: Entry): FieldValue {
  return expected || created !== undefined ? expected?.helper : notTold('`ct helper`');
}

function entryMatch({ name, summary, type, read, all, mayMiss, knowledge, iptables }: EntryField) {
  const key = `ct ${name}`;
  return nftFieldMatch({
    key,
    summary,
    type,
    nft: { ct: { key: name } },
    usesConntrack: true,
    knowledge: read ? knowledge : notTold(`\`${key}\``),
    symbol: all
      ? {
          kind: 'worked out',
          value: (symbols) => ({ kind: 'number', present: ofConnection(symbols), bits: all(symbols) }),
        }
      : { kind: 'own', present: ofConnection, ...(mayMiss && { mayMiss }) },
    read: (view) => ofEntry(view, (entry) => (read ? read(entry, view) : notTold(`\`${key}\``))),
    ...(iptables && { iptables }),
  });
}

const second = 1000n;

/** iptables counts whole seconds (net/netfilter/xt_conntrack.c: conntrack_mt), nft milliseconds. */
function expiration(test: FieldTest): Condition {
  const plain = plainTest(test, durationType.width);
  const last = (1n << 64n) - 1n;
  const seconds = plain?.ranges.map(({ lo, hi }) => {
    const isWhole = lo % second === 0n && (hi === last || hi % second === second - 1n);
    return isWhole ? { lo: lo / second, hi: hi === last ? 0xffffffffn : hi / second } : undefined;
  });
  const ranges = seconds && complete(seconds);
  if (!plain || !ranges)
    return { kind: 'unsupported', why: 'iptables compares `ct expiration` in whole seconds only' };
  const { negated } = plain;
  return eachItem(ranges, { negated }, (range) =>
    moduleOption('conntrack', negated, '--ctexpire', rangeWord(range)),
  );
}

/**
 * iptables compares as many characters as the helper's name has (net/netfilter/xt_helper.c: helper_mt), so names of the
 * form `ftp-2121` would match the helper `ftp`, too; negated it matches connections without a helper.
 */
function helper(test: FieldTest): Condition {
  const { value, op } = test;
  if (value.kind !== 'names' || op !== '==' || value.names.some((name) => /[-*]/.test(name)))
    return unsupported('ct helper', test);
  return eachItem(value.names, { negated: false }, (name) => moduleOption('helper', false, '--helper', name));
}

/** Without connection, negated labels of iptables match and nft's don't (net/netfilter/xt_connlabel.c: connlabel_mt). */
function labels(test: FieldTest): Condition {
  const bitsOfTest = singleValue(test);
  if (bitsOfTest === undefined || (test.op !== 'any' && test.op !== 'none'))
    return unsupported('ct label', test);
  const negated = test.op === 'none';
  const words = bitsOf(bitsOfTest).map((bit) =>
    moduleOption('connlabel', negated, '--label', ctLabelBits.format(bit)),
  );
  if (!negated) return { kind: 'any', alternatives: words.map((one) => [one]) };
  const tracked = moduleOption('conntrack', true, '--ctstate', 'INVALID,UNTRACKED');
  return { kind: 'any', alternatives: [[...words, tracked]] };
}

function zoneMatch(dir: Direction) {
  return nftFieldMatch({
    key: `ct ${dir} zone`,
    summary: `The zone of the connection for its ${dir} direction.`,
    type: bits(16),
    nft: { ct: { key: 'zone', dir } },
    usesConntrack: true,
    symbol: { kind: 'own', present: ofConnection },
    read: (view) => ofEntry(view, ({ zone }) => BigInt(zone[dir])),
  });
}

export const ctMatches = [
  ...entryFields.map(entryMatch),
  zoneMatch('original'),
  zoneMatch('reply'),
  ...tupleFields.flatMap((field) => [tupleMatch('original', field), tupleMatch('reply', field)]),
  ...counts.flatMap((name) => [countMatch(name), countMatch(name, 'original'), countMatch(name, 'reply')]),
];
