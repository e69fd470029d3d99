// Sharing out lines of a screen.

/** How many of so many lines each gets: one at first, then in turns, until nobody wants more or none are left. */
export function shareOut(lines: number, wanted: readonly number[]): readonly number[] {
  const given = wanted.map(() => 0);
  let left = lines;
  while (left > 0) {
    const before = left;
    for (const [at, wish] of wanted.entries()) {
      const has = given[at] ?? 0;
      if (left === 0 || has >= wish) continue;
      given[at] = has + 1;
      left--;
    }
    if (left === before) break;
  }
  return given;
}
