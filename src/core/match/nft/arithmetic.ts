// Bits of a field combined with constants before they are compared: `ct mark or 0x23 == 0x11`, `meta mark and 0xff vmap …`.
// Words bind as in nft: shifts, `and`, `xor`, `or`; parentheses come first.
import type { DataType } from '../../datatype/define.ts';
import type { FieldValue } from '../../field/define.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../nft/json-value.ts';
import { defineFamily } from '../family.ts';
import { maskToJson, numberFromJson } from '../field-json.ts';
import type { Selectors } from '../selectors.ts';
import type { WordReader } from '../word-reader.ts';
import { nftFieldMatch, notTold } from './define.ts';

/** In the order in which they bind. */
const operators = ['lshift', 'rshift', 'and', 'xor', 'or'] as const;
type Operator = (typeof operators)[number];

const symbols: Readonly<Record<Operator, string>> = {
  lshift: '<<',
  rshift: '>>',
  and: '&',
  xor: '^',
  or: '|',
};

interface Step {
  readonly operator: Operator;
  readonly constant: bigint;
}

interface Arithmetic {
  /** The key of the field. */
  readonly key: string;
  /** From left to right. */
  readonly steps: readonly Step[];
}

const rank: Readonly<Record<Operator, number>> = { lshift: 0, rshift: 0, and: 1, xor: 2, or: 3 };

export const arithmeticFamily = defineFamily<Arithmetic>({
  key: 'bits',
  knowledge: notTold('what lies behind the fields that a trace knows'),
  form: 'FIELD and|or|xor|lshift|rshift NUMBER …',
  summary: 'A field of which bits were changed by constants before it is compared or looked up.',
  combines: true,
  begins: (words) => words[0] === '(' || words.some((word) => operators.some((one) => one === word)),
  read: readArithmetic,
  write: writeArithmetic,
  ofJson: (expression, all) => arithmeticFromJson(expression, all),
  define: (arithmetic, key, all) => {
    const base = all.find(arithmetic.key);
    const selector = base?.selector;
    const type = selector?.field.type;
    if (!base || !selector || !type) throw new Error(`no field \`${arithmetic.key}\``);
    return nftFieldMatch({
      key,
      summary: 'A field with changed bits.',
      type,
      explicit: true,
      nft: toJson(selector.nft, type, arithmetic.steps),
      ...(base.family && { family: base.family }),
      ...(base.usesConntrack && { usesConntrack: true }),
      ...(base.stateful && { stateful: true }),
      read: (view) => changed(selector.field.read(view), arithmetic.steps, type.width),
    });
  },
});

function changed(value: FieldValue, steps: readonly Step[], width: number): FieldValue {
  return typeof value === 'bigint' ? steps.reduce((bits, step) => apply(bits, step, width), value) : value;
}

function apply(value: bigint, { operator, constant }: Step, width: number): bigint {
  switch (operator) {
    case 'lshift':
      return BigInt.asUintN(width, value << constant);
    case 'rshift':
      return value >> constant;
    case 'and':
      return value & constant;
    case 'xor':
      return value ^ constant;
    case 'or':
      return value | constant;
  }
}

/** A single `and` before a comparison is the mask of that comparison; before a map or another field it is part of a key. */
function readArithmetic(reader: WordReader): Arithmetic | undefined {
  const found = readChain(reader);
  if (!found || found.steps.length === 0) return undefined;
  const [only, ...others] = found.steps;
  const isMask = only?.operator === 'and' && others.length === 0;
  return isMask && !['vmap', '.', ''].includes(reader.next) ? undefined : found;
}

function readChain(reader: WordReader): Arithmetic | undefined {
  const inner = readFirst(reader);
  if (!inner) return undefined;
  const steps = [...inner.steps];
  let last = 0;
  for (;;) {
    const operator = reader.word(...operators);
    if (!operator) return { key: inner.key, steps };
    const constant = reader.integer();
    if (constant === undefined || rank[operator] < last) return undefined;
    last = rank[operator];
    steps.push({ operator, constant });
  }
}

function readFirst(reader: WordReader): Arithmetic | undefined {
  if (reader.word('(')) {
    const inner = readChain(reader);
    return inner && reader.word(')') ? inner : undefined;
  }
  const field = reader.field()?.selector;
  return field && !field.field.type.text ? { key: field.key, steps: [] } : undefined;
}

function writeArithmetic({ key, steps }: Arithmetic): string {
  let last = 0;
  return steps.reduce((text, { operator, constant }) => {
    const first = rank[operator] < last ? `(${text})` : text;
    last = rank[operator];
    return `${first} ${operator} ${isShift(operator) ? constant : `0x${constant.toString(16)}`}`;
  }, key);
}

function isShift(operator: Operator): boolean {
  return rank[operator] === 0;
}

function toJson(left: JsonValue, type: DataType, steps: readonly Step[]): JsonValue {
  return steps.reduce<JsonValue>(
    (inner, { operator, constant }) => ({
      [symbols[operator]]: [inner, isShift(operator) ? Number(constant) : maskToJson(type, constant)],
    }),
    left,
  );
}

function arithmeticFromJson(expression: JsonValue, all: Selectors): readonly Arithmetic[] {
  const found = isJsonObject(expression) ? chainFromJson(expression, all) : undefined;
  return found && found.steps.length > 0 ? [found] : [];
}

function chainFromJson(expression: JsonValue, all: Selectors): Arithmetic | undefined {
  if (!isJsonObject(expression)) return undefined;
  const operator = operators.find((one) => isJsonArray(expression[symbols[one]]));
  const pair = operator && expression[symbols[operator]];
  if (!operator || !isJsonArray(pair)) {
    const match = all.fieldsOfJson(expression)[0];
    return match && { key: match.key, steps: [] };
  }
  const [left, right] = pair;
  const inner = left === undefined ? undefined : chainFromJson(left, all);
  const type = inner && all.find(inner.key)?.selector?.field.type;
  const constant = type && right !== undefined ? numberFromJson(type, right) : undefined;
  return inner && constant !== undefined
    ? { key: inner.key, steps: [...inner.steps, { operator, constant }] }
    : undefined;
}
