// The shapes of what is said about all packets at once.
import { z } from 'zod';

/** What the packets of a class have in common: text by the title of the column, any value where there is none. */
const cells = z.record(z.string(), z.string());

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
});
