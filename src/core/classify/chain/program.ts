// A base chain and all that it leads to, compiled for packets of one shape.
import type { Chain, Match } from '../../ir/ruleset.ts';
import { findStatement } from '../../statement/registry.ts';
import type { PlainPart } from './columns.ts';
import { type Piece, textOf } from './conditions.ts';
import { type Intervals, intersection } from './intervals.ts';
import { type OrderedClasses, orderedClasses } from './ordered-classes.ts';
import { type OrderedPart, orderedParts, partNames, widthOf } from './part.ts';
import { newTruths, type PlainClasses, plainClasses, type Truths } from './plain-classes.ts';
import { type RuleFinder, ruleFinder } from './rule-finder.ts';
import type { Asking, PlainBit, RuleHead } from './rule-head.ts';
import { type ApartRule, type Misfits, takeApart } from './rule-parts.ts';
import { type AtHand, fixedOutcome, outcome, type RuleTail, ruleTail, type TailPlace } from './rule-tail.ts';

/** A chain of the program; its rules are those that packets of the shape may match. */
export interface ProgramChain {
  readonly finder: RuleFinder;
  /** Of each rule its place in the chain, from 1. */
  readonly places: Int32Array;
  /** What each rule comes to; `outcome.none` where its tail tells. */
  readonly outcomes: Int32Array;
  readonly tails: readonly (RuleTail | undefined)[];
}

/** The chains by their numbers, and how the codes of packets are found. */
export interface Program {
  readonly chains: readonly (ProgramChain | undefined)[];
  /** The classes of ordered parts that rules are on, at the numbers of the parts. */
  readonly ordered: readonly (OrderedClasses | undefined)[];
  readonly plain: readonly {
    readonly code: number;
    readonly classes: PlainClasses;
  }[];
  readonly codes: Int32Array;
  bytes(): number;
}

/** What a program is made of. */
export interface ProgramSource {
  /** The base chain first; the number of a chain is its place. */
  readonly chains: readonly Chain[];
  readonly place: TailPlace;
  readonly atHand: AtHand;
  readonly misfits: Misfits;
  /** Rules are kept that every packet passes as it was. */
  readonly keepsPassed: boolean;
  readonly misfit: (condition: Match) => void;
}

/** Compiles for the shape of the packet at the place. */
export function compileProgram(source: ProgramSource): Program {
  const { place, misfit } = source;
  const apart = takeChainsApart(source);
  const rules = apart.flatMap((one) => one?.map(({ rule }) => rule) ?? []);
  const ordered = orderedParts.map((part) => classesOf(part, rules, place));
  const conditions = plainConditions(rules);
  const truths = newTruths();
  const counts = ordered.map((classes) => classes?.count ?? 1);
  const asking: Asking = { codes: new Int32Array(partNames.length), counts, truths };
  const chains = apart.map((one) => one && programChain(one, { source, asking, ordered, conditions }));
  const plain = [...conditions].map(([part, { all }]) => ({
    code: partNames.indexOf(part),
    classes: plainClasses(part, all, place, truths, misfit),
  }));
  return { chains, ordered, plain, codes: asking.codes, bytes: () => bytesOf(chains, ordered, truths) };
}

function bytesOfChain(chain: ProgramChain | undefined): number {
  return chain ? chain.finder.bytes() + chain.places.byteLength + chain.outcomes.byteLength : 0;
}

function bytesOf(chains: Program['chains'], ordered: Program['ordered'], { words }: Truths): number {
  const own = chains.reduce((sum, chain) => sum + bytesOfChain(chain), words.byteLength);
  return ordered.reduce((sum, classes) => sum + (classes?.bytes ?? 0), own);
}

interface PlacedRule {
  readonly rule: ApartRule;
  readonly place: number;
}

/** All chains that packets of the shape may come to. */
function takeChainsApart(source: ProgramSource): readonly (readonly PlacedRule[] | undefined)[] {
  const found: PlacedRule[][] = [];
  const waiting = [0];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const chain = source.chains[number];
    if (!chain || found[number]) continue;
    const rules = chain.rules.flatMap((one, at): readonly PlacedRule[] => {
      const rule = takeApart(one, source.place, source);
      return rule && fixedOutcome(rule.tail, source.place) !== outcome.next ? [{ rule, place: at + 1 }] : [];
    });
    found[number] = rules;
    waiting.push(...rules.flatMap(({ rule }) => chainsBehind(rule, source.place)));
  }
  return Array.from(found);
}

function chainsBehind(
  { tail }: ApartRule,
  { packet: { context }, chainNumber }: TailPlace,
): readonly number[] {
  return tail.flatMap((step) => {
    if (step.kind !== 'statement') return [];
    const definition = findStatement(step.part.key);
    const one = definition?.chain?.(step.part.args);
    const several = definition?.chains?.(step.part.args, context) ?? [];
    return [...several, ...(one === undefined ? [] : [one])].flatMap((name) => chainNumber(name) ?? []);
  });
}

function classesOf(
  part: OrderedPart,
  rules: readonly ApartRule[],
  { family }: TailPlace,
): OrderedClasses | undefined {
  const borders: bigint[] = [];
  let isAsked = false;
  for (const rule of rules) {
    for (const one of rule.ordered)
      if (one.part === part) {
        isAsked = true;
        for (const { from } of one.pieces) borders.push(from);
      }
    for (const [other, values] of rule.borders)
      if (other === part) {
        isAsked = true;
        for (const value of values) borders.push(value);
      }
  }
  return isAsked ? orderedClasses(borders, widthOf(part, family)) : undefined;
}

/** The conditions on a plain part, the same ones once, and the number of each. */
interface PlainConditions {
  readonly all: Match[];
  readonly numbers: Map<string, number>;
}

function plainConditions(rules: readonly ApartRule[]): ReadonlyMap<PlainPart, PlainConditions> {
  const found = new Map<PlainPart, PlainConditions>();
  for (const { plain } of rules)
    for (const { part, condition } of plain) {
      const { all, numbers } = found.get(part) ?? { all: [], numbers: new Map<string, number>() };
      found.set(part, { all, numbers });
      const text = textOf(condition);
      if (!numbers.has(text)) numbers.set(text, all.push(condition) - 1);
    }
  return found;
}

interface ChainParts {
  readonly source: ProgramSource;
  readonly asking: Asking;
  readonly ordered: readonly (OrderedClasses | undefined)[];
  readonly conditions: ReadonlyMap<PlainPart, PlainConditions>;
}

function programChain(placed: readonly PlacedRule[], parts: ChainParts): ProgramChain {
  const { place, atHand } = parts.source;
  const headed = placed.flatMap(({ rule, place: at }) => {
    const head = headOf(rule, parts);
    return head ? [{ rule, at, head }] : [];
  });
  const outcomes = headed.map(({ rule }) => fixedOutcome(rule.tail, place) ?? outcome.none);
  return {
    finder: ruleFinder(
      headed.map(({ head }) => head),
      parts.asking,
    ),
    places: Int32Array.from(headed, ({ at }) => at),
    outcomes: Int32Array.from(outcomes),
    tails: headed.map(({ rule }, at) =>
      outcomes[at] === outcome.none ? ruleTail(rule.tail, place, atHand) : undefined,
    ),
  };
}

/** Undefined where no value of some part will do. */
function headOf({ ordered, plain }: ApartRule, parts: ChainParts): RuleHead | undefined {
  const classes: (Intervals | undefined)[] = orderedParts.map(() => undefined);
  for (const { part, pieces } of ordered) {
    const number = orderedParts.indexOf(part);
    const own = intervalsOf(pieces, parts.ordered[number]);
    const before = classes[number];
    classes[number] = before ? intersection(before, own) : own;
  }
  if (classes.some((one) => one?.length === 0)) return undefined;
  const bits = plain.map(
    ({ part, condition }): PlainBit => ({
      part: partNames.indexOf(part),
      bit: parts.conditions.get(part)?.numbers.get(textOf(condition)) ?? 0,
    }),
  );
  return { classes, bits };
}

function intervalsOf(pieces: readonly Piece[], classes: OrderedClasses | undefined): Intervals {
  if (!classes) return Int32Array.of();
  const found = pieces.flatMap(({ from, holds }, at) => {
    const next = pieces[at + 1];
    const last = next ? classes.startingAt(next.from) - 1 : classes.count - 1;
    return holds ? [classes.startingAt(from), last] : [];
  });
  return Int32Array.from(found);
}
