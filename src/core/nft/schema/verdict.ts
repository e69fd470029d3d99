// Verdicts, which are statements of a rule and values of a verdict map alike.
import { z } from 'zod';
import type { Tagged } from './tagged.ts';

const target = z.strictObject({ target: z.string() });

/** The schema behind the key of each verdict. */
export const verdict = {
  accept: z.null(),
  drop: z.null(),
  continue: z.null(),
  return: z.null(),
  jump: target,
  goto: target,
};

/** Where control goes. */
export type Verdict = Tagged<typeof verdict>;
