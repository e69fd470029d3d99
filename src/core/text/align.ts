// Two texts side by side: the lines that both have stand next to each other.

/** A row: a line of both texts, of one of them, or two that take each other's place. */
export interface AlignedRow {
  readonly left?: string | undefined;
  readonly right?: string | undefined;
  readonly same: boolean;
}

/** Puts the most lines that are the same, in order, next to each other. */
export function alignLines(left: readonly string[], right: readonly string[]): readonly AlignedRow[] {
  const rows: AlignedRow[] = [];
  let [at, other] = [0, 0];
  for (const [nextAt, nextOther] of [...sameLines(left, right), [left.length, right.length] as const]) {
    rows.push(...opposite(left.slice(at, nextAt), right.slice(other, nextOther)));
    const line = left[nextAt];
    if (line !== undefined) rows.push({ left: line, right: line, same: true });
    [at, other] = [nextAt + 1, nextOther + 1];
  }
  return rows;
}

/** How many lines are the same in order, which tells how near two texts are. */
export function countSameLines(left: readonly string[], right: readonly string[]): number {
  return sameLines(left, right).length;
}

function opposite(left: readonly string[], right: readonly string[]): readonly AlignedRow[] {
  const count = Math.max(left.length, right.length);
  return Array.from({ length: count }, (_, at) => ({ left: left[at], right: right[at], same: false }));
}

/** The places of a longest common subsequence. */
function sameLines(
  left: readonly string[],
  right: readonly string[],
): readonly (readonly [number, number])[] {
  const lengths = commonLengths(left, right);
  const places: (readonly [number, number])[] = [];
  let [at, other] = [0, 0];
  while (at < left.length && other < right.length) {
    if (left[at] === right[other]) places.push([at++, other++]);
    else if (lengthAt(lengths, at + 1, other) >= lengthAt(lengths, at, other + 1)) at++;
    else other++;
  }
  return places;
}

/** How many lines are the same at most, from each pair of places on. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly (readonly number[])[] {
  const lengths: number[][] = left.map(() => []);
  for (let at = left.length - 1; at >= 0; at--) {
    const row = lengths[at] ?? [];
    for (let other = right.length - 1; other >= 0; other--)
      row[other] =
        left[at] === right[other]
          ? lengthAt(lengths, at + 1, other + 1) + 1
          : Math.max(lengthAt(lengths, at + 1, other), lengthAt(lengths, at, other + 1));
  }
  return lengths;
}

function lengthAt(lengths: readonly (readonly number[])[], at: number, other: number): number {
  return lengths[at]?.[other] ?? 0;
}
