// A format of cases: files of it are told by the fields of their first line.
import type { z } from 'zod';
import type { Result } from './cases.ts';

/** A format with the types of its cases behind it. */
export interface Format {
  readonly name: string;
  readonly fits: (first: unknown) => boolean;
  /** How each case that counts did. */
  readonly run: (cases: readonly unknown[]) => readonly Result[];
}

/** A format whose cases have a form; `run` gives nothing for a case that does not count. */
export function formatOf<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  run: (one: z.infer<Schema>, index: number) => Result | undefined,
): Format {
  return {
    name,
    fits: (first) => schema.safeParse(first).success,
    run: (cases) =>
      cases.flatMap((one, index) => {
        const result = run(schema.parse(one), index);
        return result ? [result] : [];
      }),
  };
}
