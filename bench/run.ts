// `npm run bench [-- SIZE…]`: compiles and imports generated policies, and has the peers check the same rules.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { generatePolicy } from './generate.ts';
import { type Command, type Measurement, measure } from './measure.ts';
import type { Task } from './subject.ts';
import { type Language, writers } from './write.ts';

interface Job {
  readonly name: string;
  readonly language: Language;
  readonly command: (file: string) => Command;
  /** The job that this one is set against. */
  readonly peer?: string;
}

const jobs: readonly Job[] = [
  peer('nft -c -f', 'nft'),
  peer('nft -c -j -f', 'json'),
  peer('iptables-restore --test', 'save'),
  ours('compile --to nft', 'hook', 'compile-nft', 'nft -c -f'),
  ours('compile --to iptables', 'hook', 'compile-iptables', 'iptables-restore --test'),
  ours('import of nft JSON', 'json', 'import-json', 'nft -c -j -f'),
  ours('import of iptables-save', 'save', 'import-save', 'iptables-restore --test'),
];

/** In a network namespace of its own, so that the rules of this machine neither matter nor change. */
function peer(name: string, language: Language): Job {
  return { name, language, command: (file) => ['unshare', '--net', ...name.split(' '), file] };
}

function ours(name: string, language: Language, task: Task, against: string): Job {
  const subject = fileURLToPath(new URL('subject.ts', import.meta.url));
  return {
    name: `hookline ${name}`,
    language,
    command: (file) => [process.execPath, subject, task, file],
    peer: against,
  };
}

const seed = 1;
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1000, 10_000, 100_000];
const table = new Table({
  head: ['', 'rules', 'seconds', 'to peer', 'peak MiB', 'growth'],
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  style: { head: [], border: [] },
});
const folder = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
try {
  let smaller: Results = new Map();
  for (const size of sizes) smaller = await benchSize(size, smaller);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(table.toString());
console.log('seconds: whole process, best of up to three runs; growth: to the row of the size before');

type Results = ReadonlyMap<string, Measurement>;

async function benchSize(size: number, smaller: Results): Promise<Results> {
  const files = writeFiles(size);
  const results = new Map<string, Measurement>();
  for (const job of jobs) {
    const result = await tryMeasure(job, size, files[job.language]);
    if (result) results.set(job.name, result);
    table.push(row(job, size, results, smaller));
  }
  return results;
}

function writeFiles(size: number): Record<Language, string> {
  const policy = generatePolicy(size, seed);
  const write = (language: Language) => {
    const file = join(folder, `${size}.${language}`);
    writeFileSync(file, writers[language](policy));
    return file;
  };
  return { hook: write('hook'), nft: write('nft'), json: write('json'), save: write('save') };
}

async function tryMeasure(job: Job, size: number, file: string): Promise<Measurement | undefined> {
  console.error(`${job.name}, ${size} rules …`);
  try {
    return await measure(job.command(file));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function row(job: Job, size: number, results: Results, smaller: Results): string[] {
  const result = results.get(job.name);
  return [
    job.name,
    size.toLocaleString('en'),
    result ? result.seconds.toFixed(3) : '–',
    times(result, results.get(job.peer ?? '')),
    result ? result.peakMiB.toFixed(0) : '–',
    times(result, smaller.get(job.name)),
  ];
}

function times(result: Measurement | undefined, reference: Measurement | undefined): string {
  return result && reference ? `×${(result.seconds / reference.seconds).toFixed(2)}` : '';
}
