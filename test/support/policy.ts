// A policy from its text, for tests that need a valid one.
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { loadPolicy } from '../../src/core/load.ts';

/** The checked policy; fails with the rendered problems if there are any, warnings included but for those that are `meant`. */
export function policyOf(text: string, ...meant: readonly string[]): Policy {
  const { value, diagnostics } = loadPolicy({ name: 'policy.hook', text }, 'hook');
  const problems = diagnostics.filter(({ code }) => !meant.includes(code));
  if (!value || problems.length > 0) throw new Error(renderDiagnostics(problems, { color: false }));
  return value;
}
