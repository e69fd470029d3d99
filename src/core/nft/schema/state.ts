// What statements with a state hold: in rules, and beside the elements of sets.
import { z } from 'zod';
import { integer } from './tagged.ts';

const unitOfBytes = z.enum(['bytes', 'kbytes', 'mbytes']).optional();
const unit = z.enum(['packets', 'bytes', 'kbytes', 'mbytes']).optional();

/** The schema behind the key of each. */
export const state = {
  /** Packets and bytes, or null for a fresh counter. */
  counter: z.union([z.null(), z.strictObject({ packets: integer.optional(), bytes: integer.optional() })]),
  limit: z.strictObject({
    rate: integer,
    /** `packets` where it is missing. */
    rate_unit: unit,
    /** nft takes any other word for a second. */
    per: z.enum(['second', 'minute', 'hour', 'day', 'week']),
    burst: integer.optional(),
    burst_unit: unit,
    /** Matches what is over the limit. */
    inv: z.boolean().optional(),
  }),
  quota: z.strictObject({
    val: integer,
    val_unit: unitOfBytes,
    used: integer.optional(),
    used_unit: unitOfBytes,
    inv: z.boolean().optional(),
  }),
  'ct count': z.strictObject({ val: integer, inv: z.boolean().optional() }),
  /** How long ago it last matched, in milliseconds (nft 1.0.9). */
  last: z.union([z.null(), z.strictObject({ used: integer })]),
};

/** As keys beside an element's value, of which any may be missing. */
export const elementState = {
  counter: state.counter.optional(),
  limit: state.limit.optional(),
  quota: state.quota.optional(),
  'ct count': state['ct count'].optional(),
  last: state.last.optional(),
};

type StateOf<Key extends keyof typeof state> = z.infer<(typeof state)[Key]>;

/** The state of an element. */
export type ElementState = { readonly [Key in keyof typeof state]?: StateOf<Key> | undefined };
