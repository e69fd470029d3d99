// Running something once for every answer to the choices that it asks for.

/** Chooses one of so many. */
export type Choose = (count: number) => number;

/** A choice among so many is one of any number between two borders, not of a value that somebody wrote. */
const numbers = 2 ** 31;

/** The results, of so many at the most; `complete` is false where there were more. */
export function everyChoice<Result>(
  run: (choose: Choose) => Result,
  most: number,
): { readonly results: readonly Result[]; readonly complete: boolean } {
  const picked: { at: number; readonly count: number }[] = [];
  const results: Result[] = [];
  do {
    let asked = 0;
    results.push(
      run((count) => {
        const place = asked++;
        // The second one, which is inside.
        if (count >= numbers) return 1;
        const choice = picked[place] ?? { at: 0, count };
        picked[place] = choice;
        return choice.at;
      }),
    );
  } while (results.length < most && advance(picked));
  return { results, complete: picked.length === 0 };
}

/** Moves on to the next combination: the last choice that has a further answer takes it. */
function advance(picked: { at: number; readonly count: number }[]): boolean {
  while (picked.length > 0) {
    const last = picked.at(-1);
    if (last && ++last.at < last.count) return true;
    picked.pop();
  }
  return false;
}
