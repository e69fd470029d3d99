// What `conntrack check`, `conntrack report` and `diff --conntrack` print as JSON: each line by its `schema`.
import { z } from 'zod';
import { fitnesses } from '../../core/conntrack-check/fitness.ts';
import { impactNames, impacts } from '../../core/conntrack-check/impact.ts';
import { groupings } from '../../core/conntrack-check/summary.ts';

const count = z.number().int();

const chain = { family: z.string(), table: z.string(), chain: z.string() };

/** Where a rule stands. */
export const rulePlace = {
  ...chain,
  rule: count.describe('its number in the chain, from 1'),
  index: count.describe('the same'),
  handle: count.optional().describe('the number that nft lists it by'),
  source: z
    .object({ file: z.string(), line: count, column: count })
    .optional()
    .describe('where it is written'),
};

/** What decided about a packet. */
export const deciding = z
  .union([
    z.object({ by: z.literal('rule'), ...rulePlace }),
    z.object({ by: z.literal('policy'), ...chain, rule: z.literal('policy') }),
  ])
  .describe('the rule, or the policy of the chain');

const counts = {
  connections: count,
  stale: count.describe('would not be admitted today'),
  surviving: count.describe('stale ones whose packets pass as those of a known connection'),
  depends: count.describe('one or the other by what is not known'),
  drift: count.describe('translated as no choice that the rules allow today'),
  bytes: z.number().describe('of both directions, of those that have counters'),
  counted: count.describe('how many have counters'),
};

/** What the policy says of a connection, as its own line and within an event have it. */
export const judged = {
  entry: z.string().describe('as it was listed'),
  admission: z.enum(['admitted', 'stale', 'depends']).describe('of its first packet, as a new one today'),
  survival: z.enum(['passes', 'cut', 'depends']).describe('of its packets, as those of a known connection'),
  fate: z
    .enum(['delivered-local', 'forwarded', 'sent', 'dropped', 'rejected', 'queued', 'held'])
    .describe('where its first packet ends'),
  deciding: deciding.optional(),
  reason: z.string().optional().describe('why the stack, and no rule, drops it'),
  from: z.string().optional().describe('the interface that it comes in by; `self` is this host'),
  to: z.string().optional().describe('the interface that it leaves by; `self` is this host'),
  fitness: z.enum(fitnesses).describe('whether its state fits'),
  quiet: count.optional().describe('seconds since its last packet'),
  translation: z.enum(['as-ruled', 'drift', 'unknown']),
  expected: z.string().optional().describe('the answers that the rules give'),
  translatedBy: z
    .array(z.union(deciding.options.map((one) => one.extend({ manip: z.enum(['source', 'destination']) }))))
    .readonly()
    .optional(),
};

/** A connection. */
export const connectionLine = z
  .object({ schema: z.literal('hookline.connection/1'), line: count, ...judged })
  .meta({ title: 'a connection of hookline conntrack check', description: 'What the policy says of it.' });

/** All connections together. */
export const connectionsLine = z
  .object({
    schema: z.literal('hookline.connections/1'),
    total: count,
    ...z.object(counts).omit({ connections: true }).shape,
    broken: count.describe('lines that could not be read'),
    byRule: z.record(z.string(), count).describe('connections by what decides'),
  })
  .meta({ title: 'the sums of hookline conntrack check and hookline conntrack report' });

/** Connections that have something in common. */
export const groupLine = z
  .object({
    schema: z.literal('hookline.connection-group/1'),
    by: z.enum(groupings),
    name: z.string(),
    ...counts,
  })
  .meta({ title: 'a group of hookline conntrack check --by' });

const impactText = impactNames.map((name) => `${name}: ${impacts[name]}`).join('; ');

/** Connections to which the same happens. */
export const impactGroupLine = z
  .object({
    schema: z.literal('hookline.impact-group/1'),
    impact: z.enum(impactNames).describe(impactText),
    service: z.string().describe('such as `tcp 443`'),
    before: z.string().describe('what decided about the first packet'),
    after: z.string().describe('what will'),
    example: z.string().describe('one of them'),
    ...counts,
  })
  .meta({ title: 'a group of hookline diff --conntrack' });

/** What a change of policy does to all. */
export const impactsLine = z
  .object({
    schema: z.literal('hookline.impacts/1'),
    connections: count,
    broken: count.describe('lines that could not be read'),
    totals: z.object({
      cut: z.object(counts),
      surviving: z.object(counts),
      retranslated: z.object(counts),
      undecided: z.object(counts),
      opened: z.object(counts),
    }),
    others: z.object(counts).describe('in no group, as there were too many'),
  })
  .meta({ title: 'the sums of hookline diff --conntrack' });
