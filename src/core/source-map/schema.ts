// The side file of `compile --source-map`: for every rule of a text the line of the policy that caused it. Its version
// is in `schema`; docs/source-map.md describes it.
import { z } from 'zod';
import { backEndNames } from '../compile.ts';
import { diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Source } from '../text/source.ts';

const place = z.strictObject({
  /** As it was named to the compiler. */
  file: z.string(),
  /** Both from 1; the column in UTF-16 units. */
  line: z.int().min(1),
  column: z.int().min(1),
  /** The whole line, as it was then. */
  source: z.string(),
});

/** Where a rule comes from. */
const origin = {
  /** The number of the rule that it says: rules of any target with the same number say it together. */
  rule: z.int().min(1),
  place: place.optional(),
  /** Definitions that were called on the way, from the outermost one, each with the line in it that led on. */
  calls: z.array(z.strictObject({ name: z.string(), place })).optional(),
} as const;

const mappedRule = z.strictObject({
  family: z.enum(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']),
  table: z.string(),
  chain: z.string(),
  /** From 1 in its chain. */
  index: z.int().min(1),
  text: z.string(),
  ...origin,
  /** Where it stands for several rules of the policy: those behind the first one. */
  also: z.array(z.strictObject(origin)).optional(),
});

const target = z.strictObject({
  backEnd: z.enum(backEndNames),
  /** All of what was compiled. */
  text: z.string(),
  rules: z.array(mappedRule),
});

/** The whole file. */
export const sourceMapSchema = z.strictObject({
  schema: z.literal('hookline.source-map/1'),
  policy: z.string(),
  targets: z.array(target),
});

export type SourceMap = z.infer<typeof sourceMapSchema>;
export type MappedTarget = z.infer<typeof target>;
export type MappedRule = z.infer<typeof mappedRule>;
export type MappedOrigin = NonNullable<MappedRule['also']>[number];
export type MappedPlace = z.infer<typeof place>;

/** Reads such a file. */
export function readSourceMap(source: Source): Outcome<SourceMap> {
  const parsed = sourceMapSchema.safeParse(jsonOf(source.text));
  if (parsed.success) return { value: parsed.data, diagnostics: [] };
  const [issue] = parsed.error.issues;
  const where =
    issue && issue.path.length > 0 ? `at \`${issue.path.join('.')}\`: ${issue.message}` : 'no JSON';
  const problem = diagnostic('HK0020', `\`${source.name}\` is no source map: ${where}`, {
    span: { source, start: 0, end: 0 },
    help: '`hookline compile policy.hook --to all -o build --source-map FILE` writes one',
  });
  return { value: undefined, diagnostics: [problem] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
