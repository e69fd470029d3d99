// What a part of a rule asks about a packet, as questions about the components of its connection.
import type { AddressFamily } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Part } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import type { EvaluationContext, Lookups } from '../match/define.ts';
import { beforeMask, type Distinction } from '../match/distinction.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { type Borders, bordersOf } from './borders.ts';
import { isAddress } from './component.ts';
import { type Dimension, kindOfField } from './dimension.ts';

/** A dimension of the packet, or of a tuple of its connection, and what its values are told apart by. */
export interface Asked {
  readonly of: 'packet' | 'original' | 'reply';
  readonly dimension: Dimension;
  /** Absent: every value is told from every other. */
  readonly borders?: Borders;
}

/** All that a part asks about packets of a family; undefined where it does not say that. */
export function askedBy(
  part: Part,
  family: AddressFamily,
  context: EvaluationContext,
): readonly Asked[] | undefined {
  if (part.kind === 'opaque') return [];
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  if (definition?.knowledge === 'host') return [];
  const distinctions =
    part.kind === 'match'
      ? findMatch(part.key)?.distinguishes?.(part.args, context)
      : findStatement(part.key)?.distinguishes?.(part.args, context);
  if (!distinctions || changesOnTheWay(part, context)) return undefined;
  const asked = distinctions.map((one) => askedFor(one, family));
  return asked.includes(undefined) ? undefined : asked.flatMap((one) => one ?? []);
}

/** Sets that rules fill are not the same for every packet. */
export function changesOnTheWay(part: Part, lookups: Lookups): boolean {
  if (part.kind === 'opaque') return false;
  const sets = part.kind === 'match' ? findMatch(part.key)?.sets(part.args) : [];
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  const maps = definition?.maps?.(part.args) ?? [];
  const found = [
    ...(sets ?? []).map((name) => lookups.findSet(name)),
    ...maps.map(({ name }) => lookups.findMap(name)),
  ];
  return found.some((one) => one !== undefined && changesOf(one) !== undefined);
}

function askedFor(distinction: Distinction, family: AddressFamily): readonly Asked[] | undefined {
  const kind = kindOfField(distinction.field);
  if (kind.kind === 'untold') return undefined;
  if (kind.kind === 'other' || kind.kind === 'device') return [];
  const { dimension } = kind;
  if (isAddress(dimension) && distinction.field.type.width !== (family === 4 ? 32 : 128)) return [];
  const ranges = rangesOf(distinction);
  const borders = ranges && bordersOf(ranges, isAddress(dimension) && family === 6);
  return [{ of: kind.kind, dimension, ...(borders && { borders }) }];
}

/** The ranges that a field is compared with; undefined where they are none. */
export function rangesOf({ field, mask, values, bits }: Distinction): readonly Range[] | undefined {
  const ranges = values.flatMap((value) => {
    if (typeof value === 'string') return [];
    return mask === undefined ? [value] : [beforeMask(value, mask, field.type.width)];
  });
  return bits || ranges.includes(undefined) ? undefined : ranges.flatMap((range) => range ?? []);
}
