// Statements that keep a state: their own, or that of an object which they name.
import { z } from 'zod';
import { expression, type ObjectMap } from './expression.ts';
import { state } from './state.ts';
import { type Tagged, tagged } from './tagged.ts';

/** Chooses an object by what the packet has. */
const objectMap: z.ZodType<ObjectMap> = z.strictObject({
  map: z.strictObject({ key: expression, data: expression }),
});

/** The name of an object, or a map that chooses one. */
export const reference = z.union([z.string(), objectMap]);

/** The schema behind the key of each. */
export const stateful = {
  ...state,
  counter: z.union([state.counter, reference]),
  limit: z.union([state.limit, reference]),
  quota: z.union([state.quota, reference]),
};

/** A statement that a set may give to each of its elements. */
export type StatefulStatement = Tagged<typeof stateful>;

/** Validates one. */
export const statefulStatement: z.ZodType<StatefulStatement> = tagged('a stateful statement', stateful);
