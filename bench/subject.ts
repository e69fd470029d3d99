// hookline's side of the benchmarks, as a program: `subject.ts TASK FILE` does one task to the end.
import { readFileSync } from 'node:fs';
import { compile, loadPolicy, type Outcome, type PolicyKind, type RuleSet } from '../src/core/index.ts';

/** What is measured: from a text to a text, or to a rule set. */
const tasks = {
  'compile-nft': (text: string) => need(compile(load(text, 'hook'), 'nft')),
  'compile-iptables': (text: string) => need(compile(load(text, 'hook'), 'iptables')),
  'import-json': (text: string) => load(text, 'nft-json'),
  'import-save': (text: string) => load(text, 'iptables-save'),
} as const;

export type Task = keyof typeof tasks;

function load(text: string, kind: PolicyKind): RuleSet {
  return need(loadPolicy({ name: kind, text }, kind)).ruleSet;
}

/** A benchmark of something that was not done would be worth nothing. */
function need<T>({ value, diagnostics }: Outcome<T>): T {
  if (value === undefined) throw new Error(diagnostics.find((one) => one.severity === 'error')?.message);
  return value;
}

const [, , name = '', file = ''] = process.argv;
const task = Object.entries(tasks).find(([one]) => one === name)?.[1];
if (task === undefined) throw new RangeError(`no such task; there are ${Object.keys(tasks).join(', ')}`);
task(readFileSync(file, 'utf8'));
