// `npm run bench [-- WORD… SIZE…]`: measures every job, or those whose names have one of the words, at every size and prints
// one table.
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Table from 'cli-table3';
import { type Input, inputs, type Job, jobs, streams } from './jobs.ts';
import { commandFrom, type Measurement, measure } from './measure.ts';
import { trackedIn } from './tracked.ts';

const given = process.argv.slice(2);
const numbers = given.map(Number).filter((number) => !Number.isNaN(number));
const sizes = numbers.length > 0 ? numbers : [1000, 10_000, 100_000];
const words = given.filter((word) => Number.isNaN(Number(word)));
const chosen =
  words.length === 0 ? jobs : jobs.filter(({ name }) => words.some((word) => name.includes(word)));
const table = new Table({
  head: ['', 'size', 'CPU s', 'to peer', 'growth', 'per CPU s', 'wall s', 'peak MiB'],
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  style: { head: [], border: [] },
});
const results = new Map<string, Measurement>();
const folder = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
let failed = false;
try {
  for (const job of chosen) await benchJob(job);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(table.toString());
console.log(
  `whole processes, the best of up to three runs. Size 0 is the start-up alone; it is taken off for
growth, which is to the size before, and for the rate. CPU s: user and system.`,
);
for (const job of chosen) for (const line of [...limitLines(job), ...statedLines(job)]) console.log(line);
process.exitCode = failed ? 1 : 0;

/** One job at every size, first at none. */
async function benchJob(job: Job): Promise<void> {
  let smaller = 0;
  for (const size of [0, ...sizesOf(job)]) {
    console.error(`${job.name}, ${size} ${job.unit} …`);
    try {
      results.set(keyOf(job.name, size), await measureJob(job, size));
    } catch (error) {
      failed = true;
      console.error(error instanceof Error ? error.message : error);
    }
    table.push(row(job, size, smaller));
    smaller = size;
  }
}

function sizesOf({ smaller = 1, larger = 1, sizes: own }: Job): readonly number[] {
  if (own && numbers.length === 0) return own;
  return sizes.map((one) => Math.ceil((one * larger) / smaller));
}

function keyOf(name: string, size: number): string {
  return `${size} ${name}`;
}

/** Throws if not everything was done. */
async function measureJob(job: Job, size: number): Promise<Measurement> {
  using place = job.tracked && trackedIn(fileOf(job.tracked, size));
  const command = job.command((input) => fileOf(input, size), size);
  const measured = await measure(commandFrom([...(place?.words ?? []), ...command]));
  const done: unknown = job.done && JSON.parse(measured.output);
  if (!isDeepStrictEqual(done, job.done?.(size))) throw new Error(`did only ${measured.output}`);
  return measured;
}

function fileOf(input: Input, size: number): string {
  const file = join(folder, `${size}.${input}`);
  if (existsSync(file)) return file;
  const made = { ...inputs, ...streams }[input](size);
  if (typeof made !== 'string' && 'next' in made) writeStream(file, made);
  else writeInput(file, made);
  return file;
}

/** Some megabytes at once. */
function writeStream(file: string, lines: Iterable<string>): void {
  writeFileSync(file, '');
  let part = '';
  for (const line of lines) {
    part += line;
    if (part.length < 2 ** 22) continue;
    appendFileSync(file, part);
    part = '';
  }
  appendFileSync(file, part);
}

function writeInput(file: string, text: string | readonly string[]): void {
  const texts = typeof text === 'string' ? [] : text;
  const parts = texts.map((_, at) => `${file}.${at}`);
  for (const [at, part] of parts.entries()) writeFileSync(part, texts[at] ?? '');
  const lines = parts.map((part) => `include "${basename(part)}"\n`);
  writeFileSync(file, typeof text === 'string' ? text : lines.join(''));
}

function row(job: Job, size: number, smaller: number): string[] {
  const result = results.get(keyOf(job.name, size));
  const peer = results.get(keyOf(job.peer ?? '', size));
  const [begun, before] = [results.get(keyOf(job.name, 0)), results.get(keyOf(job.name, smaller))];
  const beyond = result && begun && size > 0 ? result.cpu - begun.cpu : undefined;
  const beyondBefore = before && begun && smaller > 0 ? before.cpu - begun.cpu : undefined;
  return [
    size === 0 ? job.name : '',
    `${size.toLocaleString('en')} ${job.unit}`,
    result?.cpu.toFixed(3) ?? 'failed',
    result && peer ? times(result.cpu, peer.cpu) : '',
    beyond && beyondBefore ? times(beyond, beyondBefore) : '',
    beyond ? Math.round(size / beyond).toLocaleString('en') : '',
    result?.wall.toFixed(3) ?? '',
    result?.peakMiB.toFixed(0) ?? '',
  ];
}

/** How a job with a limit keeps it at the largest size, and how it grows from the smallest. */
function limitLines(job: Job): readonly string[] {
  const { name, limit, peer = '' } = job;
  const first = Math.min(...sizesOf(job));
  const last = Math.max(...sizesOf(job));
  const [begun, small, large] = [0, first, last].map((size) => results.get(keyOf(name, size)));
  const other = results.get(keyOf(peer, last));
  if (!limit || !begun || !small || !large || !other) return [];
  const growth = (large.cpu - begun.cpu) / (small.cpu - begun.cpu);
  return [
    `${name}, ${last.toLocaleString('en')}:`,
    `  ${times(large.cpu, other.cpu)} the CPU time of ${peer} (at most ×${limit.timesPeer})`,
    `  ${large.peakMiB.toFixed(0)} MiB (at most ${limit.peakMiB})`,
    `  ×${growth.toFixed(1)} the CPU time of ${first.toLocaleString('en')}, for ×${last / first} as many`,
  ];
}

/** How a job compares with what somebody has stated, and how it grows between its sizes. */
function statedLines(job: Job): readonly string[] {
  const { name, unit, stated = [] } = job;
  const begun = results.get(keyOf(name, 0));
  return stated.flatMap(({ size, cpu, peakMiB, whose }) => {
    const result = results.get(keyOf(name, size));
    if (!result || !begun) return [];
    const memory = peakMiB === undefined ? '' : `; ${result.peakMiB.toFixed(0)} MiB of ${peakMiB}`;
    const beyond = result.cpu - begun.cpu;
    return [
      `${name}, ${size.toLocaleString('en')} ${unit}: ${result.cpu.toFixed(2)} CPU s, ${beyond.toFixed(2)} beyond the start-up;`,
      `  ${times(beyond, cpu)} of ${cpu} s, ${whose}${memory}`,
    ];
  });
}

function times(one: number, other: number): string {
  return `×${(one / other).toFixed(2)}`;
}
