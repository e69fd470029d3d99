// The shape of what `hookline test --json` prints.
import { z } from 'zod';

const source = z.strictObject({ file: z.string(), line: z.number(), column: z.number() });

const claim = z.strictObject({
  /** As it is written. */
  claim: z.string(),
  source,
  /** `depends`: on what nobody can tell, or is not worked out; `unfinished`: the time was over. */
  outcome: z.enum(['holds', 'broken', 'depends', 'unfinished']),
  /** Whether any packet was found that meets the condition. */
  isMet: z.boolean(),
  /** It is known to hold for packets that come in, and for those of the host's own programs. */
  proved: z.array(z.enum(['in', 'out'])),
  /** Conditions that nobody can tell, and whether they have to hold for a packet to break it. */
  supposed: z.array(z.strictObject({ name: z.string(), holds: z.boolean().optional() })),
  /** Why it is not known of some packets how they end. */
  unknown: z.array(z.string()),
  /** What is taken for granted of packets. */
  assumptions: z.array(z.string()),
  /** A packet spec: it breaks the claim, or may. */
  packet: z.string().optional(),
  deciding: z.string().optional(),
  /** As `hookline trace --json` has it. */
  trace: z.record(z.string(), z.unknown()).optional(),
});

/** `hookline test --json`. */
export const testsReport = z.strictObject({
  schema: z.literal('hookline.tests/2'),
  passed: z.number(),
  failed: z.number(),
  notProved: z.number(),
  assertions: z.array(
    z.strictObject({
      title: z.string(),
      source,
      result: z.enum(['passed', 'failed', 'not proved']),
      claims: z.array(claim),
    }),
  ),
  tests: z.array(
    z.strictObject({
      title: z.string(),
      source,
      passed: z.boolean(),
      /** Up to the first that failed. */
      steps: z.array(
        z.strictObject({
          /** A packet spec; none where there was nothing to answer. */
          packet: z.string().optional(),
          source,
          verdict: z.string().optional(),
          deciding: z.string().optional(),
          failures: z.array(z.string()),
        }),
      ),
    }),
  ),
});
