// Where everything begins that tests draw by chance: one seed, so that a run draws what the run before drew, unless
// HOOKLINE_SEED says another.

const given = Number(process.env['HOOKLINE_SEED'] ?? 1);
if (!Number.isInteger(given)) throw new Error('HOOKLINE_SEED is no whole number, and not `random`');

/** The seed of this run. */
export const seed = given;

/** So many seeds, from that of this run on: for what is drawn by one number. */
export function seedsOfRun(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => seed + at);
}
