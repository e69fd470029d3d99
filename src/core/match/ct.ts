// `ct state`, `ct status`, `ct direction`: what conntrack knows of the packet's connection.
import { ctDirection } from '../datatype/types.ts';
import { ctDirectionField, ctState, ctStatusField } from '../field/ct.ts';
import { bitsOf } from './field-language.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { singleValue } from './field-simplify.ts';
import { always, fewValues, moduleOption, plainTest, unsupported } from './iptables-condition.ts';
import type { Condition, GivenOption, IptablesReader, Words } from './iptables-spelling.ts';

/** In the order in which iptables prints them (extensions/libxt_conntrack.c: conntrack_dump_ctstate). */
const states = new Map([
  ['INVALID', 1n],
  ['NEW', 8n],
  ['RELATED', 4n],
  ['ESTABLISHED', 2n],
  ['UNTRACKED', 64n],
]);
const allStates = 79n;

export const ctStateMatch = defineFieldMatch({
  key: 'ct state',
  summary:
    'Any of these states of the connection: `new`, `established`, `related`, `invalid` (also without connection), `untracked`.',
  field: ctState,
  always: true,
  // net/netfilter/nft_ct.c: NFT_CT_STATE.
  oneBit: true,
  usesConntrack: true,
  nft: { ct: { key: 'state' } },
  iptables: {
    write: writeState,
    readers: [namesReader('conntrack', '--ctstate', states)],
  },
});

/** A packet has one state, so exact and bitwise comparison differ only for values that are no one bit. */
function writeState(test: FieldTest): Condition {
  const wanted = statesOf(test);
  if (!wanted) return unsupported('ct state', test);
  const bits = wanted.bits & allStates;
  if (bits === 0n) return wanted.negated ? always() : { kind: 'never' };
  return oneCondition(moduleOption('conntrack', wanted.negated, '--ctstate', nameBits(bits, states)));
}

function statesOf(test: FieldTest): { bits: bigint; negated: boolean } | undefined {
  const { op, value } = test;
  const single = singleValue(test);
  if (single !== undefined && (op === 'any' || op === 'none'))
    return { bits: single, negated: op === 'none' };
  if (test.mask !== undefined || value.kind !== 'ranges' || (op !== '==' && op !== '!=')) return undefined;
  const values = fewValues(value.ranges, 128)?.filter((one) => bitsOf(one).length === 1);
  return values && { bits: values.reduce((sum, bit) => sum | bit, 0n), negated: op === '!=' };
}

function oneCondition(words: Words): Condition {
  return { kind: 'any', alternatives: [[words]] };
}

function nameBits(bits: bigint, names: ReadonlyMap<string, bigint>): string {
  return [...names].flatMap(([name, bit]) => ((bits & bit) === 0n ? [] : [name])).join(',');
}

function namesReader(
  module: string,
  option: string,
  names: ReadonlyMap<string, bigint>,
): IptablesReader<FieldTest> {
  return {
    module,
    options: { [option]: 1 },
    takes: 'each',
    read: ([given]) => given && readNames(given, names),
  };
}

function readNames(given: GivenOption, names: ReadonlyMap<string, bigint>): FieldTest | undefined {
  const bits = (given.words[0] ?? '')
    .split(',')
    .map((name) => names.get(name.toUpperCase()))
    .reduce((sum, bit) => (sum === undefined || bit === undefined ? undefined : sum | bit), 0n);
  if (bits === undefined) return undefined;
  return { op: given.negated ? 'none' : 'any', value: { kind: 'ranges', ranges: [{ lo: bits, hi: bits }] } };
}

const statuses = new Map([
  ['EXPECTED', 1n],
  ['SEEN_REPLY', 2n],
  ['ASSURED', 4n],
  ['CONFIRMED', 8n],
]);

/** iptables counts these two among the states. */
const translations = new Map([
  ['SNAT', 16n],
  ['DNAT', 32n],
]);

export const ctStatusMatch = defineFieldMatch({
  key: 'ct status',
  summary:
    'Any of these bits of the connection: `seen-reply`, `assured`, `confirmed`, `expected`, `snat`, `dnat`.',
  field: ctStatusField,
  usesConntrack: true,
  nft: { ct: { key: 'status' } },
  iptables: {
    write: writeStatus,
    readers: [
      namesReader('conntrack', '--ctstatus', statuses),
      positive(namesReader('conntrack', '--ctstate', translations)),
    ],
  },
});

/** Without connection iptables' negated states match and nft's status doesn't, so negations are not the same. */
function positive(reader: IptablesReader<FieldTest>): IptablesReader<FieldTest> {
  return {
    ...reader,
    read: (given, context) => (given[0]?.negated ? undefined : reader.read(given, context)),
  };
}

function writeStatus(test: FieldTest): Condition {
  const bits = singleValue(test);
  if (bits === undefined || (test.op !== 'any' && test.op !== 'none')) return unsupported('ct status', test);
  const status = nameBits(bits, statuses);
  const state = nameBits(bits, translations);
  if (bitsOf(bits).some((bit) => ![...statuses.values(), ...translations.values()].includes(bit)))
    return unsupported('ct status', test);
  if (bits === 0n) return unsupported('ct status', test);
  return test.op === 'any' ? anyStatus(status, state) : noStatus(status, state);
}

function anyStatus(status: string, state: string): Condition {
  const alternatives = [
    ...(status ? [[moduleOption('conntrack', false, '--ctstatus', status)]] : []),
    ...(state ? [[moduleOption('conntrack', false, '--ctstate', state)]] : []),
  ];
  return { kind: 'any', alternatives };
}

/** A packet without connection has one of the two states added here. */
function noStatus(status: string, state: string): Condition {
  const words = [
    ...(status ? [moduleOption('conntrack', true, '--ctstatus', status)] : []),
    ...(state ? [moduleOption('conntrack', true, '--ctstate', `INVALID,UNTRACKED,${state}`)] : []),
  ];
  return { kind: 'any', alternatives: [words] };
}

export const ctDirectionMatch = defineFieldMatch({
  key: 'ct direction',
  summary: 'Whether the packet goes in the `original` direction of its connection or is a `reply`.',
  field: ctDirectionField,
  usesConntrack: true,
  nft: { ct: { key: 'direction' } },
  iptables: {
    write: writeDirection,
    readers: [
      {
        module: 'conntrack',
        options: { '--ctdir': 1 },
        takes: 'each',
        read: ([given]) => {
          const value = ctDirection.parse(given?.words[0]?.toLowerCase() ?? '');
          if (!given || given.negated || value === undefined) return undefined;
          return { op: '==', value: { kind: 'ranges', ranges: [{ lo: value, hi: value }] } };
        },
      },
    ],
  },
});

/** `--ctdir` can't be negated, and needs no negation. */
function writeDirection(test: FieldTest): Condition {
  const plain = plainTest(test, ctDirection.width);
  if (!plain) return unsupported('ct direction', test);
  const wanted = [0n, 1n].filter(
    (value) => plain.ranges.some(({ lo, hi }) => lo <= value && value <= hi) !== plain.negated,
  );
  if (wanted.length === 0) return { kind: 'never' };
  return {
    kind: 'any',
    alternatives: wanted.map((value) => [
      moduleOption('conntrack', false, '--ctdir', ctDirection.format(value).toUpperCase()),
    ]),
  };
}
