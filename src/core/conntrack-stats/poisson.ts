// How many things that fall where chance lets them meet in one place.

/** The chance that a place has at least so many, where it has `mean` on average. */
export function poissonTail(mean: number, least: number): number {
  if (least <= 0) return 1;
  if (mean <= 0) return 0;
  let term = Math.exp(-mean + least * Math.log(mean) - logFactorial(least));
  let sum = term;
  // Behind the mean the terms get smaller; before it the sum goes over all that count.
  for (let k = least + 1; term > sum * 1e-17 || k <= mean; k++) {
    term *= mean / k;
    sum += term;
  }
  return Math.min(1, sum);
}

/** The most that one of so many places is expected to have: more is unlikelier than not. */
export function expectedLongest(mean: number, places: number): number {
  let longest = Math.floor(mean);
  while (places * poissonTail(mean, longest + 1) >= 0.5) longest++;
  return longest;
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
