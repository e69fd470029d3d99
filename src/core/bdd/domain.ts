// A value out of finitely many, on as few variables as tell them apart.
import type { Assignment, Bdd, Node } from './bdd.ts';
import { inRange } from './vector.ts';

/** Values are numbers from 0 on. Every assignment means one: what is left over of the codes means the last value. */
export interface Domain {
  readonly size: number;
  /** Its variables, most significant first. */
  readonly variables: readonly number[];
  /** Whether it is this value. */
  is(value: number): Node;
  /** Whether it is one of these. */
  among(values: Iterable<number>): Node;
  /** The value that an assignment means; a variable without one is false. */
  valueOf(assignment: Assignment): number;
}

/** A domain of at least one value on the variables from `first` on. */
export function createDomain(bdd: Bdd, first: number, size: number): Domain {
  const variables = Array.from({ length: Math.ceil(Math.log2(size)) }, (_, at) => first + at);
  const bits = variables.map((index) => bdd.variable(index));
  const last = 2n ** BigInt(variables.length) - 1n;
  const is = (value: number) =>
    inRange(bdd, bits, { lo: BigInt(value), hi: value === size - 1 ? last : BigInt(value) });
  return {
    size,
    variables,
    is,
    among: (values) => [...values].reduce((any, value) => bdd.or(any, is(value)), 0),
    valueOf: (assignment) => {
      const code = variables.reduce((sum, index) => sum * 2 + (assignment.get(index) ? 1 : 0), 0);
      return Math.min(code, size - 1);
    },
  };
}
