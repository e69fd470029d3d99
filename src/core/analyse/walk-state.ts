// Packets on their way through the rules: which ones are at a place, and what rules have made of them so far.
import type { Bdd, Node } from '../bdd/bdd.ts';
import type { SymbolicValue } from '../field/symbolic.ts';
import { anyOf } from '../match/symbolic.ts';

/** What rules have changed, by the name of the field that has the variables; all else is as it came in. */
export type Values = ReadonlyMap<string, SymbolicValue>;

/** The packets at one place, over what they were as they came in. */
export interface WalkState {
  readonly path: Node;
  readonly values: Values;
}

/** Nothing was changed yet. */
export const unchanged: Values = new Map();

/** What a field was before any rule changed it. */
export type InputValue = (name: string) => SymbolicValue;

/** Packets that come together from several ways, none of them by two. */
export function joined(bdd: Bdd, states: readonly WalkState[], inputValue: InputValue): WalkState {
  const [first, ...others] = states.filter(({ path }) => path !== 0);
  if (!first) return { path: 0, values: states[0]?.values ?? unchanged };
  if (others.length === 0) return first;
  const path = anyOf(
    bdd,
    [first, ...others].map((one) => one.path),
  );
  return { path, values: others.reduce((values, one) => merged(bdd, values, one, inputValue), first.values) };
}

/** The values of those of a state, else those that there are. */
function merged(bdd: Bdd, values: Values, { path, values: own }: WalkState, inputValue: InputValue): Values {
  if (values === own) return values;
  const valueIn = (some: Values, name: string) => some.get(name) ?? inputValue(name);
  return new Map(
    [...new Set([...values.keys(), ...own.keys()])].map((name) => [
      name,
      chosen(bdd, path, valueIn(own, name), valueIn(values, name)),
    ]),
  );
}

/** The one value for some packets, the other for the rest. */
export function chosen(bdd: Bdd, when: Node, one: SymbolicValue, other: SymbolicValue): SymbolicValue {
  if (one === other) return one;
  const present = bdd.ite(when, one.present, other.present);
  if (one.kind === 'number' && other.kind === 'number')
    return {
      kind: 'number',
      present,
      bits: one.bits.map((bit, at) => bdd.ite(when, bit, other.bits[at] ?? 0)),
    };
  return {
    kind: 'name',
    present,
    is: (pattern) => bdd.ite(when, isNamed(one, pattern), isNamed(other, pattern)),
  };
}

function isNamed(value: SymbolicValue, pattern: string): Node {
  return value.kind === 'name' ? value.is(pattern) : 0;
}
