// `npm run fuzz [-- --count N --seed N --jobs N --into FOLDER]`: a million changed policies and dumps, each compiled,
// formatted or refused as it must be. Writes the smallest input of every kind of failure; exits with 1 if there is one,
// with 2 if the arguments are wrong.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputOf } from './input.ts';
import { minimise, signatureOf } from './minimise.ts';
import { readOptions, usage } from './options.ts';
import { examineShare, type Failure, makeAsker } from './watch.ts';

const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(usage);
  process.exit();
}
if ('problem' in options) {
  console.error(`${options.problem}\n${usage}`);
  process.exit(2);
}
const { count, seed, jobs, into } = options;

/** The first failure of each kind, and how many there were. */
const failures = new Map<string, { readonly first: Failure; count: number }>();
const start = performance.now();
const progress = Array.from({ length: jobs }, () => 0);
let shown = 0;

function found(failure: Failure): void {
  const key = signatureOf(failure.problem);
  const known = failures.get(key);
  if (known) known.count++;
  else {
    failures.set(key, { first: failure, count: 1 });
    console.error(`\ninput ${failure.index}: ${failure.problem}`);
  }
}

function rate(done: number): string {
  return `${Math.round((done / (performance.now() - start)) * 1000)}/s`;
}

/** On a terminal always, elsewhere a line for every tenth. */
function show(): void {
  const done = progress.reduce((sum, index, from) => sum + Math.max(0, Math.ceil((index - from) / jobs)), 0);
  const line = `${done} of ${count}, ${rate(done)}, ${failures.size} kinds of failures`;
  const tenth = Math.floor((10 * done) / count);
  if (process.stderr.isTTY) process.stderr.write(`\r${line} `);
  else if (tenth > shown) console.error(line);
  shown = Math.max(shown, tenth);
}

async function share(from: number): Promise<void> {
  await examineShare(
    { seed, from, to: count, step: jobs },
    {
      found,
      progress: (index) => {
        progress[from] = index;
        show();
      },
    },
  );
}

/** Writes the smallest input that fails like this one. */
async function write({ index, problem }: Failure): Promise<void> {
  const asker = makeAsker();
  const { kind, bytes } = await minimise(inputOf(seed, index), problem, asker);
  await asker.close();
  mkdirSync(into, { recursive: true });
  const path = join(into, `${seed}-${index}.${kind}`);
  writeFileSync(path, bytes);
  console.log(`${path}: ${problem}\n`);
}

await Promise.all(progress.map((_, from) => share(from)));
console.log(
  `${process.stderr.isTTY ? '\n' : ''}${count} inputs, seed ${seed}, ${rate(count)}, ${failures.size} kinds of failures`,
);
for (const { first, count: times } of failures.values()) {
  console.log(`${times} times:`);
  await write(first);
}
process.exitCode = failures.size > 0 ? 1 : 0;
