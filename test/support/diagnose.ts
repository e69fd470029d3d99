// What is wrong with a policy text, through everything that looks at one.
import type { Diagnostic } from '../../src/core/diagnostic/diagnostic.ts';
import { parsePolicy } from '../../src/core/syntax/parse.ts';
import type { Source } from '../../src/core/text/source.ts';

/** All problems of one policy. */
export function diagnose(source: Source): readonly Diagnostic[] {
  return parsePolicy(source).diagnostics;
}
