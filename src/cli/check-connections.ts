// What `hookline conntrack check` does with each connection: filtered, counted, shown.
import type { DumpedEntry } from '../core/conntrack/dumped.ts';
import type { CheckedConnection, Checker } from '../core/conntrack-check/check.ts';
import type { Counts } from '../core/conntrack-check/counts.ts';
import { type Choice, isChosen } from '../core/conntrack-check/select.ts';
import { type Grouping, type Summary, summaryBuilder } from '../core/conntrack-check/summary.ts';
import { type Top, topOf } from '../core/conntrack-check/top.ts';
import type { Context } from './context.ts';
import { type Deletions, deleteConnections, deletions } from './delete-connections.ts';
import { readEntries } from './entries.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { wrongUsage } from './failure.ts';
import { openProgress } from './progress.ts';
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

type Listed = CheckedConnection<DumpedEntry>;

/** Checks all, shows those that are asked for. 1 if any of all does not fit; after a deletion if any stale one is left. */
export async function checkConnections(
  context: Context,
  path: string,
  check: Checker,
  options: CheckOptions,
): Promise<ExitCode> {
  const [all, asked] = [summaryBuilder(), summaryBuilder()];
  const rows = topOf<Listed>(options.limit ?? mostRows.connections, rankOf(options.sort));
  const plan = deletions(context);
  const progress = openProgress(context.err, 'connections');
  const broken = (lines: number) => {
    all.addBroken(lines);
    asked.addBroken(lines);
  };
  for await (const entry of readEntries(context, path, broken)) {
    const checked = check(entry);
    all.add(checked);
    progress.step();
    if (!isAskedFor(checked, options)) continue;
    asked.add(checked);
    take(context, checked, { options, rows, plan });
    await context.out.drained();
  }
  progress.end();
  if (options.delete) return deleteConnections(context, plan.listed(), options.yes === true);
  const totals = all.summary();
  if (!options.deletePlan) show(context, { options, rows, totals, asked: asked.summary() });
  return isFine(totals.totals) ? exitCode.done : exitCode.no;
}

function rankOf(sort: Sorting | undefined): ((checked: Listed) => number) | undefined {
  if (sort === 'bytes')
    return ({ entry: { counters } }) => (counters ? counters.original.bytes + counters.reply.bytes : 0);
  return sort === 'timeout' ? ({ entry: { timeout = 0 } }) => timeout : undefined;
}

function isAskedFor(checked: Listed, { only, delete: deleted, deletePlan }: CheckOptions): boolean {
  if ((deleted || deletePlan) && checked.admission !== 'stale') return false;
  return only.length === 0 || only.some((choice) => isChosen(checked, choice));
}

interface Taking {
  readonly options: CheckOptions;
  readonly rows: Top<Listed>;
  readonly plan: Deletions;
}

/** Shows a connection at once, or keeps it for later. */
function take(context: Context, checked: Listed, { options, rows, plan }: Taking): void {
  if (options.delete) plan.keep(checked.entry);
  else if (options.deletePlan) plan.print(checked.entry);
  else if (options.by !== undefined) return;
  else if (context.json) context.out.write(`${JSON.stringify(checkedToJson(checked))}\n`);
  else if (options.all) context.out.write(connectionLine(checked));
  else rows.add(checked);
}

interface Shown {
  readonly options: CheckOptions;
  readonly rows: Top<Listed>;
  /** Of all connections, and of those that were asked for. */
  readonly totals: Summary;
  readonly asked: Summary;
}

function show({ json, out }: Context, { options, rows, totals, asked }: Shown): void {
  const { by, sort, limit = mostRows.groups } = options;
  if (json) {
    if (by !== undefined)
      for (const group of sortedGroups(asked.by[by], sort))
        out.write(`${JSON.stringify(groupToJson(by, group))}\n`);
    out.write(`${JSON.stringify(summaryToJson(totals))}\n`);
  } else if (by !== undefined) {
    out.write(`${groupTable(by, asked.by[by], { sort, limit }, out)}${summaryText(totals, by !== 'rule')}`);
  } else {
    const shown = options.all ? '' : connectionTable(rows.items(), out);
    out.write(`${shown}${cutText(asked.totals, options, rows.items().length)}${summaryText(totals, true)}`);
  }
}

function cutText({ connections }: Counts, { all, only }: CheckOptions, shown: number): string {
  if (all || shown === connections) return '\n';
  const of = only.length > 0 ? ` that are ${only.join(' or ')}` : '';
  return `${shown} of ${connections} connections${of} are shown; --all has every one, --by groups them\n\n`;
}

function isFine({ stale, depends, drift }: Counts): boolean {
  return stale + depends + drift === 0;
}
