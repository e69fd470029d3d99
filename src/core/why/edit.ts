// One change of a rule set, or of the host's settings or routes, and the rule set that it leads to.
import type { BaseChain, Chain, NamedSet, Rule, RuleSet, SetElements, Table } from '../ir/ruleset.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { Host, Route } from '../topology/host.ts';
import { withSysctl } from '../topology/sysctl.ts';
import type { ChainPlace } from '../trace/step.ts';

/** Where a rule is, or comes to be: counted from 1. */
export interface EditPlace extends ChainPlace {
  readonly index: number;
}

export type Edit =
  /** Before the rule that has the index now; behind the last one where none has. */
  | { readonly kind: 'insert'; readonly place: EditPlace; readonly rule: Rule }
  | { readonly kind: 'replace'; readonly place: EditPlace; readonly old: Rule; readonly rule: Rule }
  | { readonly kind: 'remove'; readonly place: EditPlace; readonly old: Rule }
  | { readonly kind: 'policy'; readonly place: ChainPlace; readonly policy: BaseChain['policy'] }
  | {
      readonly kind: 'element';
      readonly op: 'add' | 'delete';
      readonly place: Pick<ChainPlace, 'family' | 'table'>;
      readonly set: NamedSet;
      readonly element: Tuple;
    }
  | HostEdit;

/** One of the host, not of its rules. */
export type HostEdit =
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: string }
  | { readonly kind: 'route'; readonly route: Route };

/** What an edit is applied to. */
export interface Setup {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
}

/** The same with the edit; everything else is shared. */
export function applyEdit(setup: Setup, edit: Edit): Setup {
  const { ruleSet, host } = setup;
  if (edit.kind === 'sysctl') return { ruleSet, host: host && withSysctl(host, edit) };
  if (edit.kind === 'route')
    return { ruleSet, host: host && { ...host, routes: [...host.routes, edit.route] } };
  const { family, table: name } = edit.place;
  const tables = ruleSet.tables.map((table) =>
    table.family === family && table.name === name ? editTable(table, edit) : table,
  );
  return { ruleSet: { ...ruleSet, tables }, host };
}

function editTable(table: Table, edit: Exclude<Edit, HostEdit>): Table {
  if (edit.kind === 'element') {
    const sets = table.sets.map((set) => (set.name === edit.set.name ? editSet(set, edit) : set));
    return { ...table, sets };
  }
  const chains = table.chains.map((chain) =>
    chain.name === edit.place.chain ? editChain(chain, edit) : chain,
  );
  return { ...table, chains };
}

function editChain(chain: Chain, edit: Exclude<Edit, HostEdit | { kind: 'element' }>): Chain {
  if (edit.kind === 'policy')
    return chain.base ? { ...chain, base: { ...chain.base, policy: edit.policy } } : chain;
  const at = edit.place.index - 1;
  switch (edit.kind) {
    case 'insert':
      return { ...chain, rules: chain.rules.toSpliced(at, 0, edit.rule) };
    case 'replace':
      return { ...chain, rules: chain.rules.toSpliced(at, 1, edit.rule) };
    case 'remove':
      return { ...chain, rules: chain.rules.toSpliced(at, 1) };
  }
}

/** Details of the elements stay beside theirs. */
function editSet(set: NamedSet, { op, element }: Extract<Edit, { kind: 'element' }>): NamedSet {
  if (op === 'add') {
    const details = set.details && [...set.details, {}];
    return { ...set, elements: withElement(set.elements, element), ...(details && { details }) };
  }
  const at = elementsOf(set.elements).findIndex((one) => isSame(one, element));
  const details = set.details?.toSpliced(at, 1);
  return { ...set, elements: withoutElement(set.elements, at), ...(details && { details }) };
}

/** What a set holds, each as a tuple. */
export function elementsOf(elements: SetElements): readonly Tuple[] {
  if (elements.kind === 'tuples') return elements.tuples;
  return (elements.kind === 'names' ? elements.names : elements.ranges).map((atom: Atom) => [atom]);
}

function withElement(elements: SetElements, element: Tuple): SetElements {
  if (elements.kind === 'tuples') return { kind: 'tuples', tuples: [...elements.tuples, element] };
  const names = element.filter((atom) => typeof atom === 'string');
  const ranges = element.filter((atom) => typeof atom !== 'string');
  return elements.kind === 'names'
    ? { kind: 'names', names: [...elements.names, ...names] }
    : { kind: 'ranges', ranges: [...elements.ranges, ...ranges] };
}

function withoutElement(elements: SetElements, at: number): SetElements {
  switch (elements.kind) {
    case 'tuples':
      return { kind: 'tuples', tuples: elements.tuples.toSpliced(at, 1) };
    case 'names':
      return { kind: 'names', names: elements.names.toSpliced(at, 1) };
    case 'ranges':
      return { kind: 'ranges', ranges: elements.ranges.toSpliced(at, 1) };
  }
}

function isSame(one: Tuple, other: Tuple): boolean {
  return one.length === other.length && one.every((atom, at) => isSameAtom(atom, other[at]));
}

function isSameAtom(one: Atom, other: Atom | undefined): boolean {
  if (typeof one === 'string' || typeof other === 'string' || !other) return one === other;
  return one.lo === other.lo && one.hi === other.hi;
}
