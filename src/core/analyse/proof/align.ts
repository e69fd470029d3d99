// Two lists of which long stretches are the same: what stands between those.

/** From `from` to before `to` in the one list, and likewise in the other. */
export interface Gap {
  readonly one: readonly [from: number, to: number];
  readonly other: readonly [from: number, to: number];
}

/** The gaps between what is the same, in order: none where the lists are the same. Near-linear in their lengths. */
export function gapsBetween(one: readonly string[], other: readonly string[]): readonly Gap[] {
  const gaps: Gap[] = [];
  const find = finderIn(other);
  let [at, there] = [0, 0];
  while (at < one.length || there < other.length) {
    if (at < one.length && one[at] === other[there]) {
      at++;
      there++;
      continue;
    }
    const [ahead, beyond] = nextSame(one, other, at, there, find);
    gaps.push({ one: [at, ahead], other: [there, beyond] });
    [at, there] = [ahead, beyond];
  }
  return gaps;
}

type Find = (item: string, from: number) => number | undefined;

/** The nearest places from here that are the same in both, or both ends. */
function nextSame(
  one: readonly string[],
  other: readonly string[],
  at: number,
  there: number,
  find: Find,
): readonly [number, number] {
  let nearest: readonly [number, number] = [one.length, other.length];
  let distance = one.length - at + other.length - there;
  for (let step = 0; at + step < one.length && step < distance; step++) {
    const found = find(one[at + step] ?? '', there);
    if (found === undefined || step + found - there >= distance) continue;
    nearest = [at + step, found];
    distance = step + found - there;
  }
  return nearest;
}

/** Finds the next place of an item; the places are worked out when they are first asked for. */
function finderIn(list: readonly string[]): Find {
  let places: Map<string, number[]> | undefined;
  return (item, from) => {
    places ??= placesIn(list);
    const all = places.get(item) ?? [];
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((all[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    return all[low];
  };
}

function placesIn(list: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, item] of list.entries()) {
    const known = places.get(item);
    if (known) known.push(at);
    else places.set(item, [at]);
  }
  return places;
}
