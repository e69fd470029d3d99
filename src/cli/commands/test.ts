// `hookline test`: the tests and assertions that stand beside the policy, simulated.
import { formatInjection } from '../../core/packet/format.ts';
import { runTests, type TestResult } from '../../core/policy-test/run.ts';
import { type AssertionResult, type SearchOptions, searchAssertions } from '../../core/policy-test/search.ts';
import { locationOf } from '../../core/text/source.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import { renderTrace } from '../../core/trace/render.ts';
import { type AddCommand, examples } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { assertionText, assertionToJson } from '../report/assertions.ts';

export const addTest: AddCommand = (parent, run) =>
  parent
    .command('test')
    .description(
      'run the tests that stand in policies, simulated, and search a packet that breaks an assertion; exits with 1 if one fails',
    )
    .argument('<file...>', '.hook files; `-` is stdin')
    .option('--samples <count>', 'how many packets to draw for each line of an assertion', '1000')
    .option('--seed <number>', 'other packets for another number, the same for the same one', '1')
    .addHelpText(
      'after',
      `${examples('hookline test policy.hook', 'hookline test *.hook --json', 'hookline test policy.hook --samples 100000 --seed 7')}\n\nAn assertion that no packet breaks is not proved: it neither passes nor fails.`,
    )
    .action(run((context, paths, options) => testAll(context, paths, options)));

interface SearchWords {
  readonly samples: string;
  readonly seed: string;
}

/** What came of all files, in their order. */
interface Results {
  readonly tests: readonly TestResult[];
  readonly assertions: readonly AssertionResult[];
}

/** Runs the tests and assertions of every file; 1 if any fails. */
async function testAll(context: Context, paths: readonly string[], words: SearchWords): Promise<ExitCode> {
  const search = { samples: numberOf('samples', words.samples), seed: numberOf('seed', words.seed) };
  const tests: TestResult[] = [];
  const assertions: AssertionResult[] = [];
  for (const path of paths) {
    const policy = await readPolicy(context, path);
    tests.push(...runTests(policy));
    assertions.push(...searchAssertions(policy, search));
  }
  const results = { tests, assertions };
  if (context.json) context.out.write(`${JSON.stringify(resultsToJson(results, search), null, 2)}\n`);
  else printResults(context, results);
  return countOf(results).failed === 0 ? exitCode.done : exitCode.no;
}

function numberOf(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrongUsage(`\`--${option} ${text}\` is not a whole number below 1000000000`);
}

function printResults({ out }: Context, results: Results): void {
  for (const result of results.tests) {
    const mark = result.passed ? out.paint('good', '✓') : out.paint('bad', '✗');
    out.write(`${mark} ${result.test.title}\n`);
    if (!result.passed) out.write(failureText(result, out));
  }
  for (const result of results.assertions) out.write(assertionText(result, out));
  const { passed, failed, notProved } = countOf(results);
  const open = results.assertions.length > 0 ? `, ${notProved} not proved` : '';
  out.write(`\n${passed} passed, ${failed} failed${open}\n`);
}

function countOf({ tests, assertions }: Results) {
  const passed = tests.filter((result) => result.passed).length;
  const broken = assertions.filter((result) => result.failed).length;
  return { passed, failed: tests.length - passed + broken, notProved: assertions.length - broken };
}

/** What was expected, where that stands, and the trace of the packet. */
function failureText({ steps, test }: TestResult, out: Context['out']): string {
  const last = steps.at(-1);
  const { file, line } = locationOf(last?.step.span ?? test.span);
  const failures = (last?.failures ?? []).map(
    (failure) => `  ${out.paint('bad', failure)}  ${file}:${line}\n`,
  );
  const traced = last?.sent && last.trace ? renderTrace(last.sent, last.trace, [], out) : '';
  return `${failures.join('')}${traced.replace(/^(?=.)/gm, '    ')}`;
}

function resultsToJson(results: Results, search: SearchOptions) {
  return {
    schema: 'hookline.tests/1',
    ...countOf(results),
    assertions: results.assertions.map((result) => ({ ...assertionToJson(result), ...search })),
    tests: results.tests.map(({ test, passed, steps }) => ({
      title: test.title,
      source: locationOf(test.span),
      passed,
      steps: steps.map((step) => ({
        packet: step.sent && formatInjection(step.sent),
        source: locationOf(step.step.span),
        verdict: step.trace?.verdict,
        deciding: step.trace?.ways[0].deciding && decidingText(step.trace.ways[0].deciding),
        failures: step.failures,
      })),
    })),
  };
}
