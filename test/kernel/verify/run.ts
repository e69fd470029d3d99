// `npm run verify:kernel -- --seed S --pairs N`: random rule sets and random packets through the real kernel, each compared
// with what the simulation says. Needs root. Exit code 0 if nothing differs and next to nothing was inconclusive.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coordinate } from './coordinate.ts';
import {
  type BlockResult,
  type Difference,
  passed,
  type RunState,
  runState,
  startOf,
  summary,
} from './result.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '100000' },
    jobs: { type: 'string', default: '2' },
    /** Where the state is kept; a run goes on from there. */
    resume: { type: 'string' },
    /** Where each difference is written to. */
    into: { type: 'string', default: 'kernel-differences' },
  },
});

const { resume, into } = values;
const begun = resume !== undefined && existsSync(resume) ? read(resume) : startOf(Number(values.seed));
const state = await coordinate(begun, { pairs: Number(values.pairs), jobs: Number(values.jobs), report });
process.stdout.write(`${summary(state)}\n`);
process.exitCode = passed(state) ? 0 : 1;

function read(file: string): RunState {
  return runState.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function report(now: RunState, { differences, reasons }: BlockResult): void {
  if (resume !== undefined) writeFileSync(resume, JSON.stringify(now));
  for (const one of differences) process.stdout.write(`differs: ${write(one)}\n`);
  for (const reason of reasons) process.stdout.write(`inconclusive: ${reason}\n`);
  if (now.blocks.length % 10 === 0) process.stdout.write(`${summary(now)}\n`);
}

/** The name of the file that says all of it. */
function write(one: Difference): string {
  mkdirSync(into, { recursive: true });
  const file = join(into, `${one.seed}-${one.index}.txt`);
  const sections = {
    again: `node test/kernel/verify/again.ts --seed ${one.seed} --case ${one.index}`,
    policy: one.policy,
    [`loaded by ${one.loader}`]: one.loaded,
    packets: one.history.join('\n'),
    kernel: one.kernel,
    simulation: one.simulation,
  };
  const text = Object.entries(sections).map(([title, body]) => `== ${title}\n${body.trimEnd()}\n`);
  writeFileSync(file, text.join('\n'));
  return file;
}
