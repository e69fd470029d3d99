// Binary decision diagrams: functions of many variables that are equal exactly if they are the same number.
// Knows nothing of packets. One arena for each analysis; nothing in it is ever freed.
import { and, intersects } from './and.ts';
import { createArena, highOf, lowOf, type Node, nodeOf, reach } from './arena.ts';
import { compose, type Substituted } from './compose.ts';
import { count, cubes, evaluate, pick, rootOf, size, support } from './inspect.ts';
import { ite } from './ite.ts';
import { cubeOf, relationalProduct } from './quantify.ts';

export type { Node } from './arena.ts';

/** Variables by their index. */
export type VariableSet = Iterable<number>;

/** A function for each variable that is to be replaced. */
export type Substitution = ReadonlyMap<number, Node>;

/** Values of some variables. */
export type Assignment = ReadonlyMap<number, boolean>;

/** All functions of one analysis. A variable with a smaller index is nearer to the root. */
export interface Bdd {
  variable(index: number): Node;
  not(f: Node): Node;
  and(f: Node, g: Node): Node;
  or(f: Node, g: Node): Node;
  /** One of them and not both. */
  xor(f: Node, g: Node): Node;
  /** `f` and not `g`. */
  minus(f: Node, g: Node): Node;
  /** `g` where `f`, else `h`. */
  ite(f: Node, g: Node, h: Node): Node;
  /** Whether `g` holds wherever `f` does. Makes no node. */
  implies(f: Node, g: Node): boolean;
  /** Whether both hold somewhere. Makes no node. */
  intersects(f: Node, g: Node): boolean;
  /** Where `f` holds for some values of the variables. */
  exists(f: Node, variables: VariableSet): Node;
  /** Where `f` holds for all values of the variables. */
  forall(f: Node, variables: VariableSet): Node;
  /** `exists` of both, without a node for both. */
  relationalProduct(f: Node, g: Node, variables: VariableSet): Node;
  /** With functions in the place of variables, all at once. */
  compose(f: Node, substitution: Substitution): Node;
  /** With values in the place of variables. */
  restrict(f: Node, assignment: Assignment): Node;
  evaluate(f: Node, value: (index: number) => boolean): boolean;
  /** The variables that it depends on, in order. */
  support(f: Node): readonly number[];
  /** Its nodes but the constants; a function and its negation share theirs. */
  size(f: Node): number;
  /** For how many cases of so many variables it holds; these are at least those that it depends on. */
  count(f: Node, variables: number): bigint;
  /**
   * A case in which it holds, by the variables that decide it: nothing if there is none. The preferred value is taken
   * first, false if none is said.
   */
  pick(f: Node, prefer?: (index: number) => boolean | undefined): Assignment | undefined;
  /** All such cases; no two share one. */
  cubes(f: Node): Iterable<Assignment>;
  /** The first variable that it depends on; nothing for a constant. */
  root(f: Node): number | undefined;
  /** Where its first variable is false. */
  low(f: Node): Node;
  /** Where its first variable is true. */
  high(f: Node): Node;
  /** How many there are in all. */
  nodes(): number;
}

/** How it is made. */
export interface BddOptions {
  /** Called every 10,000 steps with the number of nodes. May throw to stop; must not call operations. */
  readonly tick?: (nodes: number) => void;
}

/** An empty one. */
export function createBdd({ tick = () => {} }: BddOptions = {}): Bdd {
  const arena = createArena(tick);
  const cube = (variables: VariableSet) => cubeOf(arena, variables);
  const substituted = substitutions();
  return {
    variable: (index) => {
      reach(arena, index);
      return nodeOf(arena, index, 0, 1);
    },
    not: (f) => f ^ 1,
    and: (f, g) => and(arena, f, g),
    or: (f, g) => and(arena, f ^ 1, g ^ 1) ^ 1,
    xor: (f, g) => ite(arena, f, g ^ 1, g),
    minus: (f, g) => and(arena, f, g ^ 1),
    ite: (f, g, h) => ite(arena, f, g, h),
    implies: (f, g) => !intersects(arena, f, g ^ 1),
    intersects: (f, g) => intersects(arena, f, g),
    exists: (f, variables) => relationalProduct(arena, f, 1, cube(variables)),
    forall: (f, variables) => relationalProduct(arena, f ^ 1, 1, cube(variables)) ^ 1,
    relationalProduct: (f, g, variables) => relationalProduct(arena, f, g, cube(variables)),
    compose: (f, substitution) => compose(arena, f, substituted(substitution)),
    restrict: (f, assignment) => compose(arena, f, substituted(constants(assignment))),
    evaluate: (f, value) => evaluate(arena, f, value),
    support: (f) => support(arena, f),
    size: (f) => size(arena, f),
    count: (f, variables) => count(arena, f, variables),
    pick: (f, prefer = () => undefined) => pick(arena, f, prefer),
    cubes: (f) => cubes(arena, f),
    root: (f) => rootOf(arena, f),
    low: (f) => lowOf(arena, f),
    high: (f) => highOf(arena, f),
    nodes: () => arena.used,
  };
}

function constants(assignment: Assignment): Substitution {
  return new Map([...assignment].map(([index, value]) => [index, value ? 1 : 0]));
}

/** Gives equal substitutions equal numbers, so that what they gave is found again. */
function substitutions(): (nodes: Substitution) => Substituted {
  const numbers = new Map<string, number>();
  return (nodes) => {
    const sorted = [...nodes].toSorted(([one], [other]) => one - other);
    const text = sorted.join(';');
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return { nodes: new Map(sorted), last: sorted.at(-1)?.[0] ?? -1, number };
  };
}
