// What `conntrack watch --json` prints: each line by its `schema`.
import { z } from 'zod';
import { judged } from './connection.ts';

const count = z.number().int();

const rows = z
  .array(
    z.object({
      name: z.string(),
      connections: count,
      stale: count,
      rate: z.number().describe('new ones in a second'),
    }),
  )
  .readonly();

const logged = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('no-rules') }),
  z.object({ kind: z.literal('unreadable'), reason: z.string() }),
  z.object({
    kind: z.literal('counted'),
    rows: z
      .array(z.object({ name: z.string(), lines: count, rate: z.number().describe('in a second') }))
      .readonly(),
  }),
]);

/** An event; of new connections also what the policy says. */
export const watchEventLine = z
  .object({
    schema: z.literal('hookline.conntrack-event/1'),
    event: z.enum(['new', 'update', 'destroy']),
    time: z.number().optional().describe('seconds since 1970'),
    ...z.object(judged).partial().required({ entry: true }).shape,
  })
  .meta({ title: 'an event of hookline conntrack watch' });

/** What an interval ends with. */
export const watchLine = z
  .object({
    schema: z.literal('hookline.conntrack-watch/1'),
    time: z.string(),
    table: z.object({ count, max: count, buckets: count }).optional(),
    connections: count,
    stale: count,
    surviving: count,
    depends: count,
    drift: count,
    pending: count.describe('not yet held against the policy'),
    rates: z
      .object({ created: z.number(), destroyed: z.number(), updated: z.number() })
      .describe('events in a second'),
    byRule: rows,
    byHost: rows,
    newestStale: z
      .array(
        z.object({
          since: z.string(),
          entry: z.string(),
          survival: judged.survival,
          decidedBy: z.string(),
        }),
      )
      .readonly(),
    logged: logged.describe('lines in the log, by the rules that write them'),
    missed: z
      .object({ times: count, changes: count })
      .describe('how often events were lost, and what had changed'),
    broken: count.describe('lines that were not understood'),
  })
  .meta({ title: 'an interval of hookline conntrack watch' });
