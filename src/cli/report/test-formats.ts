// The formats that tests and assertions are printed in.
import type { z } from 'zod';
import { formatInjection } from '../../core/packet/format.ts';
import { element, newLine, text, type Xml } from '../../core/picture/xml.ts';
import type { TestResult } from '../../core/policy-test/run.ts';
import { locationOf } from '../../core/text/source.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import type { testsReport } from '../schema/tests.ts';
import { assertionDetails, assertionToJson, type Look } from './assertions.ts';
import { failureText } from './failed-test.ts';
import { countOf, type FileResults, linesOf, outcomeWords, type ResultLine } from './test-results.ts';

/** How to print what came of tests. */
export const testFormats = {
  pretty: prettyText,
  tap: tapText,
  junit: junitText,
  json: (results) => `${JSON.stringify(testsToJson(results), null, 2)}\n`,
} as const satisfies Record<string, (results: readonly FileResults[], look: Look) => string>;

const marks = { passed: '✓', failed: '✗', 'not proved': '?' } as const;
const roles = { passed: 'good', failed: 'bad', 'not proved': 'accent' } as const;

/** For people: a line for each, and why it failed. */
function prettyText(results: readonly FileResults[], look: Look): string {
  const title = (outcome: ResultLine['outcome'], name: string) =>
    `${look.paint(roles[outcome], marks[outcome])} ${name}${outcome === 'not proved' ? ': not proved' : ''}\n`;
  const texts = results.flatMap(({ tests, assertions }) => [
    ...tests.map((one) =>
      one.passed ? title('passed', one.test.title) : title('failed', one.test.title) + failureText(one, look),
    ),
    ...assertions.map(
      (one) => title(outcomeWords[one.outcome], one.assertion.title) + assertionDetails(one, look),
    ),
  ]);
  const { passed, failed, notProved } = countOf(results);
  const open = results.some(({ assertions }) => assertions.length > 0) ? `, ${notProved} not proved` : '';
  const taken = takenForGranted(results).map((one) => look.paint('dim', `taken for granted: ${one}\n`));
  return `${texts.join('')}\n${passed} passed, ${failed} failed${open}\n${taken.join('')}`;
}

function takenForGranted(results: readonly FileResults[]): readonly string[] {
  const claims = results.flatMap(({ assertions }) => assertions.flatMap((one) => one.claims));
  return [...new Set(claims.flatMap(({ assumptions }) => assumptions))];
}

/** Test Anything Protocol, version 13. */
function tapText(results: readonly FileResults[]): string {
  const lines = results.flatMap(linesOf);
  const texts = lines.map(({ title, outcome, details }, at) => {
    const word = outcome === 'passed' ? 'ok' : 'not ok';
    const name = title.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
    return `${word} ${at + 1} - ${name}${outcome === 'not proved' ? ' (not proved)' : ''}\n${details.replace(/^/gm, '# ').replace(/# $/, '')}`;
  });
  return `TAP version 13\n1..${lines.length}\n${texts.join('')}`;
}

/** The XML that continuous integration reads; what is not proved is a failure of that type. */
function junitText(results: readonly FileResults[]): string {
  const suites = results.flatMap((result) => [newLine, suiteOf(result.file, linesOf(result))]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, suites, newLine).xml}\n`;
}

function suiteOf(name: string, lines: readonly ResultLine[]): Xml {
  const failures = lines.filter(({ outcome }) => outcome !== 'passed').length;
  const cases = lines.flatMap((line) => [newLine, caseOf(name, line)]);
  return element('testsuite', { name, tests: lines.length, failures }, cases, newLine);
}

function caseOf(file: string, { kind, title, outcome, line, details }: ResultLine): Xml {
  const attributes = { name: title, classname: kind, file, line };
  if (outcome === 'passed') return element('testcase', attributes);
  const [message] = details.trim().split('\n');
  return element('testcase', attributes, element('failure', { type: outcome, message }, text(details)));
}

function testsToJson(results: readonly FileResults[]): z.infer<typeof testsReport> {
  return {
    schema: 'hookline.tests/2',
    ...countOf(results),
    assertions: results.flatMap(({ assertions }) =>
      assertions.map((one) => assertionToJson(one, outcomeWords[one.outcome])),
    ),
    tests: results.flatMap(({ tests }) => tests.map(testToJson)),
  };
}

function testToJson({ test, passed, steps }: TestResult) {
  return {
    title: test.title,
    source: locationOf(test.span),
    passed,
    steps: steps.map(({ step, sent, trace, failures }) => {
      const deciding = trace?.ways[0].deciding;
      return {
        ...(sent && { packet: formatInjection(sent) }),
        source: locationOf(step.span),
        ...(trace && { verdict: trace.verdict }),
        ...(deciding && { deciding: decidingText(deciding) }),
        failures: [...failures],
      };
    }),
  };
}
