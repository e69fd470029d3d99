// What a rule does with a packet that its head holds for: found by carrying its other parts out as a trace does, once for
// all packets that are alike in everything that they read.
import type { Match, Statement } from '../../ir/ruleset.ts';
import type { Effect, Verdict } from '../../statement/define.ts';
import { findStatement } from '../../statement/registry.ts';
import { changesOnTheWay } from '../asked.ts';
import { type KeyTable, keyTable } from '../key-table.ts';
import { evaluated, type Setting } from './conditions.ts';
import { elsewhere, orderedBits, type PartBits, partNames } from './part.ts';

/** What becomes of a packet behind a rule: one of these, or one of `leapTo`. */
export const outcome = {
  /** Not worked out. */
  none: 0,
  accept: 1,
  drop: 2,
  queue: 3,
  reject: 4,
  nat: 5,
  return: 6,
  /** On with the next rule. */
  next: 7,
  /** Only a trace can tell. */
  open: 8,
} as const;

/** The number of a jump or goto to a chain. */
function leapTo(chain: number, isGoto: boolean): number {
  return firstLeap + 2 * chain + (isGoto ? 1 : 0);
}

export const firstLeap = 16;

/** One part of a rule behind its head. `told`: the ordered parts of which classes are enough. */
export type TailStep =
  | { readonly kind: 'condition'; readonly part: Match; readonly told: PartBits }
  | { readonly kind: 'statement'; readonly part: Statement; readonly told: PartBits }
  | { readonly kind: 'open' };

/** Where the tails of a chain are carried out. */
export interface TailPlace extends Setting {
  /** The number of a chain of the table. */
  readonly chainNumber: (name: string) => number | undefined;
}

/** What carrying out came to, and what of the packet it depends on. */
interface Carried {
  readonly outcome: number;
  readonly read: PartBits;
}

/** Carries the steps out for the packet as it is set. */
function carryOut(steps: readonly TailStep[], place: TailPlace): Carried {
  let read = 0;
  for (const step of steps) {
    if (step.kind === 'open') return { outcome: outcome.open, read };
    const did = step.kind === 'condition' ? checked(step.part, place) : executed(step.part, place);
    const isTold = (did.read & elsewhere) === 0 && (did.read & orderedBits & ~step.told) === 0;
    read |= did.read & ~elsewhere;
    if (!isTold) return { outcome: outcome.open, read };
    if (did.outcome !== undefined) return { outcome: did.outcome, read };
  }
  return { outcome: outcome.next, read };
}

interface Did {
  /** Undefined: on with the next step. */
  readonly outcome: number | undefined;
  readonly read: PartBits;
}

function checked(condition: Match, place: TailPlace): Did {
  const { holds, read } = evaluated(condition, place);
  if (holds === undefined) return { outcome: outcome.open, read };
  return { outcome: holds ? undefined : outcome.next, read };
}

function executed({ key, args }: Statement, place: TailPlace): Did {
  const definition = findStatement(key);
  if (!definition) throw new Error(`no definition of \`${key}\``);
  place.packet.taken();
  const effect = definition.execute(args, place.packet.context);
  return { outcome: outcomeOf(effect, place), read: place.packet.taken() };
}

/** Whatever changes a packet, a set or a connection is left to a trace. */
function outcomeOf(effect: Effect, place: TailPlace): number | undefined {
  switch (effect.kind) {
    case 'none':
      return undefined;
    case 'verdict':
      return outcomeOfVerdict(effect.verdict, place);
    case 'mismatch':
      return outcome.next;
    case 'nat':
      return outcome.nat;
    case 'add-labels':
    case 'copy':
    case 'expect':
    case 'leave':
    case 'offload':
    case 'one-of':
    case 'set-ct-mark':
    case 'set-field':
    case 'set-helper':
    case 'set-mark':
    case 'set-packet':
    case 'set-timeouts':
    case 'set-zone':
    case 'unknown':
    case 'untrack':
    case 'update-set':
      return outcome.open;
  }
}

function outcomeOfVerdict(verdict: Verdict, { chainNumber }: TailPlace): number {
  switch (verdict.kind) {
    case 'continue':
      return outcome.next;
    case 'jump':
    case 'goto': {
      const chain = chainNumber(verdict.chain);
      return chain === undefined ? outcome.open : leapTo(chain, verdict.kind === 'goto');
    }
    case 'accept':
    case 'drop':
    case 'queue':
    case 'reject':
    case 'return':
      return outcome[verdict.kind];
  }
}

/** Whether only a trace can carry the statement out. */
export function isOpenStatement(statement: Statement, { packet: { context } }: Setting): boolean {
  const definition = findStatement(statement.key);
  const changes = definition?.changesPacket === true || definition?.updates !== undefined;
  return !definition || changes || definition.knowledge !== undefined || changesOnTheWay(statement, context);
}

/** The tail of a rule, which remembers what it came to. */
export interface RuleTail {
  /** For the packet at hand. */
  outcome(): number;
}

/** The packet at hand, as far as it is wanted. */
export interface AtHand {
  /** The class of an ordered part, or the value of a plain one. */
  code(part: number): number;
  /** Sets the watched packet. */
  set(): void;
}

/** More outcomes are not kept. */
const mostKept = 1_000_000;

/** A tail of these steps. */
export function ruleTail(steps: readonly TailStep[], place: TailPlace, atHand: AtHand): RuleTail {
  let parts: readonly number[] = [];
  let bits: PartBits = 0;
  let keys: KeyTable = keyTable(1);
  let words = new Uint32Array(1);
  let outcomes: number[] = [];
  const forget = () => {
    parts = partNames.flatMap((_, part) => ((bits >> part) & 1 ? [part] : []));
    keys = keyTable(Math.max(1, parts.length));
    words = new Uint32Array(Math.max(1, parts.length));
    outcomes = [];
  };
  const placeAtHand = () => {
    for (const [at, part] of parts.entries()) words[at] = atHand.code(part);
    return keys.indexOf(words);
  };
  return {
    outcome: () => {
      const known = outcomes[placeAtHand()];
      if (known !== undefined) return known;
      atHand.set();
      const carried = carryOut(steps, place);
      if ((carried.read & ~bits) !== 0 || keys.size > mostKept) {
        bits |= carried.read;
        forget();
      }
      outcomes[placeAtHand()] = carried.outcome;
      return carried.outcome;
    },
  };
}

/** What steps come to for all packets of the shape; undefined where that depends on the packet. */
export function fixedOutcome(steps: readonly TailStep[], place: TailPlace): number | undefined {
  if (steps.some(({ kind }) => kind === 'condition')) return undefined;
  const { outcome: found, read } = carryOut(steps, place);
  return read === 0 ? found : undefined;
}
