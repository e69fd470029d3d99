// A policy from its text, for tests that need a valid one.
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { loadPolicy } from '../../src/core/load.ts';

/** The checked policy; fails with the rendered problems if there are any, warnings included. */
export function policyOf(text: string): Policy {
  const { value, diagnostics } = loadPolicy({ name: 'policy.hook', text }, 'hook');
  if (!value || diagnostics.length > 0) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}
