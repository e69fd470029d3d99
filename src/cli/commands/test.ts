// `hookline test`: the tests that stand beside the policy, simulated.
import { formatInjection } from '../../core/packet/format.ts';
import { runTests, type TestResult } from '../../core/policy-test/run.ts';
import { locationOf } from '../../core/text/source.ts';
import { decidingText, renderTrace } from '../../core/trace/render.ts';
import { type AddCommand, examples } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';

export const addTest: AddCommand = (parent, run) =>
  parent
    .command('test')
    .description('run the tests that stand in policies, simulated; exits with 1 if one fails')
    .argument('<file...>', '.hook files; `-` is stdin')
    .addHelpText('after', examples('hookline test policy.hook', 'hookline test *.hook --json'))
    .action(run((context, paths) => testAll(context, paths)));

/** Runs the tests of every file; 1 if any fails. */
async function testAll(context: Context, paths: readonly string[]): Promise<ExitCode> {
  const results: TestResult[] = [];
  for (const path of paths) results.push(...runTests(await readPolicy(context, path)));
  if (context.json) context.out.write(`${JSON.stringify(resultsToJson(results), null, 2)}\n`);
  else printResults(context, results);
  return results.every((result) => result.passed) ? exitCode.done : exitCode.no;
}

function printResults({ out }: Context, results: readonly TestResult[]): void {
  for (const result of results) {
    const mark = result.passed ? out.paint('good', '✓') : out.paint('bad', '✗');
    out.write(`${mark} ${result.test.title}\n`);
    if (!result.passed) out.write(failureText(result, out));
  }
  const failed = results.filter((result) => !result.passed).length;
  const passed = results.length - failed;
  out.write(`\n${passed} passed, ${failed} failed\n`);
}

/** What was expected, where that stands, and the trace of the packet. */
function failureText({ steps, test }: TestResult, out: Context['out']): string {
  const last = steps.at(-1);
  const { file, line } = locationOf(last?.step.span ?? test.span);
  const failures = (last?.failures ?? []).map(
    (failure) => `  ${out.paint('bad', failure)}  ${file}:${line}\n`,
  );
  const traced = last?.sent && last.trace ? renderTrace(last.sent, last.trace, undefined, out) : '';
  return `${failures.join('')}${traced.replace(/^(?=.)/gm, '    ')}`;
}

function resultsToJson(results: readonly TestResult[]) {
  return {
    schema: 'hookline.tests/1',
    passed: results.filter((result) => result.passed).length,
    failed: results.filter((result) => !result.passed).length,
    tests: results.map(({ test, passed, steps }) => ({
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
