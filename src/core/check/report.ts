// What a check has found so far: problems, and which definitions somebody uses.
import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, type DiagnosticDetails, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';

/** Collects over one whole check. */
export interface Report {
  /** Adds a problem; one that is known already, as from the two halves of a split rule, is not repeated. */
  readonly complain: (code: Code, message: string, details?: DiagnosticDetails) => undefined;
  readonly add: (diagnostics: readonly Diagnostic[]) => void;
  /** Whether an error was found within this text. */
  readonly hasErrorIn: (span: Span) => boolean;
  /** How many errors were found. */
  readonly errors: () => number;
  /** In the order of the text. */
  readonly diagnostics: () => readonly Diagnostic[];
  /** The constants and sets that were referred to. */
  readonly used: Set<object>;
  /** The constants and definitions that grow without measure, reported where the first use of them is. */
  readonly tooLarge: Set<object>;
  /** How many constants inside of others were opened for the rules and lines of each text. */
  readonly opened: Map<Source, number>;
  /** Terms that were complained of, each with the use in the text that it came through. */
  readonly refused: Set<string>;
}

/** What may be a consequence of any error: what nobody seems to use may stand in what could not be read. */
const unused: ReadonlySet<Code> = new Set<Code>(['HK2006', 'HK2007', 'HK2013', 'HK2054', 'HK2082', 'HK2084']);

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
  'HK2083',
  'HK3006',
]);

/** The order of the texts as they first come up, and in each that of its lines. */
function byPlace(found: Iterable<Diagnostic>): (a: Diagnostic, b: Diagnostic) => number {
  const sources = [...new Set([...found].map(({ span }) => span?.source))];
  const order = new Map(sources.map((source, at) => [source, at]));
  const rank = ({ span }: Diagnostic): number => order.get(span?.source) ?? 0;
  return (a, b) => rank(a) - rank(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0);
}

/** An empty report; about a tree that is not complete it keeps nothing that could be a consequence of that. */
export function makeReport(complete: boolean): Report {
  const found = new Map<string, Diagnostic>();
  let errorCount = 0;
  const add = (diagnostics: readonly Diagnostic[]): void => {
    for (const one of diagnostics) {
      const key = `${one.code} ${one.span?.start}-${one.span?.end} ${one.message}`;
      if (one.severity === 'error' && !found.has(key)) errorCount++;
      found.set(key, one);
    }
  };
  const errors = (): number => errorCount;
  return {
    complain: (code, message, details) => {
      add([diagnostic(code, message, details)]);
      return undefined;
    },
    add,
    errors,
    hasErrorIn: (place) =>
      [...found.values()].some(
        ({ severity, span }) =>
          severity === 'error' &&
          span?.source === place.source &&
          span.start >= place.start &&
          span.end <= place.end,
      ),
    diagnostics: () => {
      const hidden = !complete || errors() > 0 ? unused : new Set();
      return [...found.values()]
        .filter(({ code }) => !hidden.has(code) && (complete || !missing.has(code)))
        .toSorted(byPlace(found.values()));
    },
    used: new Set(),
    tooLarge: new Set(),
    opened: new Map(),
    refused: new Set(),
  };
}
