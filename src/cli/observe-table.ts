// What `conntrack stats` looks at: files that were named, and this machine where none was.

import { readStatistics, type Statistics } from '../core/conntrack/statistics.ts';
import { type Composition, compositionBuilder } from '../core/conntrack-stats/composition.ts';
import type { Reading } from '../core/conntrack-stats/counters.ts';
import { type TableFacts, tableFacts } from '../core/conntrack-stats/facts.ts';
import type { Arrivals } from '../core/conntrack-stats/load.ts';
import { type PortUseBuilder, portUseBuilder, portUses } from '../core/conntrack-stats/port-use.ts';
import { type SourceRange, sourceRanges } from '../core/conntrack-stats/source-ranges.ts';
import type { Observed } from '../core/conntrack-stats/stats.ts';
import type { PolicyKind } from '../core/load.ts';
import { liveCounters, liveSysctl, liveUptime } from '../host/conntrack-facts.ts';
import { countNewConnections, type NewConnections } from '../host/new-connections.ts';
import { type Context, readPolicy } from './context.ts';
import { readEntries } from './entries.ts';
import { demand, wrongUsage } from './failure.ts';
import { findHost, readInForce } from './hosts.ts';

/** What was written; numbers still as text. */
export interface StatsWords {
  readonly interval?: string | undefined;
  readonly counters?: string | undefined;
  readonly earlierCounters?: string | undefined;
  readonly earlier?: string | undefined;
  readonly policy?: string | undefined;
  readonly rate?: string | undefined;
  readonly top: string;
  readonly from?: PolicyKind | undefined;
  readonly host: readonly string[];
  readonly on?: string | undefined;
}

/** Reads all that is asked for, and waits in between where it is to be measured. */
export async function observe(
  context: Context,
  path: string | undefined,
  words: StatsWords,
): Promise<Observed> {
  const interval = numberOf('--interval', words.interval);
  const rate = numberOf('--rate', words.rate);
  const top = numberOf('--top', words.top) ?? 10;
  const facts = await factsOf(context, path, words);
  const ranges = await rangesOf(context, words);
  const began = performance.now();
  const before = await earlierOf(context, path, words);
  const counted =
    isLive(path, words) && interval !== undefined ? await countNewConnections(interval) : undefined;
  const between = counted ? (performance.now() - began) / 1000 : interval;
  const now = path === undefined ? undefined : await readListing(context, path, facts);
  const counters = await countersNow(context, path, words);
  const ports = now && portUses(now.ports, portContext(ranges, before.ports, between), top);
  return {
    facts,
    counters: counters && readingOf(counters, before.counters, between),
    composition: now?.composition,
    arrivals: arrivalsOf(counted, now?.composition, rate),
    ports,
    rate,
  };
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw wrongUsage(`\`${option} ${text}\` is no number above 0`, 'write a number, such as 10');
}

/** Whether this machine is looked at: where the listing is its own, or where no file is named at all. */
function isLive(path: string | undefined, { counters, host }: StatsWords): boolean {
  return path === 'live' || (path === undefined && counters === undefined && host.length === 0);
}

async function factsOf(context: Context, path: string | undefined, words: StatsWords): Promise<TableFacts> {
  if (words.host.length > 0) {
    const { sysctls } = await findHost(context, words.host, words.on);
    return tableFacts((name) => sysctls.get(name));
  }
  if (!isLive(path, words)) return tableFacts(() => undefined);
  const uptime = liveUptime();
  return { ...tableFacts(liveSysctl), ...(uptime !== undefined && { uptime }) };
}

async function rangesOf(
  context: Context,
  { policy: path, from, on }: StatsWords,
): Promise<readonly SourceRange[]> {
  if (path === undefined) return [];
  const policy = await readPolicy(context, path, from);
  const isToChoose = policy.ownRules !== undefined;
  const { ruleSet } = isToChoose ? await readInForce(context, policy, { on }) : policy;
  return sourceRanges(ruleSet);
}

interface Earlier {
  readonly counters: Statistics | undefined;
  readonly ports: PortUseBuilder | undefined;
}

/** Of files, or of this machine before it is measured. */
async function earlierOf(context: Context, path: string | undefined, words: StatsWords): Promise<Earlier> {
  const measures = isLive(path, words) && words.interval !== undefined;
  const listing = words.earlier ?? (measures && path === 'live' ? path : undefined);
  return {
    counters: await earlierCounters(context, words, measures),
    ports: listing === undefined ? undefined : await readPorts(context, listing),
  };
}

async function earlierCounters(
  context: Context,
  { earlierCounters: file, counters }: StatsWords,
  measures: boolean,
): Promise<Statistics | undefined> {
  if (file !== undefined) return readCounters(context, file);
  return measures && counters === undefined
    ? demand(readStatistics(await liveCounters()), context.report)
    : undefined;
}

async function countersNow(
  context: Context,
  path: string | undefined,
  words: StatsWords,
): Promise<Statistics | undefined> {
  if (words.counters !== undefined) return readCounters(context, words.counters);
  return isLive(path, words) ? demand(readStatistics(await liveCounters()), context.report) : undefined;
}

async function readCounters({ read, report }: Context, file: string): Promise<Statistics> {
  const { value, diagnostics } = readStatistics(demand(await read(file), report).text);
  if (!value)
    throw wrongUsage(
      `\`${file}\` has no counters`,
      'name what `conntrack -S` printed, or /proc/net/stat/nf_conntrack',
    );
  report(diagnostics);
  return value;
}

function readingOf(now: Statistics, before: Statistics | undefined, interval: number | undefined): Reading {
  return { now, ...(before && interval !== undefined && { before: { statistics: before, interval } }) };
}

interface Listing {
  readonly composition: Composition;
  readonly ports: PortUseBuilder;
}

async function readListing(context: Context, path: string, { timeouts }: TableFacts): Promise<Listing> {
  const composition = compositionBuilder(timeouts);
  const ports = portUseBuilder();
  for await (const entry of readEntries(context, path)) {
    composition.add(entry);
    ports.add(entry);
  }
  return { composition: composition.composition(), ports };
}

async function readPorts(context: Context, path: string): Promise<PortUseBuilder> {
  const ports = portUseBuilder();
  for await (const entry of readEntries(context, path)) ports.add(entry);
  return ports;
}

function portContext(
  ranges: readonly SourceRange[],
  earlier: PortUseBuilder | undefined,
  interval: number | undefined,
) {
  return {
    ranges,
    ...(earlier && interval !== undefined && { earlier: { groups: earlier.groups, interval } }),
  };
}

/** Measured by events, else by ages, else what somebody says. */
function arrivalsOf(
  counted: NewConnections | undefined,
  composition: Composition | undefined,
  rate: number | undefined,
): Arrivals | undefined {
  if (counted) {
    const rates = [...counted.byProtocol].map(([name, number]) => [name, number / counted.seconds] as const);
    const byProtocol = new Map(rates);
    return { from: 'events', perSecond: sum(byProtocol), byProtocol, ...(counted.lost && { lost: true }) };
  }
  const byProtocol = composition?.arrivals;
  if (byProtocol) return { from: 'ages', perSecond: sum(byProtocol), byProtocol };
  return rate === undefined ? undefined : { from: 'given', perSecond: rate };
}

function sum(rates: ReadonlyMap<string, number>): number {
  return [...rates.values()].reduce((total, one) => total + one, 0);
}
