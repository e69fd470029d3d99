// What `hookline check` says of rules beyond what makes them invalid, and the options that choose of it.
import { Option } from '@commander-js/extra-typings';
import type { Budget } from '../core/analyse/lint/budget.ts';
import type { Session } from '../core/analyse/lint/define.ts';
import { type LintChoice, lint } from '../core/analyse/lint/lint.ts';
import { findings } from '../core/analyse/lint/registry.ts';
import { lintSubjects } from '../core/analyse/lint/subjects.ts';
import type { AddressFamily } from '../core/datatype/address.ts';
import { type Diagnostic, withoutRepeats } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import type { Policy } from '../core/ir/policy.ts';
import type { PolicyKind } from '../core/load.ts';
import { wrongUsage } from './failure.ts';

/** What a command line says of findings. */
export interface LintWords extends LintChoice {
  /** False for `--no-lint`. */
  readonly lint?: boolean | undefined;
  readonly deny?: 'warnings' | undefined;
  readonly sshFrom?: string | undefined;
  readonly timeLimit?: number | undefined;
}

export const onlyOption = new Option(
  '--only <findings>',
  'look for these findings only, by codes or names with commas between them',
).argParser<readonly string[]>(splitNames);

export const ignoreOption = new Option('--ignore <findings>', 'leave these findings out').argParser<
  readonly string[]
>(splitNames);

function splitNames(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((word) => word.trim())];
}

export const severityOption = new Option(
  '--severity <least>',
  'show findings from this severity on; warning, unless --only names some',
).choices(['note', 'warning', 'error'] as const);

export const denyOption = new Option('--deny <what>', 'exit with 1 if there is a warning').choices([
  'warnings',
] as const);

export const sshOption = new Option(
  '--ssh-from <address>',
  'from where the host is administered: an error if new connections by SSH from there are dropped',
);

export const timeOption = new Option(
  '--time-limit <seconds>',
  'look no longer at what all packets do to the rules of a file',
)
  .default(60)
  .argParser(secondsOf);

/** A number of seconds of the command line. */
export function secondsOf(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text))
    throw wrongUsage(`\`${text}\` is no number of seconds`, 'for example `--time-limit 30`');
  return Number(text);
}

/** What is known beside a policy. */
export interface Beside {
  /** What reading it said. */
  readonly said: readonly Diagnostic[];
  readonly session?: Session | undefined;
  readonly budget?: Budget | undefined;
}

/** So many seconds from now on; every rule is a step of the progress. */
export function budgetOf(seconds: number, step: () => void): Budget {
  const end = Date.now() + seconds * 1000;
  return { isOver: () => Date.now() >= end, step };
}

/** Findings about a policy that is valid. */
export function lintPolicy(
  policy: Policy,
  kind: PolicyKind,
  words: LintWords,
  { said, session, budget }: Beside,
): readonly Diagnostic[] {
  if (words.lint === false) return [];
  for (const word of [...(words.only ?? []), ...(words.ignore ?? [])]) demandFinding(word);
  return withoutRepeats(
    lintSubjects(policy, familiesIn(kind)).flatMap((subject) =>
      lint({ ...subject, session, ...(budget && { budget }) }, { ...words, said }),
    ),
  );
}

/** The versions of IP whose rules such a text has all of. */
function familiesIn(kind: PolicyKind): readonly AddressFamily[] {
  if (kind === 'iptables-save' || kind === 'ipset-save') return [4];
  return kind === 'ip6tables-save' ? [6] : [4, 6];
}

function demandFinding(word: string): void {
  if (findings.some(({ code, name }) => word === name || word.toUpperCase() === code)) return;
  const all = findings.flatMap(({ code, name }) => [code, name]);
  throw wrongUsage(`no finding is called \`${word}\``, nearestName(word, all));
}
