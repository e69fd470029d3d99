// Concatenations in iptables: the conditions of all fields together, once for each tuple of values.

import type { Value } from '../ir/ruleset.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { FieldTest } from './field-match.ts';
import { simplify } from './field-simplify.ts';
import type { Condition, IptablesTarget, Words } from './iptables-spelling.ts';
import type { Selector } from './selector.ts';
import type { Selectors } from './selectors.ts';

/** What the spelling of tuples depends on. */
export interface TupleSpelling {
  /** The matches by their keys. */
  readonly definitions: Pick<Selectors, 'find'>;
  readonly target: IptablesTarget;
  readonly negated: boolean;
}

/** A field that is compared, after `& mask` where one is given. */
export interface Asked {
  readonly key: string;
  readonly mask?: bigint;
}

type Ways = readonly (readonly Words[])[];

/** Any, or none, of the tuples. */
export function tupleConditions(
  keys: readonly string[],
  tuples: readonly Tuple[],
  { definitions, target, negated }: TupleSpelling,
): Condition {
  const ways: (readonly Words[])[] = [];
  let protocol: number | undefined;
  for (const tuple of tuples) {
    const condition = tupleCondition(
      keys.map((key) => ({ key })),
      tuple,
      { definitions, target },
    );
    if (condition.kind === 'unsupported') return condition;
    if (condition.kind === 'never') continue;
    protocol = condition.protocol;
    ways.push(...condition.alternatives);
  }
  if (ways.length === 0 && !negated) return { kind: 'never' };
  return {
    kind: negated ? 'none' : 'any',
    alternatives: ways,
    ...(protocol !== undefined && { protocol }),
  };
}

/** All fields have the values of a tuple. */
export function tupleCondition(
  fields: readonly Asked[],
  tuple: Tuple,
  { definitions, target }: Pick<TupleSpelling, 'definitions' | 'target'>,
): Condition {
  let ways: Ways = [[]];
  let protocol: number | undefined;
  for (const [at, { key, mask }] of fields.entries()) {
    const atom = tuple[at];
    if (mask !== undefined && hasMore(atom, mask)) return { kind: 'never' };
    const definition = definitions.find(key);
    const type = definition?.selector?.field.type;
    const test: FieldTest = { op: '==', value: atomValue(atom), ...(mask !== undefined && { mask }) };
    // Each rule would draw or count anew.
    if (!type || definition.stateful) return unknownKey(key);
    const condition = definition.iptables.write(simplify(type, test), target);
    if (condition.kind === 'unsupported' || condition.kind === 'never') return condition;
    if (condition.kind === 'none') return unknownKey(key);
    if (protocol !== undefined && condition.protocol !== undefined && protocol !== condition.protocol)
      return { kind: 'never' };
    protocol ??= condition.protocol;
    ways = ways.flatMap((way) => condition.alternatives.map((words) => [...way, ...words]));
  }
  return { kind: 'any', alternatives: ways, ...(protocol !== undefined && { protocol }) };
}

/** The packet has all fields, whatever their values. */
export function presentCondition(
  selectors: readonly Selector[],
  spelling: Pick<TupleSpelling, 'definitions' | 'target'>,
): Condition {
  const asked = selectors.filter(({ field, always }) => !always && !field.type.text);
  const all = asked.map(({ field: { type } }) => ({ lo: 0n, hi: (1n << BigInt(type.width)) - 1n }));
  return tupleCondition(
    asked.map(({ key }) => ({ key })),
    all,
    spelling,
  );
}

/** Whether the one value has bits that the mask leaves out. */
function hasMore(atom: Atom | undefined, mask: bigint): boolean {
  return typeof atom === 'object' && atom.lo === atom.hi && (atom.lo & ~mask) !== 0n;
}

function atomValue(atom: Atom | undefined): Value {
  if (typeof atom === 'string') return { kind: 'names', names: [atom] };
  return { kind: 'ranges', ranges: atom === undefined ? [] : [atom] };
}

function unknownKey(key: string): Condition {
  return { kind: 'unsupported', why: `iptables can't compare \`${key}\` together with other fields` };
}
