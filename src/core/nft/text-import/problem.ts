// How reading nft text gives up on a statement: with a problem that its reader catches and reports.

import type { Code } from '../../diagnostic/catalogue.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Help } from '../../diagnostic/meant.ts';
import type { Span } from '../../text/source.ts';

class Problem extends Error {
  readonly diagnostic: Diagnostic;
  constructor(reported: Diagnostic) {
    super(reported.message);
    this.diagnostic = reported;
  }
}

/** Ends the reading of the present statement. */
export function fail(code: Code, message: string, span: Span, help?: Help): never {
  throw new Problem(diagnostic(code, message, { span, help }));
}

/** What `read` gives, or undefined after a report of what it failed with. */
export function attempt<Result>(
  read: () => Result,
  report: (problem: Diagnostic) => void,
): Result | undefined {
  try {
    return read();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    report(problem.diagnostic);
    return undefined;
  }
}
