// Whether any packet comes to a rule. A packet that meets its conditions is drawn and taken through the rules before; if one
// of them ends it, all that this one ends are taken away, and another is drawn of what is left. So only rules that matter
// are looked at, however many there are.
import type { Node } from '../../../bdd/bdd.ts';
import { drawn, type PacketCase } from './drawn.ts';
import type { Changed, Exit, Ruled, RuledChain, RuledTable } from './ruled.ts';

/** A rule, and the jumps that lead to its chain from a base chain: in each chain but the last the rule that jumps. */
export type Route = readonly Stop[];

/** A rule in its chain, by its index. */
export interface Stop {
  readonly chain: RuledChain;
  readonly at: number;
}

/** Where packets come from. */
export interface Journey {
  readonly table: RuledTable;
  /** The packets that come to the base chain. */
  readonly entry: Node;
}

/** What comes of asking. */
export type Reach =
  /** This packet reaches the rule; in the case that it is, all variables have a value. */
  | { readonly kind: 'reached'; readonly packet: PacketCase }
  /** None does: those that meet its conditions were ended by these rules before. */
  | { readonly kind: 'ended'; readonly by: ReadonlySet<Ruled> };

/** Looks for a packet of a region that comes to the end of a route. */
export function reach({ table, entry }: Journey, route: Route, region: Node): Reach {
  const { bdd } = table.space;
  const all = bdd.and(bdd.and(entry, table.space.valid()), regionOf(table, route, region));
  const by = new Map<Ruled, Node>();
  let left = all;
  for (let round = 0; ; round++) {
    const packet = drawn(table.space, left, round);
    if (!packet) return { kind: 'ended', by: fewest(table, all, by) };
    const ends = endsBefore(table, route, packet);
    if (ends.length === 0) return { kind: 'reached', packet };
    for (const { node, rule } of ends) {
      left = bdd.minus(left, node);
      by.set(rule, bdd.or(node, by.get(rule) ?? 0));
    }
  }
}

/** Whether this packet comes to the end of a route, where it is in the region. */
export function comesAlong(
  { table, entry }: Journey,
  route: Route,
  region: Node,
  packet: PacketCase,
): boolean {
  const { space } = table;
  const all = [region, entry, space.valid(), regionOf(table, route, 1)];
  return (
    all.every((node) => space.bdd.evaluate(node, packet)) && endsBefore(table, route, packet).length === 0
  );
}

/** Whether any packet comes back from a base chain, to its policy. */
export function comesBack({ table, entry }: Journey, chain: RuledChain): boolean {
  const { bdd } = table.space;
  let left = bdd.and(entry, table.space.valid());
  for (let round = 0; ; round++) {
    const packet = drawn(table.space, left, round);
    if (!packet) return false;
    const inside = endedInside(table, chain, packet);
    if (inside === undefined) return true;
    left = bdd.minus(left, inside);
  }
}

/** More rules than these are not tried to be left out. */
const mostTried = 24;

/** As few of the rules as end all of the packets: drawn packets also come to such as happen to end some. */
function fewest({ space: { bdd } }: RuledTable, all: Node, by: ReadonlyMap<Ruled, Node>): ReadonlySet<Ruled> {
  const alone = [...by].find(([, node]) => bdd.implies(all, node));
  if (alone) return new Set([alone[0]]);
  const kept = new Map(by);
  if (by.size > mostTried) return new Set(by.keys());
  for (const rule of by.keys()) {
    const others = [...kept].flatMap(([one, node]) => (one === rule ? [] : [node]));
    if (others.reduce((left, node) => bdd.minus(left, node), all) === 0) kept.delete(rule);
  }
  return new Set(kept.keys());
}

/** The packets of a region that meet the conditions of the jumps, whatever is changed behind those. */
export function regionOf(table: RuledTable, route: Route, region: Node): Node {
  const { bdd } = table.space;
  return route.slice(0, -1).reduce((all, { chain, at }, place) => {
    const rule = chain.rules[at];
    if (!rule) return all;
    const next = route[place + 1]?.chain.chain.name;
    const leading = rule.exits.filter(({ result }) => 'chain' in result && result.chain === next);
    const node = leading.reduce((some, exit) => bdd.or(some, exit.node), 0);
    const changed = variablesOf(table, changesBehind(route.slice(place + 1)));
    return bdd.and(all, changed.length === 0 ? node : bdd.exists(node, changed));
  }, region);
}

/** A rule and packets that it ends, this one among them. */
interface Ended {
  readonly node: Node;
  readonly rule: Ruled;
}

function inOrder(indexes: readonly number[]): readonly number[] {
  return indexes.length < 2 ? indexes : indexes.toSorted((one, other) => one - other);
}

/** What ends the packet, or leads it elsewhere, before the end of the route. */
export function endsBefore(table: RuledTable, route: Route, packet: PacketCase): readonly Ended[] {
  return route.flatMap(({ chain, at }, place) =>
    inOrder(chain.trie.holding(packet)).flatMap((index) => {
      const rule = chain.rules[index];
      if (index >= at || !rule?.isCertain) return [];
      const exit = rule.exits.find(({ node }) => table.space.bdd.evaluate(node, packet));
      const node = exit && endedBy(table, exit, packet);
      if (node === undefined) return [];
      const changed = mergedChanges([
        ...changesIn(chain, index + 1, at),
        ...route.slice(place + 1).flatMap((one) => changesIn(one.chain, 0, one.at)),
      ]);
      const kept = unaffected(table, node, changed);
      return table.space.bdd.evaluate(kept, packet) ? [{ node: kept, rule }] : [];
    }),
  );
}

/** The packets that do not go on behind an exit that this one takes; undefined where it comes back. */
function endedBy(table: RuledTable, { node, result }: Exit, packet: PacketCase): Node | undefined {
  if (result.kind !== 'jump') return node;
  const inside = endedInside(table, table.target(result.chain), packet);
  return inside === undefined ? undefined : table.space.bdd.and(node, inside);
}

/** Of the packets that come to a chain, some that end in it, this one among them; undefined where it comes back. */
function endedInside(table: RuledTable, chain: RuledChain, packet: PacketCase): Node | undefined {
  const { bdd } = table.space;
  const indexes = inOrder(chain.trie.holding(packet));
  for (const index of indexes) {
    const rule = chain.rules[index];
    const exit = rule?.exits.find(({ node }) => bdd.evaluate(node, packet));
    if (!rule || !exit) continue;
    if (!rule.isCertain || exit.result.kind === 'return') return undefined;
    const inside = 'chain' in exit.result ? endedInside(table, table.target(exit.result.chain), packet) : 1;
    if (inside === undefined && exit.result.kind === 'goto') return undefined;
    if (inside === undefined) continue;
    const stays = chain.leaving
      .filter((at) => at < index)
      .flatMap((at) => chain.rules[at]?.exits ?? [])
      .filter(({ result }) => result.kind === 'return' || result.kind === 'goto')
      .reduce((left, { node }) => bdd.minus(left, node), bdd.and(exit.node, inside));
    const kept = unaffected(table, stays, mergedChanges(changesIn(chain, 0, index)));
    return bdd.evaluate(kept, packet) ? kept : undefined;
  }
  return undefined;
}

/** What changes on the way from the beginning of a chain to the end of the route. */
function changesBehind(route: Route): Changed {
  return mergedChanges(route.flatMap(({ chain, at }) => changesIn(chain, 0, at)));
}

function changesIn({ rules, changing }: RuledChain, from: number, to: number): readonly Changed[] {
  return changing.filter((at) => at >= from && at < to).flatMap((at) => rules[at]?.changes ?? []);
}

function mergedChanges(all: readonly Changed[]): Changed {
  return {
    variables: new Set(all.flatMap(({ variables }) => [...variables])),
    sets: all.some(({ sets }) => sets),
  };
}

/** The packets of a function that are in it whatever has changed. */
function unaffected(table: RuledTable, node: Node, changed: Changed): Node {
  const variables = variablesOf(table, changed);
  return variables.length === 0 ? node : table.space.bdd.forall(node, variables);
}

/** What sets have by now is what free variables say. */
function variablesOf({ space }: RuledTable, { variables, sets }: Changed): readonly number[] {
  return sets ? [...variables, ...space.freeVariables()] : [...variables];
}
