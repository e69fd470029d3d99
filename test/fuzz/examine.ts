// What must hold of any file: it is compiled or refused with a place, and what can be formatted stays what it is.
import { backEndNames, compile } from '../../src/core/compile.ts';
import { type Diagnostic, hasErrors, type Outcome } from '../../src/core/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { runTests } from '../../src/core/policy-test/run.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { formatPolicy } from '../../src/core/syntax/format.ts';
import type { Source } from '../../src/core/text/source.ts';
import { decode } from '../../src/host/files.ts';
import type { Input } from './input.ts';

/** What is wrong with how an input is treated; nothing where all is well. Never throws. */
export function examine({ kind, bytes }: Input): string | undefined {
  try {
    const read = decode('input', Buffer.from(bytes));
    if (!read.value) return problemOf(read, undefined);
    const loaded = loadPolicy(read.value, kind);
    return (
      problemOf(loaded, read.value) ??
      (kind === 'hook' ? formatProblem(read.value, loaded.value) : writeProblem(loaded.value)) ??
      (loaded.value && useProblem(loaded.value, read.value))
    );
  } catch (error) {
    return thrown(error);
  }
}

/** An exception by where it came from, so that the same one is known again. */
function thrown(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const places = stack.split('\n').filter((line) => /^ +at .*\/(?:src|grammar|test)\//.test(line));
  return [stack.split('\n')[0], ...places.slice(0, 4)].join('\n');
}

/** Nothing is refused without an error that says where. */
function problemOf({ value, diagnostics }: Outcome<unknown>, source: Source | undefined): string | undefined {
  if ((value === undefined) !== hasErrors(diagnostics)) return 'a value and errors, or neither';
  if (value === undefined && !diagnostics.some((one) => one.severity === 'error' && one.span))
    return `refused without a place: ${diagnostics.map(({ code }) => code).join(' ')}`;
  const outside = diagnostics.find((one) => !isInside(one, source));
  if (outside) return `${outside.code} has a span outside of the text`;
  const shown = renderDiagnostics(diagnostics, { color: false });
  return /(?!\n)\p{Cc}/u.test(shown) ? 'a control character is shown' : undefined;
}

function isInside({ span }: Diagnostic, source: Source | undefined): boolean {
  if (!span) return true;
  const isOurs = source === undefined || span.source.name === source.name;
  return isOurs && span.start >= 0 && span.start <= span.end && span.end <= span.source.text.length;
}

function useProblem(policy: Policy, source: Source): string | undefined {
  for (const to of backEndNames) {
    const problem = problemOf(compile(policy.ruleSet, to), source);
    if (problem !== undefined) return `${to}: ${problem}`;
  }
  runTests(policy);
  return undefined;
}

function writeProblem(policy: Policy | undefined): string | undefined {
  if (policy) writePolicy(policy.ruleSet, { origin: 'An input.' });
  return undefined;
}

/** A second time there is nothing to do, and the policy means what it meant. */
function formatProblem(source: Source, policy: Policy | undefined): string | undefined {
  const { value: once } = formatPolicy(source);
  if (once === undefined) return undefined;
  const formatted: Source = { ...source, text: once };
  const { value: twice, diagnostics } = formatPolicy(formatted);
  if (twice === undefined) return `what was formatted is no policy: ${diagnostics[0]?.message}`;
  if (twice !== once) return 'formatting a second time changes something';
  const read = loadPolicy(formatted, 'hook').value;
  return meaningOf(policy) === meaningOf(read) ? undefined : 'formatting changes the meaning';
}

function meaningOf(policy: Policy | undefined): string {
  return policy ? (compile(policy.ruleSet, 'nft-json').value ?? 'refused') : 'no policy';
}
