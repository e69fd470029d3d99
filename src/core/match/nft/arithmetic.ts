// Bits of a field combined with constants before they are compared: `ct mark or 0x23 == 0x11`, `(@nh,8,8 and 0xfc) rshift 2`.
// Words bind as in nft: shifts, `and`, `xor`, `or`; parentheses come first.
import type { DataType } from '../../datatype/define.ts';
import type { FieldValue } from '../../field/define.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../nft/json-value.ts';
import { defineFamily } from '../family.ts';
import { numberFromJson } from '../field-json.ts';
import type { Selectors } from '../selectors.ts';
import { addStep, applySteps, operators, type Step, strength, symbolOfSteps } from '../steps.ts';
import { jsonOperators, stepsToJson, writeSteps } from '../steps-spelling.ts';
import type { WordReader } from '../word-reader.ts';
import { nftFieldMatch, notTold } from './define.ts';

interface Arithmetic {
  /** The key of the field. */
  readonly key: string;
  readonly type: DataType;
  readonly steps: readonly Step[];
}

export const arithmeticFamily = defineFamily<Arithmetic>({
  key: 'bits',
  knowledge: notTold('what lies behind the fields that a trace knows'),
  form: 'FIELD and|or|xor|lshift|rshift NUMBER …',
  summary: 'A field of which bits were changed by constants before it is compared.',
  combines: true,
  begins: (words) => words[0] === '(' || words.some((word) => operators.some((one) => one === word)),
  read: readArithmetic,
  write: ({ key, steps, type }) => writeSteps(key, steps, numeric(type)),
  ofJson: arithmeticFromJson,
  define: ({ key: base, type, steps }, key, all) => {
    const { selector, family, usesConntrack, stateful } = all.find(base) ?? {};
    return nftFieldMatch({
      key,
      summary: 'A field with changed bits.',
      type,
      explicit: true,
      nft: stepsToJson(selector?.nft ?? null, steps, type),
      ...(family && { family }),
      ...(usesConntrack && { usesConntrack }),
      ...(stateful && { stateful }),
      ...(selector && isKnown(steps, type) && { symbol: symbolOfSteps(selector.field, steps) }),
      read: (view) => changed(selector?.field.read(view), steps, type),
    });
  },
});

/** Operands are numbers, whatever the names of values. */
function numeric(type: DataType): DataType {
  return { ...type, format: (value) => `0x${value.toString(16)}` };
}

/** What nft 1.0.6 makes of a shift of several bytes depends on the order in which the field has them. */
function changed(value: FieldValue, steps: readonly Step[], type: DataType): FieldValue {
  if (typeof value !== 'bigint') return value;
  if (!isKnown(steps, type)) return { unknown: 'what a shift of this field comes to is not known' };
  return applySteps(steps, value, type.width);
}

function isKnown(steps: readonly Step[], { width, prefixes }: DataType): boolean {
  const isPlain = width === 8 || (width === 32 && !prefixes);
  return isPlain || steps.every(({ kind }) => kind !== 'shift');
}

/** A single `and` before a comparison is the mask of that comparison; before a map or another field it is part of a key. */
function readArithmetic(reader: WordReader): Arithmetic | undefined {
  const found = readChain(reader);
  if (!found || found.steps.length === 0) return undefined;
  const [only, ...others] = found.steps;
  const isMask = others.length === 0 && only?.kind === 'bits' && only.flip === 0n;
  return isMask && !['vmap', '.', ''].includes(reader.next) ? undefined : found;
}

function readChain(reader: WordReader): Arithmetic | undefined {
  let found = readFirst(reader);
  let last = 0;
  while (found) {
    const operator = reader.word(...operators);
    if (!operator) return found;
    const number = reader.integer();
    if (number === undefined || strength[operator] < last) return undefined;
    last = strength[operator];
    found = { ...found, steps: addStep(found.steps, operator, number, found.type.width) };
  }
  return undefined;
}

function readFirst(reader: WordReader): Arithmetic | undefined {
  if (reader.word('(')) {
    const inner = readChain(reader);
    return inner && reader.word(')') ? inner : undefined;
  }
  const field = reader.field()?.selector;
  return field && !field.field.type.text ? { key: field.key, type: field.field.type, steps: [] } : undefined;
}

function arithmeticFromJson(expression: JsonValue, all: Selectors): readonly Arithmetic[] {
  const found = chainFromJson(expression, all);
  return found && found.steps.length > 0 ? [found] : [];
}

function chainFromJson(expression: JsonValue | undefined, all: Selectors): Arithmetic | undefined {
  if (!isJsonObject(expression)) return undefined;
  const operator = operators.find((one) => isJsonArray(expression[jsonOperators[one]]));
  const pair = operator && expression[jsonOperators[operator]];
  if (!operator || !isJsonArray(pair)) {
    const [match] = all.fieldsOfJson(expression);
    const type = match?.selector?.field.type;
    return match && type && !type.text ? { key: match.key, type, steps: [] } : undefined;
  }
  const [left, right] = pair;
  const inner = chainFromJson(left, all);
  const number = inner && numberFromJson(inner.type, right);
  if (!inner || number === undefined) return undefined;
  return { ...inner, steps: addStep(inner.steps, operator, number, inner.type.width) };
}
