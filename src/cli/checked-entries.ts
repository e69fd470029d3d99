// The connections of a listing, each held against a policy: a million of them, so each is only worked out as far as all
// of them are needed.
import { type CompactEntry, newCompactEntry } from '../core/conntrack/compact/compact-entry.ts';
import { compactOf, entryOf, inLine, listedOf } from '../core/conntrack/compact/convert.ts';
import type { DumpedEntry, EntryInLine } from '../core/conntrack/dumped.ts';
import type { Entry } from '../core/conntrack/entry.ts';
import { tupleKey } from '../core/conntrack/tuple.ts';
import { type Brief, briefOf, compactBriefs } from '../core/conntrack-check/brief.ts';
import { type CheckedConnection, checkerOf } from '../core/conntrack-check/check.ts';
import { compactCheckerOf } from '../core/conntrack-check/classes.ts';
import { expectedCheckerOf } from '../core/conntrack-check/expected.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import type { Host } from '../core/topology/host.ts';
import type { Context } from './context.ts';
import { decode, readExpected, visitEntries } from './entries.ts';

/** Who is told of each connection, in the order of the listing. */
interface Visitor {
  /** Without the texts of its line: `listed` tells what they say, and `told` only which line it was, both at once only. */
  readonly connection: (brief: Brief, listed: () => DumpedEntry, told: () => EntryInLine) => void;
  /** Told at the end: how many lines could not be read. */
  readonly broken: (lines: number) => void;
}

/** What connections are held against. */
export interface CheckedPolicy {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
}

/** Who is asked whether a connection is wanted; all are where absent. */
type Wanted = (entry: DumpedEntry) => boolean;

/** Tells all connections that are wanted. The result: whether it is known which of them were expected beside others. */
export async function visitChecked(
  context: Context,
  path: string,
  policy: CheckedPolicy,
  { connection, broken }: Visitor,
  isWanted?: Wanted,
): Promise<boolean> {
  const expected = await expectedOf(context, path);
  const check = briefChecker(policy, expected);
  await visitEach(context, path, {
    compact: (compact) => {
      const listed = () => listedOf(compact, decode);
      if (!isWanted || isWanted(listed())) {
        connection(check.compact(compact), listed, () => inLine(compact, decode));
      }
    },
    plain: (entry) => {
      if (!isWanted || isWanted(entry)) {
        const listed = () => entry;
        connection(check.plain(entry), listed, listed);
      }
    },
    broken,
  });
  return expected !== undefined;
}

/** Of `live` connections the kernel tells which were expected. */
async function expectedOf(context: Context, path: string): Promise<ReadonlySet<string> | undefined> {
  return path === 'live' ? readExpected(context) : undefined;
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
  const expected = await expectedOf(context, path);
  const [before, after] = [briefChecker(policies.before, expected), briefChecker(policies.after, expected)];
  await visitEach(context, path, {
    compact: (compact) => connection(before.compact(compact).whole(), after.compact(compact).whole()),
    plain: (entry) => connection(before.plain(entry).whole(), after.plain(entry).whole()),
    broken,
  });
}

async function visitEach(...[context, path, visitor]: Parameters<typeof visitEntries>): Promise<void> {
  for await (const entries of visitEntries(context, path, visitor))
    if (entries > 0) await context.out.drained();
}

/** Checks entries of either form. */
interface BriefChecker {
  readonly compact: (entry: CompactEntry) => Brief;
  readonly plain: (entry: DumpedEntry) => Brief;
}

function briefChecker(
  { ruleSet, host }: CheckedPolicy,
  expected: ReadonlySet<string> | undefined,
): BriefChecker {
  const briefly = compactBriefs(compactCheckerOf(ruleSet, host));
  const [fully, related] = [checkerOf(ruleSet, host), expectedCheckerOf(ruleSet, host)];
  const isAnyExpected = expected !== undefined && expected.size > 0;
  const isExpected = ({ original }: Entry) => isAnyExpected && expected.has(tupleKey(original));
  const record = newCompactEntry();
  return {
    compact: (compact) => {
      const entry = isAnyExpected ? entryOf(compact) : undefined;
      return entry && isExpected(entry) ? briefOf(related(entry)) : briefly(compact);
    },
    plain: (entry) => {
      if (isExpected(entry)) return briefOf(related(entry));
      const isSimple = entry.helper === undefined && compactOf(entry, record);
      return isSimple ? briefly(record) : briefOf(fully(entry));
    },
  };
}
