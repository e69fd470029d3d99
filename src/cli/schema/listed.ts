// What `conntrack list`, `conntrack translations` and `conntrack who` print as JSON: each line by its `schema`.
import { z } from 'zod';
import { endNames } from '../../core/translations/translation.ts';

const count = z.number().int();

const line = count.describe('of the input, from 1');

const tuple = z.object({
  source: z.string(),
  destination: z.string(),
  sport: count.optional(),
  dport: count.optional(),
  type: count.optional().describe('of ICMP, as are `code` and `id`'),
  code: count.optional(),
  id: count.optional(),
  sourceKey: count.optional().describe('of GRE'),
  destinationKey: count.optional(),
  packets: z.number().optional(),
  bytes: z.number().optional(),
});

const flags = z.array(z.string()).readonly().describe('UNREPLIED, ASSURED, OFFLOAD, HW_OFFLOAD');

const entry = z.object({
  line,
  family: z.enum(['ipv4', 'ipv6']),
  protocol: z.string(),
  timeout: count.optional().describe('seconds until it is forgotten'),
  state: z.string().optional(),
  original: tuple,
  reply: tuple,
  flags,
  mark: count.optional(),
  zone: z.object({ original: count, reply: count }),
  id: count.optional(),
  use: count.optional(),
  age: count.optional().describe('seconds since it began'),
  started: z.string().optional().describe('as printed, as is `stopped`'),
  stopped: z.string().optional(),
  startedAt: z.number().optional().describe('seconds since 1970, as is `stoppedAt`'),
  stoppedAt: z.number().optional(),
  helper: z.string().optional(),
  labels: z.string().optional(),
  secctx: z.string().optional(),
  secmark: count.optional(),
});

const expectation = z.object({
  line,
  protocol: z.string(),
  expected: tuple,
  master: tuple.optional().describe('the connection beside which it is expected'),
  timeout: count.optional(),
  helper: z.string().optional(),
  permanent: z.boolean().optional(),
  active: z.boolean(),
});

/** A connection in any form. */
export const entryLine = z
  .object({ schema: z.literal('hookline.entry/1'), ...entry.shape })
  .meta({ title: 'a connection of hookline conntrack list', description: 'What was not told is missing.' });

/** What is expected beside a connection. */
export const expectationLine = z
  .object({ schema: z.literal('hookline.expectation/1'), ...expectation.shape })
  .meta({ title: 'an expectation of hookline conntrack list' });

/** What happened to a connection or an expectation. */
export const eventLine = z
  .object({
    schema: z.literal('hookline.event/1'),
    line,
    type: z.enum(['new', 'update', 'destroy']),
    time: z.number().optional().describe('seconds since 1970'),
    userspace: z
      .object({ portId: count, program: z.string().optional() })
      .optional()
      .describe('the program that did it'),
    entry: entry.optional(),
    expectation: expectation.optional(),
  })
  .meta({ title: 'an event of hookline conntrack list' });

/** How much was listed. */
export const entriesLine = z
  .object({
    schema: z.literal('hookline.entries/1'),
    entries: count,
    expectations: count,
    events: count,
    broken: count.describe('lines that could not be read'),
  })
  .meta({ title: 'the sums of hookline conntrack list' });

const end = z.object({
  address: z.string(),
  port: count.optional().describe('or the identifier of ICMP'),
  among: z
    .array(count)
    .readonly()
    .optional()
    .describe('the first and the last port of those that it is drawn from'),
});

const [originalSource, modifiedSource, originalDestination, modifiedDestination] = endNames;

const ends = {
  protocol: z.string(),
  [originalSource]: end.describe('who began it'),
  [modifiedSource]: end.describe('as whom the other side sees it'),
  [originalDestination]: end.describe('what it was begun to'),
  [modifiedDestination]: end.describe('who answers'),
};

/** A connection by its four ends. */
export const translationLine = z
  .object({
    schema: z.literal('hookline.translation/1'),
    line,
    translated: z.boolean(),
    ...ends,
  })
  .meta({ title: 'a connection of hookline conntrack translations' });

/** How many there are. */
export const translationsLine = z
  .object({
    schema: z.literal('hookline.translations/1'),
    connections: count,
    translated: count,
    found: count.describe('that were asked for'),
  })
  .meta({ title: 'the sums of hookline conntrack translations' });

/** Who is behind a place. */
export const whoLine = z
  .object({
    schema: z.literal('hookline.who/1'),
    line,
    role: z.enum(['client', 'server', 'itself']),
    who: end,
    peer: end.describe('whom it talks to'),
    state: z.string().optional(),
    flags,
    secondsLeft: count.optional(),
    ...ends,
  })
  .meta({ title: 'a connection of hookline conntrack who' });
