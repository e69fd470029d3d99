// Packets on both sides of every border that tuples of several fields draw: for trying out what a change would do.
import type { Field } from '../field/define.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { Injection } from '../packet/packet.ts';
import type { Selector } from './selector.ts';

/** Of more tuples the borders are not looked for. */
const mostTuples = 500;

/** Changed packets, and which fields no sender can set; `complete` is false where there are too many tuples. */
export interface Borders {
  readonly packets: readonly Injection[];
  readonly unset: readonly Field[];
  readonly complete: boolean;
}

/** For each tuple the packet that has it, and packets with a value at, or next to, an end of one of its parts. */
export function bordersOf(
  selectors: readonly Selector[],
  tuples: readonly (Tuple | 'any')[],
  injection: Injection,
): Borders {
  const fields = selectors.map(({ field }) => field);
  const known = tuples.filter((tuple) => tuple !== 'any').slice(0, mostTuples);
  return {
    packets: known.flatMap((tuple) => [
      ...having(fields, tuple, injection),
      ...besideAll(fields, tuple, injection),
    ]),
    unset: fields.filter(({ write }) => !write),
    complete: tuples.length <= mostTuples,
  };
}

function having(fields: readonly Field[], tuple: Tuple, injection: Injection): readonly Injection[] {
  let changed: Injection | undefined = injection;
  for (const [at, field] of fields.entries()) {
    const [value] = valuesOf(tuple[at], field);
    if (changed && field.write && value !== undefined) changed = field.write(changed, value);
  }
  return changed ? [changed] : [];
}

function besideAll(fields: readonly Field[], tuple: Tuple, injection: Injection): readonly Injection[] {
  return fields.flatMap((field, at) =>
    valuesOf(tuple[at], field).flatMap((value) => field.write?.(injection, value) ?? []),
  );
}

/** The first is inside. */
function valuesOf(atom: Atom | undefined, { type }: Field): readonly (bigint | string)[] {
  if (atom === undefined) return [];
  if (typeof atom === 'string') return [atom.replace(/\*$/, '0'), 'other0'];
  const limit = 1n << BigInt(type.width);
  return [atom.lo, atom.hi, atom.hi + 1n, atom.lo - 1n].filter((value) => value >= 0n && value < limit);
}
