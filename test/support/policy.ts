// A policy from its text, for tests that need a valid one.
import { checkPolicy } from '../../src/core/check/check.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { parsePolicy } from '../../src/core/syntax/parse.ts';

/** The checked policy; fails with the rendered problems if there are any, warnings included. */
export function policyOf(text: string): Policy {
  const { file, diagnostics } = parsePolicy({ name: 'policy.hook', text });
  const checked = checkPolicy(file);
  const all = [...diagnostics, ...checked.diagnostics];
  if (!checked.value || all.length > 0) throw new Error(renderDiagnostics(all, { color: false }));
  return checked.value;
}
