// The connections of a listing, each held against a policy: a million of them, so each is only worked out as far as all
// of them are needed.
import { newCompactEntry } from '../core/conntrack/compact/compact-entry.ts';
import { compactOf, entryOf, listedOf } from '../core/conntrack/compact/convert.ts';
import type { DumpedEntry } from '../core/conntrack/dumped.ts';
import type { Entry } from '../core/conntrack/entry.ts';
import { type CheckedConnection, checkerOf } from '../core/conntrack-check/check.ts';
import { type Checked, compactCheckerOf } from '../core/conntrack-check/classes.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import type { Host } from '../core/topology/host.ts';
import type { Context } from './context.ts';
import { decode, visitEntries } from './entries.ts';

/** Who is told of each connection, in the order of the listing. */
interface Visitor {
  /** Without the texts of its line, and without what its translation should be; `listed` tells the line, at once only. */
  readonly connection: (brief: CheckedConnection, listed: () => DumpedEntry) => void;
  /** Told at the end: how many lines could not be read. */
  readonly broken: (lines: number) => void;
}

/** What connections are held against. */
export interface CheckedPolicy {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
}

/** Tells all connections. */
export async function visitChecked(
  context: Context,
  path: string,
  { ruleSet, host }: CheckedPolicy,
  { connection, broken }: Visitor,
): Promise<void> {
  const [briefly, fully] = [compactCheckerOf(ruleSet, host), checkerOf(ruleSet, host)];
  const record = newCompactEntry();
  const reading = visitEntries(context, path, {
    compact: (compact) =>
      connection(briefOf(briefly(compact), entryOf(compact)), () => listedOf(compact, decode)),
    plain: (entry) => {
      const isSimple = entry.helper === undefined && compactOf(entry, record);
      connection(isSimple ? briefOf(briefly(record), entry) : fully(entry), () => entry);
    },
    broken,
  });
  for await (const entries of reading) if (entries > 0) await context.out.drained();
}

function briefOf(checked: Checked, entry: Entry): CheckedConnection {
  return { ...checked, entry, translation: { verdict: checked.translation } };
}
