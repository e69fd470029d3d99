// What is wrong with a policy text, through everything that looks at one.
import { checkPolicy } from '../../src/core/check/check.ts';
import { type Diagnostic, hasErrors } from '../../src/core/diagnostic/diagnostic.ts';
import { parsePolicy } from '../../src/core/syntax/parse.ts';
import type { Source } from '../../src/core/text/source.ts';

/** All problems of one policy. */
export function diagnose(source: Source): readonly Diagnostic[] {
  const { file, diagnostics } = parsePolicy(source);
  return [...diagnostics, ...checkPolicy(file, !hasErrors(diagnostics)).diagnostics];
}
