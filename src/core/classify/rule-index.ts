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
  readonly aspect: Aspect;
  readonly conditions: readonly Indexed[];
  readonly borders: Borders;
  /** By the class of the value, or the name of the device. */
  readonly bits: Map<number | string, RuleBits>;
}

interface Indexed {
  readonly rule: number;
  readonly condition: Match;
  /** The values at which its truth may change. */
  readonly borders: readonly bigint[];
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
      .map((condition) => placedCondition(at, condition, family, context)),
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
  return { aspect, conditions, borders: bordersOf(ranges, isWide(aspect, family)), bits: new Map() };
}

function placedCondition(rule: number, condition: Match, family: AddressFamily, context: EvaluationContext) {
  const aspect = aspectOf(condition, family, context);
  const ranges = aspect && comparedRanges(condition, context);
  return { rule, condition, aspect, borders: bordersOf(ranges ?? [], isWide(aspect, family)).values };
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

/**
 * The rules whose conditions on an aspect hold for the packet of a context. `name`: the class of the packet's value, or
 * the device. The first condition that is neither true nor false is given in place of an answer.
 */
export function bitsFor(
  index: AspectIndex,
  words: number,
  name: number | string,
  context: EvaluationContext,
): RuleBits | { readonly unsettled: Match } {
  const { conditions, bits, aspect, borders } = index;
  const known = bits.get(name);
  if (known) return known;
  const isSmall = (borders.values.length + 1) * words <= mostWords;
  if (isSmall && bits.size === 0 && aspect !== 'iif' && aspect !== 'oif') {
    const unsettled = sweep(index, aspect, words, context);
    return unsettled ? { unsettled } : (bits.get(name) ?? new Int32Array(words));
  }
  const found = new Int32Array(words).fill(-1);
  for (const { rule, condition } of conditions) {
    const truth = truthOf(condition, context);
    if (truth === undefined) return { unsettled: condition };
    if (!truth) clear(found, rule);
  }
  bits.set(name, found);
  return found;
}

/** The bits of larger indexes are worked out for one class after the other, as they are wanted. */
const mostWords = 2_000_000;

/**
 * Works out the bits of all classes, from the lowest up: at each border only those conditions are asked that have it. The
 * result is one that is neither true nor false.
 */
function sweep(
  { conditions, bits, borders }: AspectIndex,
  aspect: Dimension,
  words: number,
  context: EvaluationContext,
): Match | undefined {
  const failing = new Map<number, Set<Indexed>>();
  const current = new Int32Array(words).fill(-1);
  const askAt = (value: bigint, asked: readonly Indexed[]): Match | undefined => {
    const at = withValue(context, aspect, value);
    for (const one of asked) {
      const truth = truthOf(one.condition, at);
      if (truth === undefined) return one.condition;
      const failed = failing.get(one.rule) ?? new Set();
      failing.set(one.rule, failed);
      if (truth) failed.delete(one);
      else failed.add(one);
      if (failed.size > 0) clear(current, one.rule);
      else current[one.rule >> 5] = (current[one.rule >> 5] ?? 0) | (1 << (one.rule & 31));
    }
    return undefined;
  };
  const changing = new Map<bigint, Indexed[]>(borders.values.map((border) => [border, []]));
  for (const one of conditions) for (const border of one.borders) changing.get(border)?.push(one);
  for (const [place, value] of [0n, ...borders.values].entries()) {
    const asked = place === 0 ? conditions : (changing.get(value) ?? []);
    const unsettled = askAt(value, asked);
    if (unsettled) {
      bits.clear();
      return unsettled;
    }
    bits.set(place, current.slice());
  }
  return undefined;
}

function clear(bits: RuleBits, rule: number): void {
  bits[rule >> 5] = (bits[rule >> 5] ?? 0) & ~(1 << (rule & 31));
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
function truthOf({ key, args }: Match, context: EvaluationContext): boolean | undefined {
  const definition = findMatch(key);
  if (!definition) throw new Error(`no definition of \`${key}\``);
  const { result } = definition.evaluate(args, context);
  return result === true || result === false ? result : undefined;
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
