// Named sets and maps as JSON has them, with their elements.
import { nearestWord } from '../../diagnostic/meant.ts';
import type { JsonObject } from '../json-value.ts';
import type { SetSyntaxBlock, TypeSyntax } from './declaration.ts';
import { type Evaluation, evaluate, evaluateElement, type MapData } from './evaluate-expression.ts';
import { hasIntervals } from './evaluate-set.ts';
import { fail } from './problem.ts';
import { newContext } from './protocol-context.ts';
import { type ListedSet, type ListedTable, shapeNames } from './ruleset.ts';
import type { ElementSyntax, Expression, Place } from './syntax.ts';
import { type Element, type Shape, type Slot, shapeOf } from './term.ts';
import { findType, typeNames } from './types.ts';

/** The set in its table; one that is there already gets further elements. */
export function declareSet(rule: Evaluation, table: ListedTable, syntax: SetSyntaxBlock): void {
  const known = table.sets.get(syntax.name);
  const set = known ?? newSet(rule, table, syntax);
  table.sets.set(syntax.name, set);
  addElements(rule, set, syntax.elements);
}

/** What any element may have; all else is a statement, which the set has to have too. */
const ownKeys = new Set(['timeout', 'expires', 'comment']);

/** Adds elements to those that are there, in no order yet. */
export function addElements(rule: Evaluation, set: ListedSet, added: readonly ElementSyntax[]): void {
  const { isInterval, hasTimeouts } = set.traits;
  const elements = evaluateElements(rule, set, added);
  for (const [index, element] of elements.entries()) {
    const at = added[index]?.at ?? set.at;
    if (!isInterval && hasIntervals([element]))
      fail('HK5604', 'the set holds no intervals', at, 'declare it with `flags interval`');
    if (!hasTimeouts && element.extra.timeout !== undefined)
      fail('HK5604', 'the elements of the set have no timeout', at, 'declare it with `flags timeout`');
    if (set.body.stmt === undefined && Object.keys(element.extra).some((key) => !ownKeys.has(key)))
      fail('HK5604', 'the elements of the set count nothing', at, 'declare it with the statement too');
    set.elements.push(element);
  }
}

/** Elements of a set, or pairs of a map. */
export function evaluateElements(
  rule: Evaluation,
  { reference: { key, data } }: ListedSet,
  elements: readonly ElementSyntax[],
): readonly Element[] {
  return elements.map((element) => evaluateElement(rule, element, key, data));
}

function newSet(rule: Evaluation, table: ListedTable, syntax: SetSyntaxBlock): ListedSet {
  const { kind, name, at, statements, more } = syntax;
  if (!syntax.key) fail('HK5601', `${kind} \`${name}\` has no type`, at);
  const key = shapeFor(rule, syntax.key, at);
  const data = kind === 'map' ? dataFor(rule, syntax) : undefined;
  const hasTimeout = more['timeout'] !== undefined || syntax.flags.includes('timeout');
  const flags = ['constant', 'interval', 'timeout', 'dynamic'].filter((flag) =>
    flag === 'timeout' ? hasTimeout : syntax.flags.includes(flag),
  );
  if (more['auto-merge'] === true && !flags.includes('interval'))
    fail('HK5604', '`auto-merge` is for sets of intervals', at);
  const body: JsonObject = {
    family: table.family,
    name,
    table: table.name,
    type: shapeNames(key),
    ...(data !== undefined && { map: dataName(data) }),
    ...(flags.length > 0 && { flags }),
    ...more,
    ...(statements.length > 0 && { stmt: statements.map(withoutCounts) }),
  };
  return {
    kind,
    reference: { kind: 'reference', name, key, ...(data !== undefined && { data }) },
    traits: {
      isInterval: flags.includes('interval'),
      joins: more['auto-merge'] === true,
      hasTimeouts: hasTimeout,
    },
    body,
    elements: [],
    at,
  };
}

function withoutCounts(statement: JsonObject): JsonObject {
  return 'counter' in statement ? { counter: null } : statement;
}

function dataFor(rule: Evaluation, { data, name, at }: SetSyntaxBlock): MapData {
  if (!data) return fail('HK5601', `map \`${name}\` has no type of data`, at);
  if (data.kind === 'object') return { object: data.object };
  if (data.kind === 'type' && data.names[0]?.name === 'verdict') return 'verdict';
  return shapeFor(rule, data, at);
}

function dataName(data: MapData): JsonObject[string] {
  if (data === 'verdict') return data;
  return 'object' in data ? data.object : shapeNames(data);
}

function shapeFor(rule: Evaluation, type: TypeSyntax, at: Place): Shape {
  if (type.kind === 'typeof') return shapeOfExpression(rule, type.of);
  return type.names.map(({ name, at: place }): Slot => {
    const found = findType(name);
    if (!found) {
      return fail('HK5604', `\`${name}\` is no type`, place, nearestWord(name, typeNames));
    }
    if (found.bits === 0 && found.base !== 'text')
      fail('HK5604', `\`${name}\` has no size of its own`, place, 'write `typeof` and an expression instead');
    return { type: found, bits: found.bits };
  });

  /** Each part by itself: none says anything of the packet. */
  function shapeOfExpression(outer: Evaluation, node: Expression): Shape {
    if (node.kind === 'concat') return node.items.flatMap((item) => shapeOfExpression(outer, item));
    if (node.kind === 'selector' && node.selector.kind === 'payload') return [node.selector];
    const alone = { ...outer, protocols: newContext(outer.protocols.family), steps: [] };
    const shape = shapeOf(evaluate(alone, node));
    return shape.length > 0 ? shape : fail('HK5601', 'expected something that is read', at);
  }
}
