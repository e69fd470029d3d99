// What a check has found so far: problems, and which definitions somebody uses.
import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, type DiagnosticDetails, diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';

/** Collects over one whole check. */
export interface Report {
  /** Adds a problem; one that is known already, as from the two halves of a split rule, is not repeated. */
  readonly complain: (code: Code, message: string, details?: DiagnosticDetails) => undefined;
  readonly add: (diagnostics: readonly Diagnostic[]) => void;
  /** Whether there is an error among them. */
  readonly failed: () => boolean;
  /** In the order of the text. */
  readonly diagnostics: () => readonly Diagnostic[];
  /** The constants and sets that were referred to. */
  readonly used: Set<object>;
}

/** What may only seem so where statements could not be read: something is missing, or nobody uses it. */
const absences: ReadonlySet<Code> = new Set<Code>([
  'HK2006',
  'HK2007',
  'HK2008',
  'HK2009',
  'HK2013',
  'HK2029',
  'HK2030',
  'HK3006',
]);

/** An empty report; about a tree that is not complete it keeps nothing that could be a consequence of that. */
export function makeReport(complete: boolean): Report {
  const found = new Map<string, Diagnostic>();
  const add = (diagnostics: readonly Diagnostic[]): void => {
    for (const one of diagnostics)
      if (complete || !absences.has(one.code))
        found.set(`${one.code} ${one.span?.start}-${one.span?.end} ${one.message}`, one);
  };
  return {
    complain: (code, message, details) => {
      add([diagnostic(code, message, details)]);
      return undefined;
    },
    add,
    failed: () => hasErrors([...found.values()]),
    diagnostics: () => [...found.values()].toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0)),
    used: new Set(),
  };
}
