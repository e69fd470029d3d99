// The shapes of what is said about all packets at once.
import { z } from 'zod';

/** What the packets of a class have in common: text by the title of the column, any value where there is none. */
const cells = z.record(z.string(), z.string());

/** What was not looked at to the end, as the time was over; what is said of all else holds. */
const missed = z.array(z.string());

const ending = {
  verdict: z.enum(['accept', 'drop', 'reject', 'queue', 'depends']),
  fate: z.enum(['delivered-local', 'forwarded', 'sent', 'dropped', 'rejected', 'queued', 'held', 'depends']),
};

/** `hookline query --json`. */
export const queryReport = z.strictObject({
  schema: z.literal('hookline.query/1'),
  classes: z.array(
    z.strictObject({
      /** They come in by an interface, or programs of the host send them. */
      direction: z.enum(['in', 'out']),
      ...ending,
      /** Why it is not known what becomes of them. */
      why: z.string().optional(),
      packets: cells,
      /** Conditions that nobody can tell and that it depends on, among the names in `packets`. */
      free: z.array(z.string()),
      deciding: z.array(z.string()),
      /** A packet spec. */
      example: z.string().optional(),
    }),
  ),
  /** What is taken for granted of all packets. */
  assumptions: z.array(z.string()),
  missed,
});

/** `hookline services --json`. */
export const servicesReport = z.strictObject({
  schema: z.literal('hookline.services/1'),
  services: z.array(
    z.strictObject({
      /** `tcp/22`. */
      service: z.string(),
      family: z.union([z.literal(4), z.literal(6)]),
      groups: z.array(
        z.strictObject({
          /** Prefixes. */
          addresses: z.array(z.string()),
          /** The groups that it may begin to talk to, counted from 0. */
          to: z.array(z.number()),
        }),
      ),
      /** The addresses that may reach the host itself. */
      here: z.array(z.string()),
      /** Conditions that nobody can tell; they count as letting packets pass. */
      free: z.array(z.string()),
      assumptions: z.array(z.string()),
    }),
  ),
  missed,
});

const side = z.strictObject({
  ...ending,
  /** Why the host itself refuses them. */
  reason: z.string().optional(),
  /** The interface that they leave by, where the host says it. */
  out: z.string().optional(),
  why: z.string().optional(),
  deciding: z.array(z.string()),
});

/** `hookline diff --json` of two policies. */
export const diffReport = z.strictObject({
  schema: z.literal('hookline.diff/1'),
  classes: z.array(
    z.strictObject({
      change: z.enum([
        'newly accepted',
        'newly dropped',
        'newly rejected',
        'differently stopped',
        'differently routed',
        'differently translated',
        'not known',
      ]),
      direction: z.enum(['in', 'out']),
      packets: cells,
      free: z.array(z.string()),
      before: side,
      after: side,
      /** A packet spec. */
      example: z.string().optional(),
    }),
  ),
  assumptions: z.array(z.string()),
  missed,
});
