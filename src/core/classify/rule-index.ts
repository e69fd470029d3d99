// Which rules of a chain may match a packet at all: by the conditions of each on one part of the packet, answered once for
// all values of a class and kept as bits, one for each rule (T. V. Lakshman, D. Stiliadis: High-speed policy-based packet
// forwarding using efficient multi-dimensional range matching, 1998).
import type { AddressFamily } from '../datatype/address.ts';
import type { Chain, Match, Rule } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { isCondition } from '../trace/condition.ts';
import { changesOnTheWay, rangesOf } from './asked.ts';
import { type Borders, bordersOf } from './borders.ts';
import { isAddress } from './component.ts';
import { type Dimension, kindOfField } from './dimension.ts';

/** What conditions are on, of one packet. */
export const aspects = ['source', 'destination', 'sport', 'dport', 'id', 'iif', 'oif'] as const;

export type Aspect = (typeof aspects)[number];

/** A bit for each rule, 32 in a word. */
export type RuleBits = Int32Array;

/** The conditions of a chain's rules on one aspect. */
export interface AspectIndex {
  readonly conditions: readonly Indexed[];
  readonly borders: Borders;
  /** By the class of the value, or the name of the device. */
  readonly bits: Map<number | string, RuleBits>;
}

interface Indexed {
  readonly rule: number;
  readonly condition: Match;
  /** What the condition itself tells apart, and its truth for each of these classes, as far as it was asked. */
  readonly own: Borders;
  readonly truths: Map<number, boolean>;
}

/** The index of a chain for packets of one family and protocol. */
export interface RuleIndex {
  readonly words: number;
  /** Absent where no rule has a condition on the aspect. */
  readonly aspects: ReadonlyMap<Aspect, AspectIndex>;
  /** The conditions of each rule that the index has asked. */
  readonly settled: readonly ReadonlySet<Match>[];
}

/** Conditions that are neither true nor false for some packet: no index has them. */
export type Unsettled = Set<Match>;

/** Makes the index; `context` is that of a packet which comes to the chain. */
export function ruleIndex(
  { rules }: Chain,
  family: AddressFamily,
  context: EvaluationContext,
  unsettled: Unsettled,
): RuleIndex {
  const placed = rules.flatMap((rule, at) =>
    leading(rule)
      .filter((condition) => !unsettled.has(condition) && !changesOnTheWay(condition, context))
      .map((condition) => {
        const aspect = aspectOf(condition, family, context);
        const own = bordersOf((aspect && comparedRanges(condition, context)) ?? [], isWide(aspect, family));
        return { rule: at, condition, aspect, own, truths: new Map<number, boolean>() };
      }),
  );
  const indexes = aspects.flatMap((aspect) => {
    const conditions = placed.filter((one) => one.aspect === aspect);
    return conditions.length > 0 ? [[aspect, indexOf(aspect, conditions, family, context)] as const] : [];
  });
  const settled = rules.map((_, at) => new Set(placed.flatMap(inIndexOf(at))));
  return { words: Math.ceil(rules.length / 32), aspects: new Map(indexes), settled };
}

function inIndexOf(at: number) {
  return ({
    rule,
    condition,
    aspect,
  }: Indexed & { readonly aspect: Aspect | undefined }): readonly Match[] =>
    rule === at && aspect ? [condition] : [];
}

function indexOf(
  aspect: Aspect,
  conditions: readonly Indexed[],
  family: AddressFamily,
  context: EvaluationContext,
): AspectIndex {
  const ranges = conditions.flatMap(({ condition }) => comparedRanges(condition, context) ?? []);
  return { conditions, borders: bordersOf(ranges, isWide(aspect, family)), bits: new Map() };
}

function isWide(aspect: Aspect | undefined, family: AddressFamily): boolean {
  return (aspect === 'source' || aspect === 'destination') && family === 6;
}

function comparedRanges({ key, args }: Match, context: EvaluationContext) {
  const [distinction, ...others] = findMatch(key)?.distinguishes?.(args, context) ?? [];
  return distinction && others.length === 0 ? rangesOf(distinction) : undefined;
}

/** The conditions that stand before everything in the rule that does something or counts. */
function leading({ parts }: Rule): readonly Match[] {
  const found: Match[] = [];
  for (const part of parts) {
    if (!isCondition(part)) break;
    if (part.kind !== 'match') continue;
    if (findMatch(part.key)?.stateful) break;
    found.push(part);
  }
  return found;
}

/** The one aspect that a condition is on, where its truth is the same for all values between borders. */
function aspectOf(condition: Match, family: AddressFamily, context: EvaluationContext): Aspect | undefined {
  const field = findMatch(condition.key)?.selector?.field;
  const kind = field && kindOfField(field);
  if (kind?.kind === 'device') return kind.dimension;
  if (!field || kind?.kind !== 'packet') return undefined;
  const isOther = isAddress(kind.dimension) && field.type.width !== (family === 4 ? 32 : 128);
  return isOther || !comparedRanges(condition, context) ? undefined : kind.dimension;
}

/** A value of an aspect, as a condition on it may ask for it. */
export interface AspectValue {
  /** Its class, or the name of the device. */
  readonly name: number | string;
  /** Its class in other borders; absent for a device. */
  readonly classIn?: (borders: Borders) => number;
  /** That of a packet that has it. */
  readonly context: () => EvaluationContext;
}

/** The rules whose conditions on an aspect hold. The first that is neither true nor false is given in place of an answer. */
export function bitsFor(
  { conditions, bits }: AspectIndex,
  words: number,
  value: AspectValue,
): RuleBits | { readonly unsettled: Match } {
  const known = bits.get(value.name);
  if (known) return known;
  const found = new Int32Array(words).fill(-1);
  for (const indexed of conditions) {
    const truth = truthOf(indexed, value);
    if (truth === undefined) return { unsettled: indexed.condition };
    const { rule } = indexed;
    if (!truth) found[rule >> 5] = (found[rule >> 5] ?? 0) & ~(1 << (rule & 31));
  }
  bits.set(value.name, found);
  return found;
}

/** The same packet with another value of the aspect, as a condition on it sees it. */
export function withValue(context: EvaluationContext, aspect: Dimension, value: bigint): EvaluationContext {
  const { view } = context;
  const { packet } = view;
  const changed = isAddress(aspect)
    ? { ...packet, [aspect]: value }
    : { ...packet, transport: { ...packet.transport, [aspect]: Number(value) } };
  return { ...context, view: { ...view, packet: changed, unknown: {} } };
}

/** Undefined where it is neither true nor false. */
function truthOf(
  { condition, own, truths }: Indexed,
  { classIn, context }: AspectValue,
): boolean | undefined {
  const place = classIn?.(own);
  const known = place === undefined ? undefined : truths.get(place);
  if (known !== undefined) return known;
  const definition = findMatch(condition.key);
  if (!definition) throw new Error(`no definition of \`${condition.key}\``);
  const { result } = definition.evaluate(condition.args, context());
  if (result !== true && result !== false) return undefined;
  if (place !== undefined) truths.set(place, result);
  return result;
}

/** The first rule from `from` on whose bit is set in all; `count` where there is none. */
export function firstOf(all: readonly RuleBits[], from: number, count: number): number {
  const number = all.length;
  let mask = -1 << (from & 31);
  for (let word = from >> 5; word * 32 < count; word++, mask = -1) {
    let bits = mask;
    for (let at = 0; at < number && bits !== 0; at++) bits &= all[at]?.[word] ?? 0;
    if (bits !== 0) return Math.min(word * 32 + 31 - Math.clz32(bits & -bits), count);
  }
  return count;
}
