// A rule taken apart for packets of one shape: conditions on single parts, which make its head, and the rest behind them.
import type { Match, Part, Rule, Statement } from '../../ir/ruleset.ts';
import { findMatch } from '../../match/registry.ts';
import { findStatement } from '../../statement/registry.ts';
import type { PlainPart } from './columns.ts';
import { type Classed, classed, type Piece, type Setting, textOf, toldParts } from './conditions.ts';
import { bitOf, type OrderedPart } from './part.ts';
import { isOpenStatement, type TailStep } from './rule-tail.ts';

/** A rule that packets of the shape may match, and that does something with them. */
export interface ApartRule {
  readonly ordered: readonly { readonly part: OrderedPart; readonly pieces: readonly Piece[] }[];
  readonly plain: readonly { readonly part: PlainPart; readonly condition: Match }[];
  readonly tail: readonly TailStep[];
  /** Further values that the tail tells apart. */
  readonly borders: readonly (readonly [OrderedPart, readonly bigint[]])[];
}

/** The texts of conditions that seemed to be on a plain part alone, and turned out to be on more. */
export type Misfits = ReadonlySet<string>;

/** How rules are taken apart. */
export interface Manner {
  readonly misfits: Misfits;
  /** What every packet passes as it was counts, too. */
  readonly keepsPassed: boolean;
}

/** Undefined where no packet of the shape matches the rule, or nothing follows from it. */
export function takeApart({ parts }: Rule, setting: Setting, manner: Manner): ApartRule | undefined {
  const { misfits, keepsPassed } = manner;
  const found: Found = { ordered: [], plain: [], tail: [], borders: [] };
  for (const [at, part] of parts.entries()) {
    if (keepsPassed && part.kind !== 'match') {
      found.tail.push({ kind: 'open' });
      break;
    }
    const taken = isPassed(part) ? passed(found) : takeCondition(part, setting, misfits, found);
    if (taken === 'never') return undefined;
    if (taken === 'on') continue;
    found.tail.push(...parts.slice(at).flatMap((one) => stepOf(one, setting, found)));
    break;
  }
  return found.tail.length === 0 ? undefined : found;
}

interface Found {
  readonly ordered: ApartRule['ordered'][number][];
  readonly plain: ApartRule['plain'][number][];
  readonly tail: TailStep[];
  readonly borders: (readonly [OrderedPart, readonly bigint[]])[];
}

/** `stop`: what stands behind belongs to the tail. */
type Taken = 'on' | 'never' | 'stop';

/** What every packet passes as it was. */
function isPassed(part: Part): boolean {
  if (part.kind === 'opaque') return part.role === 'statement';
  return part.kind === 'statement' && findStatement(part.key)?.passes === true;
}

/** A trace asks both answers to a condition that is not known before it carries a statement out. */
function passed({ tail }: Found): Taken {
  return tail.length > 0 ? 'stop' : 'on';
}

function takeCondition(part: Part, setting: Setting, misfits: Misfits, found: Found): Taken {
  if (part.kind === 'opaque' && part.role === 'match') {
    found.tail.push({ kind: 'open' });
    return 'on';
  }
  if (part.kind !== 'match') return 'stop';
  const one = classed(part, setting);
  return findMatch(part.key)?.stateful ? 'stop' : take(part, one, setting, misfits, found);
}

function take(part: Match, one: Classed, setting: Setting, misfits: Misfits, found: Found): Taken {
  switch (one.kind) {
    case 'always':
      return 'on';
    case 'never':
      return 'never';
    case 'ordered':
      found.ordered.push(one);
      return 'on';
    case 'plain':
      if (misfits.size > 0 && misfits.has(textOf(part))) found.tail.push(...stepOf(part, setting, found));
      else found.plain.push({ part: one.part, condition: part });
      return 'on';
    case 'several':
    case 'open':
      found.tail.push(...stepOf(part, setting, found));
      return 'on';
  }
}

function stepOf(part: Part, setting: Setting, { borders }: Found): readonly TailStep[] {
  if (isPassed(part)) return [];
  if (part.kind === 'opaque') return [{ kind: 'open' }];
  const isOpen =
    part.kind === 'match' ? classed(part, setting).kind === 'open' : isOpenStatement(part, setting);
  if (isOpen) return [{ kind: 'open' }];
  const told = toldOf(part, setting);
  borders.push(...told);
  const bits = [...told.keys()].reduce((all, one) => all | bitOf(one), 0);
  return [
    part.kind === 'match' ? { kind: 'condition', part, told: bits } : { kind: 'statement', part, told: bits },
  ];
}

function toldOf(part: Match | Statement, setting: Setting) {
  const { args, key } = part;
  const distinctions =
    part.kind === 'match'
      ? findMatch(key)?.distinguishes?.(args, setting.packet.context)
      : findStatement(key)?.distinguishes?.(args, setting.packet.context);
  return toldParts(distinctions ?? [], setting);
}
