// `hookline test`: the tests and assertions that stand beside the policy; assertions are proved for all packets.
import { Option } from '@commander-js/extra-typings';
import { proveAssertions } from '../../core/analyse/assertion.ts';
import { runTests } from '../../core/policy-test/run.ts';
import { type AddCommand, examples } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { budgetOf, secondsOf } from '../linting.ts';
import { openProgress } from '../progress.ts';
import { testFormats } from '../report/test-formats.ts';
import { countOf, type FileResults } from '../report/test-results.ts';

type Format = keyof typeof testFormats;

const formatOption = new Option(
  '--format <format>',
  'how to print what came of them; `--json` is short for json',
).choices(['pretty', 'tap', 'junit', 'json'] as const satisfies readonly Format[]);

const limitOption = new Option(
  '--time-limit <seconds>',
  'look no longer for proofs of the assertions of a file; what is not proved until then fails',
)
  .default(60)
  .argParser(secondsOf);

export const addTest: AddCommand = (parent, run) =>
  parent
    .command('test')
    .description(
      'run the tests that stand in policies, simulated, and prove their assertions for all packets; exits with 1 if one fails or is not proved',
    )
    .argument('<file...>', '.hook files; `-` is stdin')
    .addOption(formatOption)
    .addOption(limitOption)
    .addHelpText(
      'after',
      `${examples('hookline test policy.hook', 'hookline test *.hook --json', 'hookline test policy.hook --format junit > results.xml')}\n\nAn assertion is not proved where it depends on what nobody can tell, such as a limit, or where the time was over.`,
    )
    .action(run((context, paths, options) => testAll(context, paths, options)));

interface Options {
  readonly format?: Format | undefined;
  readonly timeLimit?: number | undefined;
}

/** Runs the tests and assertions of every file; 1 if any fails. */
async function testAll(context: Context, paths: readonly string[], options: Options): Promise<ExitCode> {
  const { format = context.json ? 'json' : 'pretty' } = options;
  const results: FileResults[] = [];
  for (const path of paths) results.push(await testFile(context, path, options));
  context.out.write(testFormats[format](results, context.out));
  const { failed, notProved } = countOf(results);
  return failed + notProved === 0 ? exitCode.done : exitCode.no;
}

async function testFile(context: Context, file: string, { timeLimit = 60 }: Options): Promise<FileResults> {
  const policy = await readPolicy(context, file);
  const tests = runTests(policy);
  const progress = openProgress(context.err, 'rules');
  const assertions = proveAssertions(policy, budgetOf(timeLimit, progress.step));
  progress.end();
  return { file, tests, assertions };
}
