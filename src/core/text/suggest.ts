// Did you mean: the candidate nearest to a mistyped word.

/** More slips than this in one word are no slips, however long it is. */
const mostSlips = 10;

/** The candidate nearest to `word` if it is near enough to be what was meant; the first of equals. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = mostSlipsOf(word);
  const wanted = word.toLowerCase();
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const most = best ? best.distance - 1 : limit;
    if (most < 0) break;
    const distance = distanceWithin(wanted, candidate.toLowerCase(), most);
    if (distance !== undefined) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Whether the nearest candidate is no more than a slip away from the word, and all others are further away. */
export function isSolelyNearest(nearest: string, word: string, candidates: readonly string[]): boolean {
  const wanted = word.toLowerCase();
  const distance = distanceWithin(wanted, nearest.toLowerCase(), word.length < 6 ? 1 : 2);
  if (distance === undefined) return false;
  const others = candidates.filter((one) => one !== nearest);
  return others.every((other) => distanceWithin(wanted, other.toLowerCase(), distance) === undefined);
}

function mostSlipsOf(word: string): number {
  return Math.min(mostSlips, Math.max(1, Math.floor(word.length / 3)));
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment); undefined where they are more
 * than `most`. Only what is that near to the diagonal is looked at: a file may have thousands of unknown words.
 */
function distanceWithin(one: string, other: string, most: number): number | undefined {
  const [left, right] = withoutCommonEnds(one, other);
  if (Math.abs(left.length - right.length) > most) return undefined;
  const rows: Rows = { left, right, most, before: [], last: [], current: [] };
  for (let column = 0; column <= Math.min(most, right.length); column++) rows.last[column] = column;
  let leastBefore = 0;
  for (let row = 1; row <= left.length; row++) {
    const least = fillRow(rows, row);
    if (least > most && leastBefore > most) return undefined;
    leastBefore = least;
    [rows.before, rows.last, rows.current] = [rows.last, rows.current, rows.before];
  }
  const distance = rows.last[right.length] ?? most + 1;
  return distance <= most ? distance : undefined;
}

/** What both begin and end with makes no difference. */
function withoutCommonEnds(one: string, other: string): readonly [string, string] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return [one.slice(start, one.length - end), other.slice(start, other.length - end)];
}

/** The rows of the table of distances between the beginnings of two words; they are used again and again. */
interface Rows {
  readonly left: string;
  readonly right: string;
  readonly most: number;
  before: number[];
  last: number[];
  current: number[];
}

/** Fills the row as far as it matters; the least of it. */
function fillRow({ left, right, most, before, last, current }: Rows, row: number): number {
  const far = most + 1;
  const first = Math.max(1, row - most);
  const end = Math.min(right.length, row + most);
  let least = row - first < most ? row : far;
  current[first - 1] = least;
  if (last.length <= end) last[end] = far;
  for (let column = first; column <= end; column++) {
    const letter = left.charCodeAt(row - 1);
    const other = right.charCodeAt(column - 1);
    let distance = Math.min(last[column] ?? far, current[column - 1] ?? far) + 1;
    distance = Math.min(distance, (last[column - 1] ?? far) + (letter === other ? 0 : 1));
    const isSwapped =
      row > 1 && column > 1 && letter === right.charCodeAt(column - 2) && other === left.charCodeAt(row - 2);
    if (isSwapped) distance = Math.min(distance, (before[column - 2] ?? far) + 1);
    current[column] = distance;
    if (distance < least) least = distance;
  }
  return least;
}
