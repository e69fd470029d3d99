// What `hookline snapshot` prints as JSON.
import { z } from 'zod';

const named = { part: z.string(), what: z.string().describe('for people') };

export const snapshotReport = z.object({
  schema: z.literal('hookline.snapshot/1'),
  file: z.string().optional().describe('where it was written; absent where nothing was'),
  takenAt: z.iso.datetime({ offset: true }),
  machine: z.object({
    hostname: z.string(),
    kernel: z.string(),
    tools: z.record(z.string(), z.string()).describe('the version of each program'),
  }),
  parts: z.array(z.object({ ...named, bytes: z.number().int().describe('before packing') })),
  missing: z
    .array(
      z.object({
        ...named,
        reason: z.enum(['not-installed', 'permission', 'not-told', 'timeout', 'failed']),
        message: z.string(),
      }),
    )
    .describe('what could not be read, and why'),
});
