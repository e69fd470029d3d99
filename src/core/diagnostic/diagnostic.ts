// A diagnostic as data. Rendering is in render.ts, the table of codes in catalogue.ts.
import { type Span, textOf } from '../text/source.ts';
import { type Code, catalogue } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';
import { didYouMean, type Help } from './meant.ts';

export type Severity = 'error' | 'warning' | 'note';

/** A further place that helps to understand the problem. */
export interface Label {
  readonly span: Span;
  readonly message: string;
}

/** One problem: what is wrong, where, and the way out. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** One line, a lowercase fragment in the user's words, their text in backticks. */
  readonly message: string;
  readonly span?: Span;
  readonly labels: readonly Label[];
  readonly help?: string;
  /** A packet that shows it, as a packet spec, and what becomes of it. */
  readonly example?: Example;
  /** What mends it. */
  readonly fix?: Fix;
}

/** A packet for which something holds. */
export interface Example {
  /** As a packet spec. */
  readonly packet: string;
  /** What becomes of it, in words. */
  readonly outcome: string;
}

/** A change of a text that a tool may make by itself. */
export interface Fix {
  readonly span: Span;
  /** What stands there then. */
  readonly text: string;
}

/** What a diagnostic may say beside its code and message. */
export interface DiagnosticDetails {
  readonly span?: Span | undefined;
  readonly labels?: readonly Label[] | undefined;
  readonly help?: Help | undefined;
  readonly severity?: Severity | undefined;
  readonly example?: Example | undefined;
}

/** Makes a diagnostic; severity and help are the catalogue's unless given. A help that is sure becomes a fix, too. */
export function diagnostic(code: Code, message: string, details: DiagnosticDetails = {}): Diagnostic {
  const entry: CatalogueEntry = catalogue[code];
  const { span, labels, help = entry.help, severity = entry.severity, example } = details;
  return {
    code,
    severity,
    message,
    labels: labels ?? [],
    ...(span && { span }),
    ...(help !== undefined && { help: typeof help === 'string' ? help : didYouMean(help.meant) }),
    ...(example && { example }),
    ...fixOf(span, help),
  };
}

/** The word is replaced where it stands in the text as it was read; it may also have come over a definition. */
function fixOf(span: Span | undefined, help: Help | undefined): { readonly fix?: Fix } {
  if (!span || typeof help !== 'object' || !help.sure) return {};
  const { written, meant } = help;
  const start = span.start + textOf(span).indexOf(written);
  if (start < span.start) return {};
  return { fix: { span: { source: span.source, start, end: start + written.length }, text: meant } };
}

/** A value, if there is one, and everything that was found wrong on the way to it. */
export interface Outcome<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether any of them stops the work. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}

/** Each problem once: what two families or back ends say alike is one. */
export function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byText = new Map(
    diagnostics.map((one) => [`${one.code} ${one.span?.source.name} ${one.span?.start} ${one.message}`, one]),
  );
  return [...byText.values()];
}
