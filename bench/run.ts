// `npm run bench [-- SIZE…]`: measures every job at every size and prints one table.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Table from 'cli-table3';
import { type Input, inputs, type Job, jobs } from './jobs.ts';
import { type Measurement, measure } from './measure.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1000, 10_000, 100_000];
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
  for (const job of jobs) await benchJob(job);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(table.toString());
console.log(
  `whole processes, the best of up to three runs. Size 0 is the start-up alone; it is taken off for
growth, which is to the size before, and for the rate. CPU s: user and system.`,
);
for (const job of jobs) for (const line of limitLines(job)) console.log(line);
process.exitCode = failed ? 1 : 0;

/** One job at every size, first at none. */
async function benchJob(job: Job): Promise<void> {
  let smaller = 0;
  for (const size of [0, ...sizes.map((one) => Math.ceil(one / (job.smaller ?? 1)))]) {
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

function keyOf(name: string, size: number): string {
  return `${size} ${name}`;
}

/** Throws if not everything was done. */
async function measureJob(job: Job, size: number): Promise<Measurement> {
  const measured = await measure(job.command((input) => fileOf(input, size)));
  const done: unknown = job.done && JSON.parse(measured.output);
  if (!isDeepStrictEqual(done, job.done?.(size))) throw new Error(`did only ${measured.output}`);
  return measured;
}

function fileOf(input: Input, size: number): string {
  const file = join(folder, `${size}.${input}`);
  if (!existsSync(file)) writeInput(file, inputs[input](size));
  return file;
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
function limitLines({ name, limit, peer = '' }: Job): readonly string[] {
  const first = Math.min(...sizes);
  const last = Math.max(...sizes);
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

function times(one: number, other: number): string {
  return `×${(one / other).toFixed(2)}`;
}
