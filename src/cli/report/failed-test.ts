// Why a test failed: what was expected, where that stands, and the trace of the packet.
import type { TestResult } from '../../core/policy-test/run.ts';
import { locationOf } from '../../core/text/source.ts';
import { renderTrace } from '../../core/trace/render.ts';
import type { Look } from './assertions.ts';

/** A paragraph about the step that failed. */
export function failureText({ steps, test }: TestResult, look: Look): string {
  const last = steps.at(-1);
  const { file, line } = locationOf(last?.step.span ?? test.span);
  const failures = (last?.failures ?? []).map(
    (failure) => `  ${look.paint('bad', failure)}  ${file}:${line}\n`,
  );
  const traced = last?.sent && last.trace ? renderTrace(last.sent, last.trace, [], look) : '';
  return `${failures.join('')}${traced.replace(/^(?=.)/gm, '    ')}`;
}
