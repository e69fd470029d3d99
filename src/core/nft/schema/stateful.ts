// Statements that keep a state: in rules, and beside the elements of sets.
import { z } from 'zod';
import { objectMap } from './expression.ts';
import { anyJson, integer, type Tagged, tagged } from './tagged.ts';

/** The name of an object, or a map that chooses one. */
export const reference = z.union([z.string(), objectMap]);

/** Packets and bytes, a counter object, or null for a fresh counter. */
const counter = z.union([
  z.null(),
  reference,
  z.strictObject({ packets: integer.optional(), bytes: integer.optional() }),
]);

const limit = z.union([
  reference,
  z.strictObject({
    rate: integer,
    /** `packets` where it is missing, else a unit of bytes. */
    rate_unit: z.string().optional(),
    per: z.string().optional(),
    burst: integer.optional(),
    burst_unit: z.string().optional(),
    /** Matches what is over the limit. */
    inv: z.boolean().optional(),
  }),
]);

const quota = z.union([
  reference,
  z.strictObject({
    val: integer,
    val_unit: z.string().optional(),
    used: integer.optional(),
    used_unit: z.string().optional(),
    inv: z.boolean().optional(),
  }),
]);

/** The schema behind the key of each. */
export const stateful = {
  counter,
  limit,
  quota,
  'ct count': z.strictObject({ val: integer, inv: z.boolean().optional() }),
  /** Since nft 1.0.9: how long ago it last matched. */
  last: anyJson,
};

/** A statement that an element of a set may have. */
export type StatefulStatement = Tagged<typeof stateful>;

/** Validates one. */
export const statefulStatement: z.ZodType<StatefulStatement> = tagged('a stateful statement', stateful);
