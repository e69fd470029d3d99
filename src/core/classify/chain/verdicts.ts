// What became of many packets in a chain, one typed array for each part of the answers.

/** A row for each packet. */
export interface Verdicts {
  /** Of `chainVerdicts`, by its place there. */
  readonly verdict: Uint8Array;
  /** The number of the chain whose rule or policy decided. */
  readonly chain: Uint32Array;
  /** The rule that decided, from 1; 0 for the policy, -1 where that depends on what is not known. */
  readonly rule: Int32Array;
}

/** All that a base chain may say of a packet; `depends` on what is not known. */
export const chainVerdicts = ['accept', 'drop', 'queue', 'reject', 'nat', 'depends'] as const;

export type ChainVerdict = (typeof chainVerdicts)[number];

/** Room for the verdicts on so many packets. */
export function newVerdicts(rows: number): Verdicts {
  return { verdict: new Uint8Array(rows), chain: new Uint32Array(rows), rule: new Int32Array(rows) };
}
