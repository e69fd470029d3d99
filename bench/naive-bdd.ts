// A BDD as a textbook has it: objects, and maps from text. What the engine in src/core/bdd is measured against.

/** A constant, or a choice by a variable. */
export type NaiveNode = boolean | NaiveChoice;

interface NaiveChoice {
  readonly id: number;
  readonly variable: number;
  readonly low: NaiveNode;
  readonly high: NaiveNode;
}

/** The operations that are measured. */
export interface NaiveBdd {
  and(f: NaiveNode, g: NaiveNode): NaiveNode;
  or(f: NaiveNode, g: NaiveNode): NaiveNode;
  minus(f: NaiveNode, g: NaiveNode): NaiveNode;
  /** The variables of both come after this one. */
  choice(index: number, low: NaiveNode, high: NaiveNode): NaiveNode;
  nodes(): number;
}

type Operator = (f: boolean, g: boolean) => boolean;

/** An empty one. */
export function createNaiveBdd(): NaiveBdd {
  const unique = new Map<string, NaiveChoice>();
  const choice = (variable: number, low: NaiveNode, high: NaiveNode): NaiveNode => {
    if (low === high) return low;
    const key = `${variable} ${textOf(low)} ${textOf(high)}`;
    const node = unique.get(key) ?? { id: unique.size, variable, low, high };
    unique.set(key, node);
    return node;
  };
  return {
    and: applied(choice, (f, g) => f && g),
    or: applied(choice, (f, g) => f || g),
    minus: applied(choice, (f, g) => f && !g),
    choice,
    nodes: () => unique.size,
  };
}

function textOf(node: NaiveNode): string {
  return typeof node === 'boolean' ? `${node}` : `${node.id}`;
}

function applied(choice: NaiveBdd['choice'], operator: Operator): (f: NaiveNode, g: NaiveNode) => NaiveNode {
  const known = new Map<string, NaiveNode>();
  const apply = (f: NaiveNode, g: NaiveNode): NaiveNode => {
    const simple = simplified(f, g, operator);
    if (simple !== undefined) return simple;
    const key = `${textOf(f)} ${textOf(g)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const first = Math.min(variableOf(f), variableOf(g));
    const [low, high] = (['low', 'high'] as const).map((way) => apply(at(f, first, way), at(g, first, way)));
    const node = choice(first, low ?? false, high ?? false);
    known.set(key, node);
    return node;
  };
  return apply;
}

/** Where one side is a constant, the other one decides alone or not at all. */
function simplified(f: NaiveNode, g: NaiveNode, operator: Operator): NaiveNode | undefined {
  if (typeof f === 'boolean' && typeof g === 'boolean') return operator(f, g);
  if (typeof f === 'boolean') return oneSided(g, operator(f, false), operator(f, true));
  if (typeof g === 'boolean') return oneSided(f, operator(false, g), operator(true, g));
  return undefined;
}

function oneSided(node: NaiveNode, low: boolean, high: boolean): NaiveNode | undefined {
  if (low === high) return low;
  return high ? node : undefined;
}

function variableOf(node: NaiveNode): number {
  return typeof node === 'boolean' ? Number.POSITIVE_INFINITY : node.variable;
}

function at(node: NaiveNode, variable: number, way: 'low' | 'high'): NaiveNode {
  return typeof node === 'boolean' || node.variable !== variable ? node : node[way];
}
