// hookline's side of the benchmarks, as a program: `subject.ts TASK FILE` does one task to the end.
import { readFileSync } from 'node:fs';

/** What is measured: from a text to a text, or to a rule set. */
const tasks = ['compile-nft', 'compile-iptables', 'import-json', 'import-save'] as const;

export type Task = (typeof tasks)[number];

/** Throws if there is anything to complain of. */
async function perform(what: Task, text: string): Promise<void> {
  throw new Error(`\`${what}\` of ${text.length} characters: the library has no door for it`);
}

const task = tasks.find((name) => name === process.argv[2]);
if (task === undefined) throw new RangeError(`no such task; there are ${tasks.join(', ')}`);
await perform(task, readFileSync(process.argv[3] ?? '', 'utf8'));
