// Conntrack's counters: `conntrack -S` and /proc/net/stat/nf_conntrack, both one line for each processor.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import { parseDecimal } from './scan.ts';

/** Counters since the namespace began, by the names that `conntrack -S` has for them; each wraps at 2^32. */
export type Counters = Readonly<Record<string, number>>;

/** The counters of one processor. */
export interface CpuStatistics {
  /** Its number; in /proc/net/stat/nf_conntrack the place of its line, from 0. */
  readonly cpu: number;
  /** Also those that nobody knows yet, such as `unknown1`. */
  readonly counters: Counters;
}

/** What conntrack counted. */
export interface Statistics {
  readonly cpus: readonly CpuStatistics[];
  /** Connections in the table, which only /proc/net/stat/nf_conntrack tells. */
  readonly entries?: number;
}

/**
 * nf_conntrack_standalone.c: ct_cpu_seq_show prints some counters of newer kernels under the names of others that are
 * gone.
 */
const namesInProc: Readonly<Record<string, string>> = {
  clashres: 'clash_resolve',
  chainlength: 'chaintoolong',
  icmp_error: 'error',
};

/** The counters of a text in either form. Lines that are broken are HK7004 and left out; there is no value without one that is not. */
export function readStatistics(text: string): Outcome<Statistics> {
  const lines = text.split('\n').map((line) => line.trim());
  const heading = lines.findIndex((line) => /^entries\s/.test(line));
  const names = heading === -1 ? undefined : lines[heading]?.split(/\s+/);
  const rows = lines.flatMap((line, at) => (line === '' || at === heading ? [] : { line, number: at + 1 }));
  const read = rows.map(({ line, number }, at) => ({
    number,
    cpu: names ? procRow(line, names, at) : listedRow(line),
  }));
  const problems = read.flatMap(({ cpu, number }) => (cpu ? [] : malformed(number)));
  const cpus = read.flatMap(({ cpu }) => cpu ?? []);
  if (cpus.length === 0)
    return { value: undefined, diagnostics: problems.length > 0 ? problems : [malformed(1)] };
  return { value: names ? withoutEntries(cpus) : { cpus }, diagnostics: problems };
}

/** The sum over all processors, by name. */
export function totalOf({ cpus }: Statistics): Counters {
  const total: Record<string, number> = {};
  for (const { counters } of cpus)
    for (const [name, value] of Object.entries(counters)) total[name] = (total[name] ?? 0) + value;
  return total;
}

/** `cpu=0   	found=0 invalid=0 …` */
function listedRow(line: string): CpuStatistics | undefined {
  const pairs = line.split(/\s+/).map((word) => pairOf(word));
  const [first, ...rest] = pairs.filter((pair) => pair !== undefined);
  if (first?.[0] !== 'cpu' || rest.length + 1 < pairs.length) return undefined;
  return { cpu: first[1], counters: Object.fromEntries(rest) };
}

function pairOf(word: string): readonly [string, number] | undefined {
  const equals = word.indexOf('=');
  const value = equals > 0 ? parseDecimal(word, equals + 1) : undefined;
  return value === undefined ? undefined : [word.slice(0, equals), value];
}

/** Columns of eight hexadecimal digits under the names of the heading. */
function procRow(line: string, names: readonly string[], cpu: number): CpuStatistics | undefined {
  const words = line.split(/\s+/);
  if (words.length !== names.length || !words.every((word) => /^[0-9a-f]{1,8}$/.test(word))) return undefined;
  const pairs = names.map((name, at) => [namesInProc[name] ?? name, Number(`0x${words[at]}`)] as const);
  return { cpu, counters: Object.fromEntries(pairs) };
}

/** The number of entries is that of the whole table, and said again for each processor. */
function withoutEntries(cpus: readonly CpuStatistics[]): Statistics {
  const own = cpus.map(({ cpu, counters }) => ({ cpu, counters: without(counters, 'entries') }));
  const entries = cpus[0]?.counters['entries'];
  return { cpus: own, ...(entries !== undefined && { entries }) };
}

function without(counters: Counters, left: string): Counters {
  return Object.fromEntries(Object.entries(counters).filter(([name]) => name !== left));
}

function malformed(line: number): Diagnostic {
  return diagnostic('HK7004', `line ${line} has no counters of conntrack`, {
    help: 'expected lines as `conntrack -S` or /proc/net/stat/nf_conntrack has them',
  });
}
