// `FIELD set VALUE` for all fields that nft can set and no statement of its own sets: header fields, TCP options, labels
// (net/netfilter/nft_payload.c, nft_exthdr.c, nft_meta.c, nft_ct.c).

import type { Node } from '../bdd/bdd.ts';
import type { FieldValue } from '../field/define.ts';
import type { SymbolicValue } from '../field/symbolic.ts';
import { isUnknown } from '../field/view.ts';
import type { EvaluationContext, NftSpelled, SymbolicContext } from '../match/define.ts';
import { findSelector, readsConntrack, selectorOfJson } from '../match/find-selector.ts';
import type { Selector } from '../match/selector.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement, type Effect } from './define.ts';
import {
  type Operand,
  operandFromJson,
  operandOfConntrack,
  operandToJson,
  readOperand,
  writeOperand,
} from './operand.ts';
import { changeOf, isKept, isStructural } from './packet-change.ts';
import { effectOfOperand } from './setter.ts';
import { anything, changing, passing, type SymbolicCase, toAll, within } from './symbolic.ts';
import { numberOf } from './symbolic-source.ts';

interface Mangle {
  /** The key of the field. */
  readonly field: string;
  readonly operand: Operand;
}

/** Fields with a statement of their own, which knows what iptables has for them. */
const ownStatement = new Set([
  'meta mark',
  'meta priority',
  'meta nftrace',
  'meta secmark',
  'meta pkttype',
  'ct mark',
  'ct zone',
  'ct original zone',
  'ct reply zone',
  'ct event',
  'ct secmark',
  'ip dscp',
  'ip6 dscp',
  'ip ecn',
  'ip6 ecn',
  'ip ttl',
  'ip6 hoplimit',
  'tcp option maxseg size',
]);

/** What the kernel can set; of headers all that has a place in the packet. */
function isSettable({ key, nft }: Selector): boolean {
  if (ownStatement.has(key) || !isJsonObject(nft)) return false;
  const option = nft['tcp option'];
  return 'payload' in nft || key === 'ct label' || (isJsonObject(option) && 'field' in option);
}

export const mangle = defineStatement<Mangle>({
  key: 'mangle',
  summary:
    'Sets a field of the packet: `ip saddr set 10.0.0.1`, `tcp dport set tcp dport map { 80 : 8080 }`, `ether saddr set …`.',
  terminal: false,
  changesPacket: true,
  knowledge: {
    unknown: 'what a packet is once a field is set that says how the rest is read is not worked out',
  },
  refersToConntrack: ({ field, operand }) => readsConntrack(field) || operandOfConntrack(operand),
  read: (reader) => {
    const selector = reader.field();
    if (!selector) return undefined;
    if (!isSettable(selector))
      return reader.refuse('HK3017', `nothing sets \`${selector.key}\`: the kernel only reads it`);
    if (!reader.word('set')) return reader.fail('HK3009', 'expected `set`');
    const operand = readOperand(reader, selector.field.type);
    return operand && { field: selector.key, operand };
  },
  write,
  nft: { write: toNft, read: fromJson },
  iptables: {
    write: ({ field }, { family }) => {
      const only = findSelector(field)?.family;
      if (only && only !== family) return { kind: 'never' };
      return { kind: 'unsupported', why: `iptables has no target that sets \`${field}\`` };
    },
    readers: [],
  },
  execute,
  symbolic,
});

function write({ field, operand }: Mangle): string {
  const type = findSelector(field)?.field.type;
  return `${field} set ${type ? writeOperand(operand, type) : ''}`;
}

/** nft 1.0.6 joins what is worked out with the rest of two bytes, and does not know how (src/evaluate.c: stmt_evaluate_payload). */
function toNft({ field, operand }: Mangle): NftSpelled {
  const selector = findSelector(field);
  if (!selector) return { unsupported: `\`${field}\` is not known` };
  const { type } = selector.field;
  if (operand.kind !== 'constant' && type.width % 16 !== 0)
    return {
      unsupported: `nft 1.0.6 sets \`${field}\`, which is no whole number of 16 bits, to a constant only`,
    };
  return { statement: { mangle: { key: selector.nft, value: operandToJson(operand, type) } } };
}

function fromJson(statement: JsonValue): Mangle | undefined {
  const given = isJsonObject(statement) ? statement['mangle'] : undefined;
  const key = isJsonObject(given) ? given['key'] : undefined;
  const selector = key === undefined ? undefined : selectorOfJson(key);
  if (!isJsonObject(given) || !selector || !isSettable(selector)) return undefined;
  const operand = operandFromJson(given['value'], selector.field.type);
  return operand && { field: selector.key, operand };
}

/** A header that is not there ends the rule (nft_payload_set_eval: NFT_BREAK); without a connection nothing is done. */
function execute(args: Mangle, context: EvaluationContext): Effect {
  const selector = findSelector(args.field);
  const present = selector?.field.read(context.view);
  if (selector?.key === 'ct label' && present === undefined)
    return { kind: 'none', note: 'no connection to label' };
  if (!selector || present === undefined)
    return { kind: 'mismatch', condition: write(args), actual: `no ${args.field}` };
  return effectOfOperand(
    { key: args.field, type: selector.field.type, effect: (value) => effectOf(selector, value, context) },
    args.operand,
    context,
  );
}

/** The same for all packets at once; what says how the rest is read, or is kept nowhere here, leaves everything open. */
function symbolic(args: Mangle, context: SymbolicContext): readonly SymbolicCase[] {
  const { bdd } = context;
  const selector = findSelector(args.field);
  if (!selector) return toAll({ kind: 'mismatch' });
  const { field, key } = selector;
  const before = context.read(field);
  const number = numberOf(args.operand, field.type.width, context);
  const isLabel = key === 'ct label';
  const when = isLabel ? number.present : bdd.and(before.present, number.present);
  const missed: SymbolicCase = { when: bdd.not(when), effect: { kind: 'mismatch' } };
  const done = settingOf(selector, before, number.bits, context);
  return [
    missed,
    ...within(context, when, done ?? anything(context, `what \`${write(args)}\` changes is not worked out`)),
  ];
}

function settingOf(
  { field, key, nft }: Selector,
  before: SymbolicValue,
  bits: readonly Node[],
  { bdd }: SymbolicContext,
): readonly SymbolicCase[] | undefined {
  if (isJsonObject(nft) && 'tcp option' in nft) return passing();
  if (before.kind !== 'number') return undefined;
  if (key === 'ct label') {
    const all = before.bits.map((bit, at) => bdd.or(bit, bits[at] ?? 0));
    return toAll(changing(field, all));
  }
  return isStructural(key) || !isKept(field) ? undefined : toAll(changing(field, bits));
}

/** Labels are added to those that are there (net/netfilter/nf_conntrack_labels.c: nf_connlabels_replace). */
function labelling(present: FieldValue, bits: bigint, note: string): Effect {
  if (!isUnknown(present)) return { kind: 'add-labels', bits, note };
  const value = { unknown: 'labels are added to those that are there' };
  return { kind: 'set-field', field: 'ct label', value, note };
}

function effectOf({ key, field, nft }: Selector, value: bigint, { view }: EvaluationContext): Effect {
  const note = `${key} ${field.type.format(value)}`;
  if (field.read(view) === value) return { kind: 'none', note };
  if (isJsonObject(nft) && 'tcp option' in nft) return { kind: 'none', note };
  if (key === 'ct label') return labelling(field.read(view), value, note);
  if (isStructural(key))
    return { kind: 'unknown', why: `what the packet is once \`${key}\` is set is not worked out` };
  const change = changeOf(field, view, value);
  if (change) return { kind: 'set-packet', change, field: key, note };
  return isUnknown(field.read(view))
    ? { kind: 'set-field', field: key, value, note }
    : { kind: 'unknown', why: `what depends on \`${key}\` once it is set is not worked out` };
}
