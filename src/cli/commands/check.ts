// `hookline check`: is it a policy, which back ends can say it, and do its rules do what somebody may have meant.
import { Option } from '@commander-js/extra-typings';
import { backEnds } from '../../core/compile.ts';
import { type Diagnostic, type Fix, hasErrors } from '../../core/diagnostic/diagnostic.ts';
import { diagnosticToJson, fixToJson } from '../../core/diagnostic/json.ts';
import { mend, type Texts } from '../../core/diagnostic/mend.ts';
import type { Policy } from '../../core/ir/policy.ts';
import { detectKind, type LoadOptions, loadPolicy, type PolicyKind } from '../../core/load.ts';
import { locationOf, type Source, textOf } from '../../core/text/source.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples, fromOption } from '../command.ts';
import { type Context, reportOn } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demandWritten, wrongUsage } from '../failure.ts';
import {
  budgetOf,
  denyOption,
  ignoreOption,
  type LintWords,
  lintPolicy,
  onlyOption,
  severityOption,
  sshOption,
  timeOption,
} from '../linting.ts';
import { openProgress } from '../progress.ts';
import { sessionOf } from '../session.ts';

export const addCheck: AddCommand = (parent, run) =>
  parent
    .command('check')
    .description('find what is wrong: syntax, names, values, what a back end can not say, rules without use')
    .argument('<policy...>', 'policies or dumps; `-` is stdin')
    .addOption(fromOption)
    .option(
      '--fix',
      'correct misspelt words of the language, in the files themselves, where only one can be meant',
    )
    .addOption(formatOption)
    .addOption(onlyOption)
    .addOption(ignoreOption)
    .addOption(severityOption)
    .addOption(denyOption)
    .addOption(sshOption)
    .addOption(timeOption)
    .option('--no-lint', 'say only what makes a policy invalid, and what back ends can not say')
    .addHelpText(
      'after',
      examples(
        'hookline check *.hook',
        'hookline check --fix policy.hook',
        'hookline check --format sarif policy.hook > findings.sarif',
        'iptables-save | hookline check -',
        'hookline check --only shadowed --deny warnings policy.hook',
      ),
    )
    .action(run((context, paths, words) => check(context, paths, words)));

const formatOption = new Option(
  '--format <format>',
  'how to print what is found; `--json` is short for json',
).choices(['text', 'json', 'sarif'] as const);

type Format = 'text' | 'json' | 'sarif';

interface CheckWords extends LintWords {
  readonly from?: PolicyKind | undefined;
  readonly fix?: true | undefined;
  readonly format?: Format | undefined;
}

/** What was found in one file, and what was mended in it. */
interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly fixes: readonly Fix[];
  /** It is no valid policy. */
  readonly invalid: boolean;
}

/** Reports every problem of every file; what a back end can't say is a warning. */
async function check(context: Context, paths: readonly string[], words: CheckWords): Promise<ExitCode> {
  if (words.fix && paths.includes('-')) throw wrongUsage('standard input has no file to fix', 'name a file');
  const checked: Checked[] = [];
  for (const path of paths) checked.push(await checkFile(context, path, words));
  const diagnostics = checked.flatMap((one) => one.diagnostics);
  const fixes = checked.flatMap((one) => one.fixes);
  await printers[words.format ?? (context.json ? 'json' : 'text')](context, { diagnostics, fixes }, paths);
  return endOf(checked, words);
}

/** What is invalid could not be checked; what lint calls an error is an answer. */
function endOf(checked: readonly Checked[], { deny }: CheckWords): ExitCode {
  if (checked.some(({ invalid }) => invalid)) return exitCode.failed;
  const diagnostics = checked.flatMap((one) => one.diagnostics);
  const isDenied = ({ severity }: Diagnostic) => severity === 'warning' && deny === 'warnings';
  return hasErrors(diagnostics) || diagnostics.some(isDenied) ? exitCode.no : exitCode.done;
}

type Print = (
  context: Context,
  found: Omit<Checked, 'invalid'>,
  paths: readonly string[],
) => void | Promise<void>;

const printers: Readonly<Record<Format, Print>> = {
  text: printText,
  json: ({ out }, { diagnostics, fixes }) => {
    const found = { diagnostics: diagnostics.map(diagnosticToJson), fixed: fixes.map(fixToJson) };
    out.write(`${JSON.stringify({ schema: 'hookline.diagnostics/1', ...found })}\n`);
  },
  sarif: async ({ out }, { diagnostics }) => {
    // The library is loaded by who needs it: every command would pay for it.
    const { toSarif } = await import('../report/sarif.ts');
    out.write(`${toSarif(diagnostics)}\n`);
  },
};

function printText(
  context: Context,
  { diagnostics, fixes }: Parameters<Print>[1],
  paths: readonly string[],
): void {
  reportOn(context, diagnostics);
  for (const { span, text } of fixes) {
    const { file, line, column } = locationOf(span);
    context.out.write(`${file}:${line}:${column}: \`${textOf(span)}\` is \`${text}\` now\n`);
  }
  if (hasErrors(diagnostics)) return;
  context.out.write(`${paths.join(', ')}: ${context.out.paint('good', 'valid')}\n`);
}

async function checkFile(context: Context, path: string, words: CheckWords): Promise<Checked> {
  const { from, fix } = words;
  const read = await context.read(path);
  if (!read.value) return { diagnostics: read.diagnostics, fixes: [], invalid: true };
  const source = read.value;
  const options = context.loading(source);
  if (!fix) return { ...diagnose(context, source, words, options), fixes: [] };
  const mended = mend((texts) => problemsOf(withText(source, texts), from, withTexts(options, texts)).found);
  demandWritten(await writeFiles([...mended.texts].map(([name, text]) => ({ path: name, text }))));
  const after = diagnose(context, withText(source, mended.texts), words, withTexts(options, mended.texts));
  return { ...after, fixes: mended.fixes };
}

function withText(source: Source, texts: Texts): Source {
  const text = texts.get(source.name);
  return text === undefined ? source : { ...source, text };
}

/** What is included comes as it is mended. */
function withTexts({ include, ...options }: LoadOptions, texts: Texts): LoadOptions {
  if (!include) return options;
  return {
    ...options,
    include: (path, from) => {
      const found = include(path, from);
      return 'problem' in found ? found : { sources: found.sources.map((one) => withText(one, texts)) };
    },
  };
}

/** All that is wrong with a text, and where nothing is, all that may not be meant. */
function diagnose(context: Context, source: Source, words: CheckWords, options: LoadOptions) {
  const { from: kind = detectKind(source), timeLimit = 60, sshFrom } = words;
  const session = sessionOf(sshFrom, process.env['SSH_CONNECTION']);
  const { policy, found } = problemsOf(source, kind, options);
  const invalid = hasErrors(found);
  if (!policy || invalid) return { diagnostics: found, invalid };
  const progress = openProgress(context.err, 'rules');
  const budget = budgetOf(timeLimit, progress.step);
  const lint = lintPolicy(policy, kind, words, { said: found, session, budget });
  progress.end();
  return { diagnostics: [...found, ...lint], invalid };
}

function problemsOf(source: Source, from: PolicyKind | undefined, options: LoadOptions) {
  const { value: policy, diagnostics } = loadPolicy(source, from, options);
  // What a dump holds is where it belongs: whether another back end could say it is asked by compiling it.
  const isWritten = (from ?? detectKind(source)) === 'hook';
  return { policy, found: policy && isWritten ? [...diagnostics, ...backEndFit(policy)] : diagnostics };
}

/**
 * All back ends are tried; a policy may be meant for one only, but tables that only nft has must be for it. What several
 * say alike is said once.
 */
function backEndFit({ ruleSet }: Policy): readonly Diagnostic[] {
  const tables = ruleSet.tables.filter(({ family }) => !['ip', 'ip6', 'inet'].includes(family));
  const refused = keysOf(backEnds.nft.emit({ tables }).diagnostics);
  const inJson = keysOf(backEnds['nft-json'].emit({ tables }).diagnostics);
  const isCertain = (key: string) => refused.has(key) && inJson.has(key);
  const all = Object.values(backEnds).flatMap(({ emit }) => emit(ruleSet).diagnostics);
  return [...new Map(all.map((one) => [keyOf(one), one]))].map(([key, one]) =>
    one.severity === 'error' && !isCertain(key) ? { ...one, severity: 'warning' } : one,
  );
}

function keysOf(diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  return new Set(diagnostics.map(keyOf));
}

function keyOf({ code, message, span }: Diagnostic): string {
  return `${code} ${span?.start} ${message}`;
}
