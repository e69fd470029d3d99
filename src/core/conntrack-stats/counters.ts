// Counters and what they mean for this machine: by what was counted between two readings, or since it began.
import { type Statistics, totalOf } from '../conntrack/statistics.ts';
import { counterKinds, type Harm } from './counter-kinds.ts';
import type { TableFacts } from './facts.ts';
import { roomyBuckets, roomyMaximum } from './pressure.ts';

/** What was read. */
export interface Reading {
  readonly now: Statistics;
  /** The same some seconds earlier, and these seconds. */
  readonly before?: { readonly statistics: Statistics; readonly interval: number };
}

/**
 * `bad`: something is lost now. `watch`: something was lost, or there is more than usual. `fine`: nothing to do.
 * `unknown`: a number without a time says nothing.
 */
export type Level = 'bad' | 'watch' | 'fine' | 'unknown';

/** One counter, judged. */
export interface JudgedCounter {
  readonly name: string;
  readonly total: number;
  /** How many came between the two readings. */
  readonly recent?: number;
  /** Of the readings, else the mean since the machine began. */
  readonly perSecond?: number;
  readonly level: Level;
  /** For one line, and at length. */
  readonly short: string;
  readonly meaning: string;
  /** Why it has its level. */
  readonly because: string;
  /** Empty where there is nothing to do. */
  readonly advice: readonly string[];
  readonly source: string;
}

/** All counters that were read and are known, the worst first as far as they can be. */
export function judgeCounters(reading: Reading, facts: TableFacts): readonly JudgedCounter[] {
  const totals = totalOf(reading.now);
  const recent = reading.before && countedSince(reading.before.statistics, reading.now);
  return Object.entries(counterKinds).flatMap(([name, kind]) => {
    const total = totals[name];
    if (total === undefined) return [];
    const measured = measure({ total, recent: recent?.(name), interval: reading.before?.interval }, facts);
    const { level, because } = judge(kind.harm, kind.notable ?? 0, measured);
    const isNotable = level === 'bad' || level === 'watch' || (level === 'unknown' && kind.harm === 'lost');
    const advice = isNotable ? kind.advice.map((text) => filled(text, facts)) : [];
    const { short, meaning, source } = kind;
    return [{ name, ...measured, level, because, advice, short, meaning, source }];
  });
}

/** What was counted between two readings: counters have 32 bits for each processor, and begin again at 0. */
export function countedSince(before: Statistics, now: Statistics): (name: string) => number {
  const earlier = new Map(before.cpus.map(({ cpu, counters }) => [cpu, counters]));
  return (name) =>
    now.cpus.reduce((sum, { cpu, counters }) => {
      const difference = (counters[name] ?? 0) - (earlier.get(cpu)?.[name] ?? 0);
      return sum + (difference < 0 ? difference + 2 ** 32 : difference);
    }, 0);
}

interface Measured {
  readonly total: number;
  readonly recent?: number;
  readonly perSecond?: number;
}

interface Counted {
  readonly total: number;
  readonly recent: number | undefined;
  readonly interval: number | undefined;
}

function measure({ total, recent, interval }: Counted, { uptime }: TableFacts): Measured {
  if (recent !== undefined && interval !== undefined) return { total, recent, perSecond: recent / interval };
  return uptime ? { total, perSecond: total / uptime } : { total };
}

interface Judgement {
  readonly level: Level;
  readonly because: string;
}

function judge(harm: Harm, notable: number, { total, recent, perSecond }: Measured): Judgement {
  if (harm === 'none') return { level: 'fine', because: 'no sign of trouble' };
  if (recent !== undefined && perSecond !== undefined) return judgeRate(harm, notable, recent, perSecond);
  if (total === 0) return { level: 'fine', because: 'never happened' };
  if (perSecond === undefined)
    return { level: 'unknown', because: 'a total without a time: measure with --interval 10' };
  if (harm === 'lost')
    return { level: 'watch', because: 'happened, not said when: measure with --interval 10' };
  return perSecond < notable
    ? { level: 'fine', because: 'few on average; --interval 10 tells of now' }
    : { level: 'watch', because: `more than ${notable}/s on average` };
}

function judgeRate(harm: Harm, notable: number, recent: number, perSecond: number): Judgement {
  if (recent === 0) return { level: 'fine', because: 'none in the time that was measured' };
  if (harm === 'lost') return { level: 'bad', because: 'lost while it was measured' };
  return perSecond < notable
    ? { level: 'fine', because: `fewer than ${notable}/s` }
    : { level: 'watch', because: `more than ${notable}/s` };
}

function filled(text: string, facts: TableFacts): string {
  return text.replace('{max}', String(roomyMaximum(facts))).replace('{buckets}', String(roomyBuckets(facts)));
}

/** What lay behind the packets that conntrack dropped. */
export interface DropCauses {
  /** The table was full (or there was no memory). */
  readonly full: number;
  /** The tuple was taken: no free port, or two first packets at once. */
  readonly taken: number;
  /** A chain was too long. */
  readonly chain: number;
}

/**
 * A refused tuple counts in `drop` and `insert_failed`, a chain in `insert_failed` and `chaintoolong`, a full table in
 * `drop` alone. Undefined where a counter is missing.
 */
export function dropCauses(counted: (name: string) => number | undefined): DropCauses | undefined {
  const [drop, failed, chain] = [counted('drop'), counted('insert_failed'), counted('chaintoolong')];
  if (drop === undefined || failed === undefined || chain === undefined) return undefined;
  const taken = Math.max(0, failed - chain);
  return { full: Math.max(0, drop - taken), taken, chain };
}
