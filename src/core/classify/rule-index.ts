// Which rules of a long chain may match a packet at all: by the conditions of each on one part of the packet, answered
// once for all values of a class.
import { isUnknown } from '../field/view.ts';
import type { Chain, Match, Part, Rule, Table } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { isCondition } from '../trace/condition.ts';
import type { Run } from '../trace/run.ts';
import { type FieldKind, kindOfField } from './dimension.ts';

/** Rules before this one are tried one by one: often they decide. */
const begins = 16;

/** So many rules are looked at together, a bit for each. */
const blockSize = 32;

/** What conditions are on, of one packet. */
const aspects = ['source', 'destination', 'sport', 'dport', 'id', 'iif', 'oif'] as const;

export type Aspect = (typeof aspects)[number];

/** Rules that stand one behind the other, from `from` on. */
interface Block {
  readonly from: number;
  readonly conditions: Readonly<Record<Aspect, readonly Indexed[]>>;
  /** The rules whose conditions on an aspect may hold, by the class of its value. */
  readonly bits: Map<string, number>;
}

/** A condition, and the bit of its rule. */
interface Indexed {
  readonly bit: number;
  readonly condition: Match;
}

/** Whoever knows the classes of values. */
export interface Classes {
  /** A name that values of the aspect share for which all conditions in the block come out the same. */
  classOf(aspect: Aspect, run: Run): string | undefined;
  /** The conditions are asked from now on. */
  learn(conditions: readonly Match[], context: EvaluationContext): void;
}

/** The index of a chain. */
export interface RuleIndex {
  /** The first rule from `from` on that may match; the number of rules if there is none. */
  next(run: Run, context: () => EvaluationContext, from: number): number;
}

/** Finds out nothing yet: a block is worked out when a packet gets to it. */
function ruleIndex({ rules }: Chain, classes: Classes): RuleIndex {
  const blocks: Block[] = [];
  const blockAt = (number: number, context: () => EvaluationContext) => {
    const known = blocks[number];
    if (known) return known;
    const made = makeBlock(rules, begins + number * blockSize);
    classes.learn(
      aspects.flatMap((aspect) => made.conditions[aspect].map(({ condition }) => condition)),
      context(),
    );
    blocks[number] = made;
    return made;
  };
  return {
    next: (run, context, from) => {
      if (from < begins || run.overwritten.size > 0) return from;
      let number = (from - begins) >>> 5;
      let left = -1 << (from - begins - number * blockSize);
      for (; begins + number * blockSize < rules.length; number++, left = -1) {
        const block = blockAt(number, context);
        const bits = left & mayMatch(block, run, context, classes);
        if (bits !== 0) return Math.min(block.from + 31 - Math.clz32(bits & -bits), rules.length);
      }
      return rules.length;
    },
  };
}

function mayMatch(block: Block, run: Run, context: () => EvaluationContext, classes: Classes): number {
  let bits = -1;
  for (const aspect of aspects) {
    if (bits === 0) return 0;
    if (block.conditions[aspect].length > 0) bits &= bitsOf(block, aspect, run, context, classes);
  }
  return bits;
}

function bitsOf(
  { conditions, bits }: Block,
  aspect: Aspect,
  run: Run,
  context: () => EvaluationContext,
  classes: Classes,
): number {
  const name = classes.classOf(aspect, run);
  if (name === undefined) return -1;
  const key = `${aspect} ${run.layer} ${run.packet.protocol} ${name}`;
  const known = bits.get(key);
  if (known !== undefined) return known;
  let found = -1;
  const asked = context();
  for (const { bit, condition } of conditions[aspect]) if (fails(condition, asked)) found &= ~bit;
  bits.set(key, found);
  return found;
}

function fails({ key, args }: Match, context: EvaluationContext): boolean {
  return findMatch(key)?.evaluate(args, context).result === false;
}

function makeBlock(rules: readonly Rule[], from: number): Block {
  const conditions: Record<Aspect, Indexed[]> = {
    source: [],
    destination: [],
    sport: [],
    dport: [],
    id: [],
    iif: [],
    oif: [],
  };
  for (let at = 0; at < blockSize; at++)
    for (const [aspect, condition] of leading(rules[from + at]))
      conditions[aspect].push({ bit: 1 << at, condition });
  return { from, conditions, bits: new Map() };
}

/** The conditions on one aspect each that stand before everything in the rule that does something or counts. */
function leading(rule: Rule | undefined): readonly (readonly [Aspect, Match])[] {
  const found: (readonly [Aspect, Match])[] = [];
  for (const part of rule?.parts ?? []) {
    if (!isCondition(part) || isCounting(part)) break;
    if (part.kind !== 'match') continue;
    const aspect = aspectOf(part);
    if (aspect) found.push([aspect, part]);
  }
  return found;
}

function isCounting(part: Part): boolean {
  return part.kind === 'match' && findMatch(part.key)?.stateful === true;
}

/** The one aspect that a condition is on; of named sets it can't be told without the table, but they compare the same field. */
function aspectOf({ key }: Match): Aspect | undefined {
  const field = findMatch(key)?.selector?.field;
  return field && aspectOfKind(kindOfField(field));
}

function aspectOfKind(kind: FieldKind): Aspect | undefined {
  return kind.kind === 'packet' || kind.kind === 'device' ? kind.dimension : undefined;
}

/** The value of an aspect where rules see it as it is. */
export function aspectValue(aspect: Aspect, run: Run): bigint | string | undefined {
  if (aspect === 'iif' || aspect === 'oif') {
    const device = run[aspect];
    return isUnknown(device) ? undefined : (device ?? '');
  }
  const { packet, unknown } = run;
  if (aspect === 'source' || aspect === 'destination')
    return unknown[aspect] || packet.frame ? undefined : packet[aspect];
  const { transport } = packet;
  if (aspect === 'id') return transport.kind === 'icmp' ? BigInt(transport.id) : '';
  if (unknown[aspect] || packet.fragment.offset > 0 || packet.untold !== undefined) return undefined;
  return transport.kind === 'tcp' || transport.kind === 'udp' ? BigInt(transport[aspect]) : '';
}

/** The index of each chain of a table, where it is long enough to need one. */
export function ruleIndexes(classes: Classes): (table: Table, chain: Chain) => RuleIndex | undefined {
  const known = new Map<Chain, RuleIndex>();
  return (_table, chain) => {
    if (chain.rules.length <= begins) return undefined;
    const found = known.get(chain) ?? ruleIndex(chain, classes);
    known.set(chain, found);
    return found;
  };
}
