// What a stretch of rules does, for all packets that come to it: which of them have what done to them, in which order, and
// where they go then. What is done is told by its words, so that it need not be understood to be compared.
import type { Node } from '../../bdd/bdd.ts';
import type { Field } from '../../field/define.ts';
import type { SymbolicValue } from '../../field/symbolic.ts';
import type { Hook } from '../../hook/hook.ts';
import { findChain, type Part, type Rule, type Table } from '../../ir/ruleset.ts';
import type { SymbolicContext } from '../../match/define.ts';
import { wordsOfPart } from '../../source-map/meaning.ts';
import type { Verdict } from '../../statement/define.ts';
import { findStatement } from '../../statement/registry.ts';
import type { FieldChange, SymbolicEffect } from '../../statement/symbolic.ts';
import { isCondition } from '../../trace/condition.ts';
import { type Condition, packetsOf, tableLookups } from '../condition.ts';
import type { Space } from '../space.ts';
import { changedValues } from '../walk-place.ts';
import { unchanged, type Values } from '../walk-state.ts';
import { changesPackets } from './changing-chains.ts';
import { add, addAll, merged, type Outcomes, put } from './outcomes.ts';
import { partsOf } from './rule-words.ts';

/** Rules of one table, seen at one hook. */
export interface Side {
  readonly space: Space;
  readonly table: Table;
  readonly hook: Hook;
  /** What a chain is called that both sides have; the rules of all others are taken as a part of who calls them. */
  readonly nameOf: (chain: string) => string | undefined;
  /** Where the rules behind go on that stand in a chain of their own, by its name. */
  readonly continued: ReadonlyMap<string, number>;
}

/** Rules of the list of a chain, from a place to before another one. */
export interface Stretch {
  readonly rules: readonly Rule[];
  readonly from: number;
  readonly to: number;
}

interface Walk {
  readonly side: Side;
  readonly stretch: Stretch;
  /** Those that wait at later places. */
  readonly waiting: Map<number, Outcomes>;
  readonly gone: Outcomes;
  /** What tells parts apart that count or draw, each for itself: the first of both sides are one, and so on. */
  readonly numbers: Map<Part, number>;
  readonly counted: Map<string, number>;
  /** What packets are by now, by what was done to them; absent where that is as they came in. */
  readonly values: Map<string, Values | 'unknown'>;
}

/** What becomes of packets that come to a stretch. Throws a `RangeError` where it calls itself. */
export function outcomesOf(side: Side, stretch: Stretch, entry: Node): Outcomes {
  const walk: Walk = {
    side,
    stretch,
    waiting: new Map(),
    gone: new Map(),
    numbers: new Map(),
    counted: new Map(),
    values: new Map(),
  };
  let here: Outcomes = new Map([['', entry]]);
  for (let at = stretch.from; at < stretch.to; at++) {
    here = merged(side.space, here, walk.waiting.get(at));
    const rule = stretch.rules[at];
    const back: Outcomes = new Map();
    if (rule) here = runRule(walk, rule, here, back, []);
    put(side.space, walk.gone, back, 'return');
  }
  put(side.space, walk.gone, merged(side.space, here, walk.waiting.get(stretch.to)), 'goes on');
  return walk.gone;
}

/** The packets that go on behind the rule; `back` gets those that leave its chain for its caller. */
function runRule(
  walk: Walk,
  rule: Rule,
  entry: Outcomes,
  back: Outcomes,
  callers: readonly string[],
): Outcomes {
  const { bdd } = walk.side.space;
  const missed: Outcomes = new Map();
  let matching = entry;
  for (const part of partsOf(rule)) {
    const next: Outcomes = new Map();
    for (const [done, node] of matching) {
      if (node === 0) continue;
      if (isCondition(part)) {
        const holds = conditionOf(walk, part, done);
        add(walk.side.space, missed, done, bdd.minus(node, holds));
        add(walk.side.space, next, done, bdd.and(node, holds));
      } else carryOut(walk, part, new Map([[done, node]]), { next, missed, back, callers });
    }
    matching = next;
  }
  return merged(walk.side.space, missed, matching);
}

/** Once something was done of which only the words are known, so are conditions. */
function conditionOf(walk: Walk, part: Condition, done: string): Node {
  const { hook, space, table } = walk.side;
  const rule = ruleOf(walk, part);
  const changed = walk.values.get(done) ?? unchanged;
  return changed === 'unknown'
    ? space.at({ hook, rule }).free(`${wordsOfPart(part)} behind ${done}`)
    : packetsOf(part, space.at({ hook, rule, changed }), tableLookups(table));
}

/** Stands for the rule of a part. */
function ruleOf({ numbers, counted }: Walk, part: Part): string {
  const kind = part.kind === 'opaque' ? part.text : part.key;
  const number = numbers.get(part) ?? (counted.get(kind) ?? 0) + 1;
  if (!numbers.has(part)) counted.set(kind, number);
  numbers.set(part, number);
  return `the stretch, ${number}`;
}

/** The same for what a statement looks up. */
function contextOf(walk: Walk, part: Part, done: string): SymbolicContext {
  const { space, hook, table } = walk.side;
  const changed = walk.values.get(done) ?? unchanged;
  const known = changed === 'unknown' ? unchanged : changed;
  const symbols = space.at({ hook, rule: ruleOf(walk, part), changed: known });
  const context = { ...symbols, ...tableLookups(table) };
  if (changed !== 'unknown') return context;
  const free = (name: string) => symbols.free(`${name} behind ${done}`);
  return { ...context, free, read: (field) => unknownValue(field, symbols.read(field), free) };
}

/** A field that may have been changed: all that is known is that it is the same each time it is asked for. */
function unknownValue(field: Field, value: SymbolicValue, free: (name: string) => Node): SymbolicValue {
  const present = free(`there is ${field.name}`);
  if (value.kind === 'name') return { ...value, present, is: (name) => free(`${field.name} is ${name}`) };
  return { ...value, present, bits: value.bits.map((_, at) => free(`bit ${at} of ${field.name}`)) };
}

interface Ways {
  readonly next: Outcomes;
  readonly missed: Outcomes;
  readonly back: Outcomes;
  readonly callers: readonly string[];
}

/** What is not a statement with a meaning for all packets is told by its words alone. */
function carryOut(walk: Walk, part: Part, packets: Outcomes, ways: Ways): void {
  const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
  const words = wordsOfPart(part);
  for (const [done, node] of packets) {
    const cases = part.kind === 'statement' && definition?.symbolic?.(part.args, contextOf(walk, part, done));
    const some = new Map([[done, node]]);
    if (!cases && definition?.terminal) put(walk.side.space, walk.gone, some, words);
    else if (!cases) proceed(walk, ways.next, some, words, definition?.passes ? 'same' : 'unknown');
    else
      for (const { when, effect } of cases) {
        const those = new Map([[done, walk.side.space.bdd.and(node, when)]]);
        apply(walk, effect, those, { words, ways, only: cases.length === 1 });
      }
  }
}

interface Carried {
  readonly words: string;
  readonly ways: Ways;
  /** Nothing else is done to other packets. */
  readonly only: boolean;
}

function apply(walk: Walk, effect: SymbolicEffect, some: Outcomes, { words, ways, only }: Carried): void {
  const { side, gone } = walk;
  switch (effect.kind) {
    case 'verdict':
      follow(walk, effect.verdict, some, words, ways);
      return;
    case 'mismatch':
      addAll(side.space, ways.missed, some);
      return;
    case 'none':
      if (only) proceed(walk, ways.next, some, words, 'same');
      else addAll(side.space, ways.next, some);
      return;
    case 'nat':
    case 'leave':
      put(side.space, gone, some, JSON.stringify(effect, plainNumber));
      return;
    case 'set':
      proceed(walk, ways.next, some, changeWords(effect.changes), effect.changes);
      return;
    case 'untrack':
    case 'set-zone':
      proceed(walk, ways.next, some, words, 'unknown');
  }
}

/** Goes on with packets to which something was done, and says what they are then. */
function proceed(
  { side, values }: Walk,
  into: Outcomes,
  some: Outcomes,
  what: string,
  changes: readonly FieldChange[] | 'same' | 'unknown',
): void {
  put(side.space, into, some, what);
  for (const done of some.keys()) {
    const before = values.get(done) ?? unchanged;
    const key = `${done}${what}\n`;
    if (changes === 'unknown' || before === 'unknown') values.set(key, 'unknown');
    else if (changes === 'same') values.set(key, before);
    else
      values.set(
        key,
        changes.reduce((now, change) => changedValues(side.space, now, change), before),
      );
  }
}

/** What is not so is the same as what is not said. */
function plainNumber(_: string, value: unknown): unknown {
  if (value === false) return undefined;
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Functions are the same exactly if they have the same number. */
function changeWords(changes: readonly FieldChange[]): string {
  return changes.map(({ field, bits }) => `${field.name} is ${bits.join(' ')}`).join('; ');
}

function follow(walk: Walk, verdict: Verdict, some: Outcomes, words: string, ways: Ways): void {
  switch (verdict.kind) {
    case 'continue':
      addAll(walk.side.space, ways.next, some);
      return;
    case 'return':
      addAll(walk.side.space, ways.back, some);
      return;
    case 'jump':
    case 'goto':
      leap(walk, verdict, some, ways);
      return;
    case 'accept':
    case 'drop':
      put(walk.side.space, walk.gone, some, verdict.kind);
      return;
    case 'reject':
      put(walk.side.space, walk.gone, some, `reject ${JSON.stringify(verdict.answer)}`);
      return;
    case 'queue':
      put(walk.side.space, walk.gone, some, words);
  }
}

/** A chain that both sides have does whatever it does; any other is gone through here. */
function leap(
  walk: Walk,
  { kind, chain }: Extract<Verdict, { readonly chain: string }>,
  some: Outcomes,
  ways: Ways,
): void {
  const { side, waiting } = walk;
  const place = kind === 'goto' ? side.continued.get(chain) : undefined;
  if (place !== undefined) {
    waiting.set(place, merged(side.space, some, waiting.get(place)));
    return;
  }
  // What comes to the end of a chain that was gone over to returns to the caller of the chain it came from.
  const after = kind === 'jump' ? ways.next : ways.back;
  const name = side.nameOf(chain);
  if (name !== undefined) {
    proceed(walk, after, some, `jump ${name}`, changesPackets(side.table, chain) ? 'unknown' : 'same');
    return;
  }
  const { next, back } = runHelper(walk, chain, some, ways.callers);
  addAll(side.space, after, merged(side.space, next, back));
}

function runHelper(walk: Walk, name: string, entry: Outcomes, callers: readonly string[]) {
  const chain = findChain(walk.side.table, name);
  if (!chain || callers.includes(name)) throw new RangeError(`chain ${name} is not there, or calls itself`);
  const back: Outcomes = new Map();
  let here = entry;
  for (const rule of chain.rules) here = runRule(walk, rule, here, back, [...callers, name]);
  return { next: here, back };
}
