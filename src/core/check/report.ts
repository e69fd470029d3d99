// What a check has found so far: problems, and which definitions somebody uses.
import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, type DiagnosticDetails, diagnostic } from '../diagnostic/diagnostic.ts';

/** Collects over one whole check. */
export interface Report {
  /** Adds a problem; one that is known already, as from the two halves of a split rule, is not repeated. */
  readonly complain: (code: Code, message: string, details?: DiagnosticDetails) => undefined;
  readonly add: (diagnostics: readonly Diagnostic[]) => void;
  /** How many errors were found. */
  readonly errors: () => number;
  /** In the order of the text. */
  readonly diagnostics: () => readonly Diagnostic[];
  /** The constants and sets that were referred to. */
  readonly used: Set<object>;
}

/** What may be a consequence of any error: what nobody seems to use may stand in what could not be read. */
const unused: ReadonlySet<Code> = new Set<Code>(['HK2006', 'HK2007', 'HK2013', 'HK2054']);

/** What may be a consequence of a statement that the parser left out. */
const missing: ReadonlySet<Code> = new Set<Code>([
  'HK2008',
  'HK2009',
  'HK2018',
  'HK2029',
  'HK2030',
  'HK2050',
  'HK2055',
  'HK2058',
  'HK3006',
]);

/** An empty report; about a tree that is not complete it keeps nothing that could be a consequence of that. */
export function makeReport(complete: boolean): Report {
  const found = new Map<string, Diagnostic>();
  const add = (diagnostics: readonly Diagnostic[]): void => {
    for (const one of diagnostics)
      found.set(`${one.code} ${one.span?.start}-${one.span?.end} ${one.message}`, one);
  };
  const errors = (): number => [...found.values()].filter((one) => one.severity === 'error').length;
  return {
    complain: (code, message, details) => {
      add([diagnostic(code, message, details)]);
      return undefined;
    },
    add,
    errors,
    diagnostics: () => {
      const hidden = !complete || errors() > 0 ? unused : new Set();
      return [...found.values()]
        .filter(({ code }) => !hidden.has(code) && (complete || !missing.has(code)))
        .toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
    },
    used: new Set(),
  };
}
