// The connections of a listing, each held against a policy: a million of them, so each is only worked out as far as all
// of them are needed.
import { type CompactEntry, newCompactEntry } from '../core/conntrack/compact/compact-entry.ts';
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
  policy: CheckedPolicy,
  { connection, broken }: Visitor,
): Promise<void> {
  const check = briefChecker(policy);
  await visitEach(context, path, {
    compact: (compact) => connection(check.compact(compact), () => listedOf(compact, decode)),
    plain: (entry) => connection(check.plain(entry), () => entry),
    broken,
  });
}

/** Who is told of each connection how it stands to two policies. */
interface ComparingVisitor {
  readonly connection: (before: CheckedConnection, after: CheckedConnection) => void;
  /** Told at the end: how many lines could not be read. */
  readonly broken: (lines: number) => void;
}

/** Tells all connections, each held against both. */
export async function visitCompared(
  context: Context,
  path: string,
  policies: { readonly before: CheckedPolicy; readonly after: CheckedPolicy },
  { connection, broken }: ComparingVisitor,
): Promise<void> {
  const [before, after] = [briefChecker(policies.before), briefChecker(policies.after)];
  await visitEach(context, path, {
    compact: (compact) => connection(before.compact(compact), after.compact(compact)),
    plain: (entry) => connection(before.plain(entry), after.plain(entry)),
    broken,
  });
}

async function visitEach(...[context, path, visitor]: Parameters<typeof visitEntries>): Promise<void> {
  for await (const entries of visitEntries(context, path, visitor))
    if (entries > 0) await context.out.drained();
}

/** Checks entries of either form. */
interface BriefChecker {
  readonly compact: (entry: CompactEntry) => CheckedConnection;
  readonly plain: (entry: DumpedEntry) => CheckedConnection;
}

function briefChecker({ ruleSet, host }: CheckedPolicy): BriefChecker {
  const [briefly, fully] = [compactCheckerOf(ruleSet, host), checkerOf(ruleSet, host)];
  const record = newCompactEntry();
  return {
    compact: (compact) => briefOf(briefly(compact), entryOf(compact)),
    plain: (entry) => {
      const isSimple = entry.helper === undefined && compactOf(entry, record);
      return isSimple ? briefOf(briefly(record), entry) : fully(entry);
    },
  };
}

function briefOf(checked: Checked, entry: Entry): CheckedConnection {
  return { ...checked, entry, translation: { verdict: checked.translation } };
}
