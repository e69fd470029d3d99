// Lines that name several values, such as ports, and which of these have packets left for them.
import type { Node } from '../../../bdd/bdd.ts';
import { inRange } from '../../../bdd/vector.ts';
import type { Range } from '../../../datatype/range.ts';
import { ctStateBits } from '../../../datatype/types.ts';
import { ctState } from '../../../field/ct.ts';
import { inputInterface, outputInterface } from '../../../field/meta.ts';
import type { Part } from '../../../ir/ruleset.ts';
import { writeRange } from '../../../match/field-language.ts';
import { findMatch } from '../../../match/registry.ts';
import type { PacketCase } from './drawn.ts';
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
  const [only, other] = line.rules;
  if (!only || other || only.reached.kind !== 'reached') return false;
  if (!only.rule.parts.some((part) => listedIn(part).length > 0)) return false;
  const { approach: known, packet } = only.reached;
  const { bdd } = facts.space;
  const { first } = line.line;
  const isLost = ({ text, packets, bits, range }: Listed) =>
    only.approaches.every((approach) => {
      const region = () => bdd.and(packets, approach.chain.rules[first]?.matched ?? 0);
      const guess = approach === known ? withBits(facts, bits, range.lo, packet) : undefined;
      return !facts.comes(approach, first, { name: text, region, ...(guess && { guess }) });
    });
  return lostValue(facts, line, isLost) !== undefined;
}

/** The packet with another value of a field, where that has variables of its own. */
function withBits(
  { space: { bdd } }: Facts,
  bits: readonly Node[],
  value: bigint,
  packet: PacketCase,
): PacketCase {
  const set = new Map<number, boolean>();
  for (const [at, bit] of bits.entries()) {
    const variable = bdd.root(bit);
    if (variable !== undefined) set.set(variable, ((value >> BigInt(bits.length - 1 - at)) & 1n) === 1n);
  }
  return (variable) => set.get(variable) ?? packet(variable);
}

/** One of several values that a condition names. */
interface Listed {
  readonly text: string;
  readonly packets: Node;
  readonly bits: readonly Node[];
  readonly range: Range;
}

/** One of several values in a condition of the line whose packets are lost. */
export function lostValue(
  { space }: Facts,
  { rules }: LineFacts,
  isLost: (listed: Listed) => boolean,
): string | undefined {
  const { bdd } = space;
  for (const { field, ranges } of rules.flatMap(({ rule }) => rule.parts.flatMap(listedIn))) {
    const value = space.at({ hook: 'forward' }).read(field);
    if (value.kind !== 'number') continue;
    for (const range of ranges) {
      const text = writeRange(field.type, range, true);
      const packets = bdd.and(value.present, inRange(bdd, value.bits, range));
      if (isLost({ text: `${field.name} ${text}`, packets, bits: value.bits, range })) return text;
    }
  }
  return undefined;
}

function listedIn(part: Part) {
  const wants = part.kind === 'match' ? findMatch(part.key)?.wants?.(part.args) : undefined;
  if (wants?.value.kind !== 'ranges' || wants.mask !== undefined || wants.value.ranges.length < 2) return [];
  return [{ field: wants.field, ranges: wants.value.ranges }];
}
