// What tests and assertions came to, as lines that every format is made of.
import type { AssertionProof } from '../../core/analyse/assertion.ts';
import type { TestResult } from '../../core/policy-test/run.ts';
import { locationOf } from '../../core/text/source.ts';
import { plain } from '../../core/text/style.ts';
import { assertionDetails } from './assertions.ts';
import { failureText } from './failed-test.ts';

/** What came of one file. */
export interface FileResults {
  readonly file: string;
  readonly tests: readonly TestResult[];
  readonly assertions: readonly AssertionProof[];
}

/** A test or an assertion. */
export interface ResultLine {
  readonly kind: 'test' | 'assertion';
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'not proved';
  readonly line: number;
  /** Why, and traces, without colours; nothing of what passed. */
  readonly details: string;
}

/** In the order of the file: its tests, then its assertions. */
export function linesOf({ tests, assertions }: FileResults): readonly ResultLine[] {
  return [...tests.map(testLine), ...assertions.map(assertionLine)];
}

function testLine(result: TestResult): ResultLine {
  const { test, passed } = result;
  const outcome = passed ? 'passed' : 'failed';
  const { line } = locationOf(test.span);
  return {
    kind: 'test',
    title: test.title,
    outcome,
    line,
    details: passed ? '' : failureText(result, { paint: plain }),
  };
}

function assertionLine(proof: AssertionProof): ResultLine {
  const { title, span } = proof.assertion;
  const { line } = locationOf(span);
  const outcome = outcomeWords[proof.outcome];
  return { kind: 'assertion', title, outcome, line, details: assertionDetails(proof, { paint: plain }) };
}

/** What an assertion is called that came to this: all but the first fail the run. */
export const outcomeWords = {
  holds: 'passed',
  broken: 'failed',
  depends: 'not proved',
  unfinished: 'not proved',
} as const satisfies Record<AssertionProof['outcome'], ResultLine['outcome']>;

/** How many there are of each. */
export function countOf(results: readonly FileResults[]) {
  const outcomes = results.flatMap(({ tests, assertions }) => [
    ...tests.map(({ passed }) => (passed ? 'passed' : 'failed')),
    ...assertions.map(({ outcome }) => outcomeWords[outcome]),
  ]);
  const count = (wanted: ResultLine['outcome']) => outcomes.filter((one) => one === wanted).length;
  return { passed: count('passed'), failed: count('failed'), notProved: count('not proved') };
}
