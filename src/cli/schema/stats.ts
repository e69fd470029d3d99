// What `conntrack stats` prints as JSON.
import { z } from 'zod';

const count = z.number().int();

const level = z.enum(['bad', 'watch', 'fine', 'unknown']);

const texts = z.array(z.string()).readonly();

const byProtocol = z.record(z.string(), z.number());

const range = z.object({ lo: count, hi: count });

const pressure = z.object({
  level,
  count,
  max: count.optional(),
  fill: z.number().optional().describe('of `max`, from 0 to 1'),
  buckets: count.optional(),
  meanChain: z.number().optional().describe('connections in a chain, on average'),
  longestChain: z.number().optional().describe('of the chains that chance makes'),
  chainRefusal: z.number().optional().describe('the chance that a chain is too long for a new connection'),
  noRoom: z.number().optional().describe('the chance that a full table can give up nothing for a new one'),
  advice: texts,
});

const counter = z.object({
  name: z.string(),
  total: count,
  recent: count.optional().describe('in the interval'),
  perSecond: z.number().optional(),
  level,
  short: z.string(),
  meaning: z.string(),
  because: z.string().describe('why it has its level'),
  advice: texts,
  source: z.string().describe('where the kernel counts it'),
});

const counters = z.object({
  interval: z.number().optional().describe('seconds between both readings'),
  uptime: z.number().optional(),
  judged: z.array(counter).readonly(),
  causes: z
    .object({ full: count, taken: count, chain: count })
    .optional()
    .describe('of what was lost: the table full, the tuple taken, a chain too long'),
});

const composition = z.object({
  total: count,
  evictable: count.describe('not ASSURED: a full table may give them up'),
  states: z
    .array(
      z.object({
        protocol: z.string(),
        state: z.string(),
        count,
        sysctl: z.string().optional().describe('its timeout, behind `nf_conntrack_`'),
        seconds: z.number().optional(),
      }),
    )
    .readonly(),
  protocols: byProtocol,
  arrivals: byProtocol.optional().describe('new ones in a second'),
  freed: z
    .array(
      z.object({
        sysctl: z.string(),
        from: z.number(),
        to: z.number(),
        cost: z.string(),
        connections: count,
      }),
    )
    .readonly()
    .describe('what shorter timeouts would have freed by now'),
});

const load = z.object({
  arrivals: z
    .object({
      perSecond: z.number(),
      from: z.enum(['events', 'ages', 'given']),
      byProtocol: byProtocol.optional(),
      lost: z.literal(true).optional().describe('there are more: some were not told'),
    })
    .optional(),
  stays: z
    .array(z.object({ protocol: z.string(), perSecond: z.number(), connections: count, seconds: z.number() }))
    .readonly()
    .describe('how long connections stay'),
  kinds: z
    .array(
      z.object({
        what: z.string(),
        sysctl: z.string(),
        seconds: z.number(),
        atRate: z.number().optional(),
        fillsAt: z.number().optional().describe('so many in a second fill the table'),
      }),
    )
    .readonly(),
  sizeAtRate: z.number().optional(),
  rate: z.number().optional(),
});

const ports = z.object({
  protocol: z.string(),
  address: z.string().describe('the translated address'),
  destination: z.string(),
  range,
  rule: z.string().optional().describe('that gives the range'),
  taken: count,
  share: z.number().describe('of the range, from 0 to 1'),
  own: count.describe('taken by the machine itself'),
  closed: count.describe('closed connections of TCP'),
  refusal: z.number().describe('the chance that a new connection finds no port'),
  growth: z.number().optional().describe('in a second'),
  arrivals: z.number().optional().describe('in a second'),
  fullIn: z.number().optional().describe('seconds'),
  level,
});

/** What `hookline conntrack stats --json` prints. */
export const statsReport = z
  .object({
    schema: z.literal('hookline.conntrack-stats/1'),
    level: level.describe('the worst of all'),
    pressure: pressure.optional(),
    counters: counters.optional(),
    composition: composition.optional(),
    load,
    ports: z.array(ports).readonly().optional(),
    ownPorts: range.optional().describe('that connections of the machine itself draw from'),
  })
  .meta({
    title: 'hookline conntrack stats',
    description: 'Whether the table of connections is in trouble.',
  });
