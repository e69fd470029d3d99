// Lines that name several values, such as ports, and which of these have packets left for them.
import type { Node } from '../../../bdd/bdd.ts';
import { inRange } from '../../../bdd/vector.ts';
import { ctStateBits } from '../../../datatype/types.ts';
import { ctState } from '../../../field/ct.ts';
import { inputInterface, outputInterface } from '../../../field/meta.ts';
import type { Part } from '../../../ir/ruleset.ts';
import { writeRange } from '../../../match/field-language.ts';
import { findMatch } from '../../../match/registry.ts';
import type { Facts, LineFacts } from './facts.ts';
import { regionOf } from './reach.ts';
import type { Approach } from './routes.ts';
import { named, number } from './wish.ts';

/** What the rules of a line match. */
export function ownOf({ chain, table }: Approach, { rules, line }: LineFacts): Node {
  return rules.reduce((all, _, at) => table.space.bdd.or(all, chain.rules[line.first + at]?.matched ?? 0), 0);
}

/** First packets of connections that come by another interface than `lo`: those that rules are mostly about. */
export function consideredIn(facts: Facts, approach: Approach): Node {
  const found = considered.get(approach) ?? workOutConsidered(facts, approach);
  considered.set(approach, found);
  return found;
}

const considered = new WeakMap<Approach, Node>();

function workOutConsidered({ space, entryOf }: Facts, approach: Approach): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: approach.base.base?.hook ?? 'forward' });
  const route = [...approach.jumps, { chain: approach.chain, at: 0 }];
  const states = ['new', 'untracked'].map((state) =>
    number(ctState, ctStateBits.constants?.get(state) ?? 0n)(symbols),
  );
  return [
    space.valid(),
    states.reduce((any, one) => bdd.or(any, one), 0),
    named(inputInterface, 'lo', false)(symbols),
    named(outputInterface, 'lo', false)(symbols),
    regionOf(approach.table, route, 1),
  ].reduce((all, one) => bdd.and(all, one), entryOf(approach));
}

/** Whether a line has a value none of whose packets comes to it, though it has others. */
export function losesValue(facts: Facts, line: LineFacts): boolean {
  const { bdd } = facts.space;
  const [only, other] = line.rules;
  if (!only || other || !only.rule.parts.some((part) => listedIn(part).length > 0)) return false;
  const { first } = line.line;
  const regions = only.approaches.map((approach) => ({
    approach,
    region: bdd.and(ownOf(approach, line), consideredIn(facts, approach)),
  }));
  const isLost = (value: Node, text: string) => {
    const nodes = regions.map(({ approach, region }) => ({ approach, node: bdd.and(region, value) }));
    const some = nodes.filter(({ node }) => node !== 0);
    return some.length > 0 && !some.some(({ approach, node }) => facts.comes(approach, first, node, text));
  };
  return lostValue(facts, line, isLost) !== undefined;
}

/** One of several values in a condition of the line whose packets are lost. */
export function lostValue(
  { space }: Facts,
  { rules }: LineFacts,
  isLost: (packets: Node, text: string) => boolean,
): string | undefined {
  const { bdd } = space;
  for (const { field, ranges } of rules.flatMap(({ rule }) => rule.parts.flatMap(listedIn))) {
    const value = space.at({ hook: 'forward' }).read(field);
    if (value.kind !== 'number') continue;
    for (const range of ranges) {
      const text = writeRange(field.type, range, true);
      const packets = bdd.and(value.present, inRange(bdd, value.bits, range));
      if (isLost(packets, `${field.name} ${text}`)) return text;
    }
  }
  return undefined;
}

function listedIn(part: Part) {
  const wants = part.kind === 'match' ? findMatch(part.key)?.wants?.(part.args) : undefined;
  if (wants?.value.kind !== 'ranges' || wants.mask !== undefined || wants.value.ranges.length < 2) return [];
  return [{ field: wants.field, ranges: wants.value.ranges }];
}
