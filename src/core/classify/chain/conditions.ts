// What a condition is for packets of one shape: the same for all of them, about one part alone, or something else. It is
// found by evaluating it on a packet that tells what is read of it, on one value between every two borders.
import type { AddressFamily } from '../../datatype/address.ts';
import type { Field } from '../../field/define.ts';
import type { Match } from '../../ir/ruleset.ts';
import type { EvaluationContext, MatchDefinition } from '../../match/define.ts';
import type { Distinction } from '../../match/distinction.ts';
import { findMatch } from '../../match/registry.ts';
import { changesOnTheWay, rangesOf } from '../asked.ts';
import { bordersOf } from '../borders.ts';
import type { PlainPart } from './columns.ts';
import {
  bitOf,
  elsewhere,
  isOrdered,
  type OrderedPart,
  orderedParts,
  type PartBits,
  partsIn,
  widthOf,
} from './part.ts';
import type { WatchedPacket } from './watched-packet.ts';

/** A condition on packets of a shape. */
export type Classed =
  | { readonly kind: 'always' | 'never' }
  /** Of an ordered part alone: whether it holds from each of these values on, ascending from 0. */
  | { readonly kind: 'ordered'; readonly part: OrderedPart; readonly pieces: readonly Piece[] }
  /** Of a plain part alone. */
  | { readonly kind: 'plain'; readonly part: PlainPart }
  /** Of several parts. */
  | { readonly kind: 'several' }
  /** It counts, changes on the way, or is not known: only a trace can tell. */
  | { readonly kind: 'open' };

export interface Piece {
  readonly from: bigint;
  readonly holds: boolean;
}

/** A packet of the shape, on which conditions are tried. */
export interface Setting {
  readonly family: AddressFamily;
  readonly packet: WatchedPacket;
}

/** Classes a condition. */
export function classed(match: Match, setting: Setting): Classed {
  const definition = definitionOf(match);
  if (isOpen(match, definition, setting.packet.context)) return { kind: 'open' };
  const { holds, read } = evaluated(match, setting);
  if (holds === undefined || (read & elsewhere) !== 0) return { kind: 'open' };
  if (read === 0) return { kind: holds ? 'always' : 'never' };
  const [part, ...others] = partsIn(read);
  if (part === undefined || others.length > 0) return { kind: 'several' };
  if (!isOrdered(part)) return { kind: 'plain', part };
  const pieces = piecesOf(match, part, setting);
  return pieces ? { kind: 'ordered', part, pieces } : { kind: 'open' };
}

/** Only a trace knows what was counted before and what has changed. */
function isOpen(match: Match, definition: MatchDefinition<unknown>, context: EvaluationContext): boolean {
  const isLimited = definition.sets(match.args).some((name) => context.isLimited?.(name));
  return (
    definition.stateful === true ||
    definition.knowledge !== undefined ||
    isLimited ||
    changesOnTheWay(match, context)
  );
}

/** Whether it holds for the packet as it is set, undefined where that is not plain; and what decided that. */
export function evaluated(match: Match, { packet }: Setting) {
  packet.taken();
  const { result } = definitionOf(match).evaluate(match.args, packet.context);
  return { holds: result === true || result === false ? result : undefined, read: packet.taken() };
}

/** The same of conditions that ask the same. */
export function textOf(match: Match): string {
  return definitionOf(match).write(match.args);
}

function definitionOf({ key }: Match): MatchDefinition<unknown> {
  const definition = findMatch(key);
  if (!definition) throw new Error(`no definition of \`${key}\``);
  return definition;
}

/** Undefined where the values that it tells apart are not told, or where it looks at more behind some of them. */
function piecesOf(match: Match, part: OrderedPart, setting: Setting): readonly Piece[] | undefined {
  const distinctions = definitionOf(match).distinguishes?.(match.args, setting.packet.context) ?? [];
  const borders = toldParts(distinctions, setting).get(part);
  if (!borders) return undefined;
  const pieces: Piece[] = [];
  for (const from of [0n, ...borders.toSorted(byValue)]) {
    setting.packet.set(part, from);
    const { holds, read } = evaluated(match, setting);
    if (holds === undefined || (read & ~bitOf(part)) !== 0) return undefined;
    if (pieces.at(-1)?.holds !== holds) pieces.push({ from, holds });
  }
  return pieces;
}

function byValue(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Below the part's own end; undefined where its values are told apart otherwise. */
function bordersIn(
  distinction: Distinction,
  part: OrderedPart,
  { family }: Setting,
): readonly bigint[] | undefined {
  const ranges = rangesOf(distinction);
  const width = widthOf(part, family);
  const borders = ranges && bordersOf(ranges, width === 128).values;
  return borders?.filter((border) => border < 1n << BigInt(width));
}

/** The ordered parts whose values distinctions tell apart by borders, and by nothing else; with the borders. */
export function toldParts(
  distinctions: readonly Distinction[],
  setting: Setting,
): ReadonlyMap<OrderedPart, readonly bigint[]> {
  const found = new Map<OrderedPart, readonly bigint[]>();
  let untold: PartBits = 0;
  for (const distinction of distinctions) {
    const part = orderedParts.find((one) => isPart(distinction.field, one, setting));
    const borders = part && bordersIn(distinction, part, setting);
    if (borders) found.set(part, [...(found.get(part) ?? []), ...borders]);
    else untold |= readBy(distinction.field, setting);
  }
  return new Map([...found].filter(([part]) => (bitOf(part) & untold) === 0));
}

function readBy(field: Field, { packet }: Setting): PartBits {
  packet.taken();
  field.read(packet.context.view);
  return packet.taken();
}

/** Whether the field is this part as it stands in the packet, and nothing else. */
function isPart(field: Field, part: OrderedPart, { packet }: Setting): boolean {
  return probes.every((value) => {
    packet.set(part, value);
    packet.taken();
    return field.read(packet.context.view) === value && packet.taken() === bitOf(part);
  });
}

const probes: readonly bigint[] = [7n, 9001n, 65_000n];
