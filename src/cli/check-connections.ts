// What `hookline conntrack check` does with each connection: filtered, counted, shown.
import type { DumpedEntry, EntryInLine } from '../core/conntrack/dumped.ts';
import type { Entry } from '../core/conntrack/entry.ts';
import type { Brief } from '../core/conntrack-check/brief.ts';
import { type CheckedConnection, type Checker, checkerOf } from '../core/conntrack-check/check.ts';
import type { Counts } from '../core/conntrack-check/counts.ts';
import { besideHelpers } from '../core/conntrack-check/expected.ts';
import { type Choice, isChosen } from '../core/conntrack-check/select.ts';
import { type Grouping, type Summary, summaryBuilder } from '../core/conntrack-check/summary.ts';
import { type Top, topOf } from '../core/conntrack-check/top.ts';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { visitChecked } from './checked-entries.ts';
import type { Context } from './context.ts';
import { type Deletions, deleteConnections, deletions } from './delete-connections.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { wrongUsage } from './failure.ts';
import { type Gathered, gathered } from './gathered.ts';
import type { RulesInForce } from './hosts.ts';
import { entryTest } from './matching.ts';
import { groupTable, groupToJson, sortedGroups } from './report/connection-groups.ts';
import {
  checkedToJson,
  connectionLine,
  connectionTable,
  summaryText,
  summaryToJson,
} from './report/connections.ts';

/** What can come first. */
export const sortings = ['connections', 'bytes', 'stale', 'drift', 'timeout'] as const;

export type Sorting = (typeof sortings)[number];

/** How connections are chosen and shown. */
export interface CheckOptions {
  readonly by?: Grouping | undefined;
  /** Any of them; all connections if there are none. */
  readonly only: readonly Choice[];
  /** In the words of `conntrack -L`: all others are passed over. */
  readonly match?: string | undefined;
  readonly sort?: Sorting | undefined;
  readonly limit?: number | undefined;
  readonly all?: true | undefined;
  readonly deletePlan?: true | undefined;
  readonly delete?: true | undefined;
  readonly yes?: true | undefined;
}

/** So many rows stand in a table: cli-table3 takes quadratic time, and nobody reads more. */
const mostRows = { connections: 300, groups: 40 } as const;

/** Ends the command where its options do not go together. */
export function refuseUnclear({ json, out }: Context, path: string, options: CheckOptions): void {
  const { by, sort, all, limit } = options;
  if (options.delete && path !== 'live')
    throw wrongUsage(
      '`--delete` deletes connections of this machine',
      'it goes with `live` only; `--delete-plan` prints the commands',
    );
  if (options.delete && !options.yes && !(out.interactive && process.stdin.isTTY))
    throw wrongUsage('there is no terminal to ask on', 'say `--yes` to delete without a question');
  if (options.yes && !options.delete)
    throw wrongUsage('`--yes` answers the question of `--delete` only', 'leave it out, or add `--delete`');
  if (by === undefined ? sort !== undefined && !isOfRows(sort) : sort === 'timeout')
    throw wrongUsage(
      by === undefined ? `connections have no \`${sort}\` to sort by` : 'groups have no `timeout` to sort by',
      by === undefined
        ? '`--sort bytes` and `--sort timeout` sort connections, the others groups: add `--by`'
        : undefined,
    );
  const streams = all || options.deletePlan || (json && by === undefined);
  if (streams && (sort !== undefined || limit !== undefined))
    throw wrongUsage(
      'what is written as it comes is neither sorted nor cut',
      'leave `--sort` and `--limit` out',
    );
}

function isOfRows(sort: Sorting): sort is 'bytes' | 'timeout' {
  return sort === 'bytes' || sort === 'timeout';
}

/** Checks all, shows those that are asked for. 1 if any of all does not fit; after a deletion if any stale one is left. */
export async function checkConnections(
  context: Context,
  path: string,
  policy: RulesInForce,
  options: CheckOptions,
): Promise<ExitCode> {
  const all = summaryBuilder(policy.zones);
  const asked = isOfAll(options) ? all : summaryBuilder(policy.zones);
  const rows = topOf<CheckedConnection<DumpedEntry>>(
    options.limit ?? mostRows.connections,
    rankOf(options.sort),
  );
  const taking: Taking = {
    context,
    options,
    rows,
    plan: deletions(context),
    lines: gathered(context.out),
    check: checkerOf(policy.ruleSet, policy.host),
  };
  const helpers = besideHelpers();
  const visitor = {
    connection: (brief: Brief, listed: () => DumpedEntry, inLine: () => EntryInLine) => {
      all.add(brief);
      helpers.add(brief);
      if (!isAskedFor(brief, options)) return;
      if (asked !== all) asked.add(brief);
      take(taking, brief, { listed, inLine });
    },
    broken: (lines: number) => all.addBroken(lines),
  };
  const isMatched = options.match === undefined ? undefined : entryTest(context, options.match);
  const isTold = await visitChecked(context, path, policy, visitor, isMatched);
  taking.lines.flush();
  if (!isTold && helpers.suspects() > 0) context.report([suspected(helpers.suspects())]);
  if (options.delete) return deleteConnections(context, taking.plan.listed(), options.yes === true);
  const totals = all.summary();
  if (!options.deletePlan) show(taking, totals, asked === all ? totals : asked.summary());
  return isFine(totals.totals) ? exitCode.done : exitCode.no;
}

function isOfAll({ only, delete: deleted, deletePlan }: CheckOptions): boolean {
  return only.length === 0 && !deleted && !deletePlan;
}

function rankOf(
  sort: Sorting | undefined,
): ((checked: CheckedConnection<DumpedEntry>) => number) | undefined {
  if (sort === 'bytes')
    return ({ entry: { counters } }) => (counters ? counters.original.bytes + counters.reply.bytes : 0);
  return sort === 'timeout' ? ({ entry: { timeout = 0 } }) => timeout : undefined;
}

function isAskedFor({ arrival, whole }: Brief, { only, delete: deleted, deletePlan }: CheckOptions): boolean {
  if ((deleted || deletePlan) && arrival.admission !== 'stale') return false;
  if (only.length === 0) return true;
  const checked = whole();
  return only.some((choice) => isChosen(checked, choice));
}

interface Taking {
  readonly context: Context;
  readonly options: CheckOptions;
  readonly rows: Top<CheckedConnection<DumpedEntry>>;
  readonly plan: Deletions;
  readonly lines: Gathered;
  readonly check: Checker;
}

/** The entry with more or less of what its line tells. */
interface Told {
  readonly listed: () => DumpedEntry;
  readonly inLine: () => EntryInLine;
}

/** Shows a connection at once, or keeps it for later. */
function take(
  { context, options, rows, plan, lines, check }: Taking,
  brief: Brief,
  { listed, inLine }: Told,
): void {
  const inFull = <Listed extends Entry>(entry: Listed) => brief.inFull(entry) ?? check(entry);
  if (options.delete) plan.keep(listed());
  else if (options.deletePlan) plan.print(listed());
  else if (options.by !== undefined) return;
  else if (context.json) lines.write(`${JSON.stringify(checkedToJson(inFull(inLine())))}\n`);
  else if (options.all) lines.write(connectionLine(inFull(inLine())));
  else if (rows.wants()) rows.add(inFull(listed()));
}

/** Adds of all connections, and of those that were asked for. */
function show({ context: { json, out }, options, rows }: Taking, totals: Summary, asked: Summary): void {
  const { by, sort, limit = mostRows.groups } = options;
  if (json) {
    if (by !== undefined)
      for (const group of sortedGroups(asked.by[by], sort))
        out.write(`${JSON.stringify(groupToJson(by, group))}\n`);
    out.write(`${JSON.stringify(summaryToJson(totals))}\n`);
  } else if (by !== undefined) {
    out.write(`${groupTable(by, asked.by[by], { sort, limit }, out)}${summaryText(totals, by !== 'rule')}`);
  } else {
    const shown = rows.items();
    const table = options.all ? '' : connectionTable(shown, out);
    out.write(`${table}${cutText(asked.totals, options, shown.length)}${summaryText(totals, true)}`);
  }
}

function cutText({ connections }: Counts, { all, only }: CheckOptions, shown: number): string {
  if (connections === 0) return '';
  if (all || shown === connections) return '\n';
  const of = only.length > 0 ? ` that are ${only.join(' or ')}` : '';
  return `${shown} of ${connections} connections${of} are shown; --all has every one, --by groups them\n\n`;
}

/** The kernel tells of its own connections which were expected; a listing does not. */
function suspected(connections: number): Diagnostic {
  return diagnostic(
    'HK7009',
    `${connections} of the stale connections may be related: their hosts also have a connection with a helper`,
    { help: '`conntrack -L -u EXPECTED` lists those that are; of `live` connections it is known' },
  );
}

function isFine({ stale, depends, drift }: Counts): boolean {
  return stale + depends + drift === 0;
}
