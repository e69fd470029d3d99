// Expressions with their types: words become values of what they are compared with, selectors ask for the headers that
// they need (nftables: src/evaluate.c).

import type { RuleDraft } from './dependency.ts';
import { asConstant, evaluatePrefix, evaluateRange, evaluateWord, fold } from './evaluate-constant.ts';
import { evaluateSelector } from './evaluate-selector.ts';
import { arrange, hasIntervals, intervalTerm } from './evaluate-set.ts';
import { fail } from './problem.ts';
import type {
  ElementSyntax,
  Expression,
  MapSyntax,
  OperationSyntax,
  Place,
  ReferenceSyntax,
  SequenceSyntax,
  SetSyntax,
} from './syntax.ts';
import {
  type Concat,
  type Element,
  isConstantTerm,
  isSameShape,
  labelOf,
  type MapTerm,
  type Reference,
  type SetTerm,
  type Shape,
  type Slot,
  shapeOf,
  type Term,
} from './term.ts';
import { types } from './types.ts';

/** A rule that is being evaluated, and where it finds what it names. */
export interface Evaluation extends RuleDraft {
  /** A set or map of the table. */
  readonly findSet: (name: string) => Reference | undefined;
  readonly hasObject: (kind: string, name: string) => boolean;
}

/** What the keys of a map lead to. */
export type MapData = Shape | 'verdict' | { readonly object: string };

/** An expression where values of a shape are expected; without one it has to read something. */
export function evaluate(rule: Evaluation, node: Expression, shape?: Shape): Term {
  const slot = shape?.[0];
  switch (node.kind) {
    case 'word':
      if (shape && shape.length > 1) fail('HK5604', `expected ${labelOf(shape)}`, node.at);
      return evaluateWord(node, slot);
    case 'selector':
      return evaluateSelector(rule, node.selector, node.at);
    case 'hash':
      return evaluateHash(rule, node);
    case 'operation':
      return evaluateOperation(rule, node, shape);
    case 'range': {
      const low = asConstant(evaluate(rule, node.low, shape), node.low.at);
      return evaluateRange(node, low, asConstant(evaluate(rule, node.high, shape), node.high.at));
    }
    case 'prefix':
      return evaluatePrefix(asConstant(evaluate(rule, node.base, shape), node.base.at), node.length, node.at);
    case 'concat':
      return evaluateConcat(rule, node.items, node.at, shape);
    case 'list':
      return evaluateList(rule, node, shape);
    case 'set':
      return evaluateSet(rule, node, shape ?? []);
    case 'map':
      return evaluateMap(rule, node, shape ?? []);
    case 'reference':
      return evaluateReference(rule, node);
    case 'verdict':
      return { kind: 'verdict', json: node.json };
  }
}

function evaluateHash(rule: Evaluation, { of, settings }: Extract<Expression, { kind: 'hash' }>): Term {
  const { mod, offset = 0 } = settings;
  return { kind: 'hash', of: evaluate(rule, of), settings, max: BigInt(Number(mod) + Number(offset) - 1) };
}

function evaluateOperation(rule: Evaluation, node: OperationSyntax, shape: Shape | undefined): Term {
  const left = evaluate(rule, node.left, shape);
  const [slot] = shapeOf(left);
  const isShift = node.operator === '<<' || node.operator === '>>';
  const operand: Slot | undefined = isShift ? { type: types.integer, bits: 32 } : slot;
  const right = asConstant(evaluate(rule, node.right, operand && [operand]), node.right.at);
  if (left.kind === 'constant') return fold(node, left, right);
  if (isConstantTerm(left)) fail('HK5604', 'bits of this cannot be changed', node.left.at);
  if (slot?.type.base === 'text') fail('HK5604', 'names have no bits', node.at);
  return { kind: 'operation', operator: node.operator, left, right };
}

function evaluateConcat(
  rule: Evaluation,
  items: readonly Expression[],
  at: Place,
  shape: Shape | undefined,
): Concat {
  if (shape && shape.length !== items.length)
    fail('HK5604', `expected ${labelOf(shape)}, found ${items.length} parts`, at);
  const evaluated = items.map((item, index) => {
    const slot = shape?.[index];
    const term = evaluate(rule, item, slot && [slot]);
    if (isVagueAddress(term)) fail('HK5605', 'write `ip` or `ip6` before the address here', item.at);
    if (term.kind === 'reading' && term.type === types.string)
      fail('HK5604', `${term.type.label} has no fixed size, which a concatenation needs`, item.at);
    return term;
  });
  return { kind: 'concat', items: evaluated };
}

/** An address of a connection whose family only the rule tells. */
function isVagueAddress(term: Term): boolean {
  return term.kind === 'reading' && term.group === 'ct' && /^[sd]addr$/.test(term.key ?? '');
}

/** Flags are the sum of their bits. */
function evaluateList(rule: Evaluation, { items, at }: SequenceSyntax, shape: Shape | undefined): Term {
  const terms = items.map((item) => {
    const term = asConstant(evaluate(rule, item, shape), item.at);
    if (term.type.base !== 'bitmask')
      fail('HK5604', `${term.type.label} cannot be listed, only flags can`, item.at);
    return term;
  });
  const [first] = terms;
  if (!first) return fail('HK5604', 'the list is empty', at);
  return { ...first, value: terms.reduce((sum, { value }) => sum | value, 0n) };
}

/** An anonymous set; one of a single value is that value. */
export function evaluateSet(rule: Evaluation, node: SetSyntax, shape: Shape): Term {
  if (node.items.length === 0) fail('HK5604', 'the set is empty', node.at);
  const items = node.items.map((item) => evaluateElement(rule, item, shape));
  const [only] = items;
  const isInterval = hasIntervals(items);
  if (only && items.length === 1 && ['constant', 'range', 'prefix', 'text'].includes(only.key.kind))
    return only.key;
  return { kind: 'set', items: arrange(items, { isInterval, joins: true }, node.at) };
}

/** An element of a set or, with data, of a map. */
export function evaluateElement(
  rule: Evaluation,
  { key, data, extra, at }: ElementSyntax,
  shape: Shape,
  mapData?: MapData,
): Element {
  const term: Term = key.kind === 'any' ? key : evaluate(rule, key, shape);
  if (!isConstantTerm(term)) fail('HK5604', 'an element has to be a constant', at);
  if (term.kind === 'constant' && shape.length > 1) fail('HK5604', `expected ${labelOf(shape)}`, at);
  if (mapData === undefined) {
    if (data) fail('HK5604', 'a set has no data behind its elements', data.at);
    return { key: normalKey(term), extra };
  }
  if (!data) fail('HK5604', 'an element of a map needs data behind a colon', at);
  return { key: normalKey(term), extra, data: evaluateData(rule, data, mapData) };
}

/** Ranges in a concatenation that are prefixes are listed as such. */
function normalKey(term: Term): Term {
  if (term.kind !== 'concat') return term;
  return {
    ...term,
    items: term.items.map((item) =>
      item.kind === 'range' ? intervalTerm(item.low.value, item.high.value, item.low) : item,
    ),
  };
}

function evaluateData(rule: Evaluation, data: Expression, mapData: MapData): Term {
  if (mapData === 'verdict')
    return data.kind === 'verdict' ? evaluate(rule, data) : fail('HK5604', 'expected a verdict', data.at);
  if ('object' in mapData) {
    const text = evaluateWord(asWord(data), { type: types.string, bits: 0 });
    if (text.kind === 'text') requireObject(rule, mapData.object, text.text, data.at);
    return text;
  }
  return normalKey(evaluate(rule, data, mapData));
}

/** A name of an object. */
export function asWord(node: Expression): Extract<Expression, { kind: 'word' }> {
  return node.kind === 'word' ? node : fail('HK5601', 'expected the name of an object', node.at);
}

/** An object that a rule or map names has to be there. */
export function requireObject(rule: Evaluation, kind: string, name: string, at: Place): void {
  if (!rule.hasObject(kind, name)) fail('HK5606', `${kind} \`${name}\` is not declared`, at);
}

/** A map that a key chooses from, its data being of a shape. */
function evaluateMap(rule: Evaluation, node: MapSyntax, shape: Shape): MapTerm {
  const { key, data } = evaluateLookup(rule, node, shape);
  const found = data.kind === 'reference' && Array.isArray(data.data) ? data.data : shape;
  return { kind: 'map', key, data, shape: found };
}

/** What a key is looked up in: pairs, or a named map with data of the kind that is expected. */
export function evaluateLookup(
  rule: Evaluation,
  node: { readonly key: Expression; readonly data: Expression },
  expected: MapData,
): { readonly key: Term; readonly data: SetTerm | Reference } {
  const key = evaluate(rule, node.key);
  if (isConstantTerm(key)) fail('HK5604', 'a map needs something that is read before it', node.key.at);
  if (isVagueAddress(key)) fail('HK5605', 'write `ip` or `ip6` before the address here', node.key.at);
  const keyShape = shapeOf(key);
  const { data } = node;
  if (data.kind === 'set') {
    const items = data.items.map((item) => evaluateElement(rule, item, keyShape, expected));
    if (items.length === 0) fail('HK5604', 'the map is empty', data.at);
    return {
      key,
      data: {
        kind: 'set',
        items: arrange(items, { isInterval: hasIntervals(items), joins: false }, data.at),
      },
    };
  }
  if (data.kind !== 'reference') fail('HK5601', 'expected a map', data.at);
  const map = evaluateReference(rule, data);
  checkMap(map, keyShape, expected, data.at);
  return { key, data: map };
}

function checkMap(map: Reference, key: Shape, expected: MapData, at: Place): void {
  if (map.data === undefined) fail('HK5604', `\`@${map.name}\` is a set, not a map`, at);
  checkShape(map.key, key, at);
  const isVerdict = expected === 'verdict';
  if (isVerdict !== (map.data === 'verdict')) fail('HK5604', `\`@${map.name}\` has no data of this kind`, at);
}

/** Both have to be of the same types. */
export function checkShape(found: Shape, wanted: Shape, at: Place): void {
  if (!isSameShape(found, wanted)) fail('HK5604', `expected ${labelOf(wanted)}, found ${labelOf(found)}`, at);
}

/** A set of the table. */
export function evaluateReference(rule: Evaluation, { name, at }: ReferenceSyntax): Reference {
  return rule.findSet(name) ?? fail('HK5606', `set \`${name}\` is not declared in this table`, at);
}
