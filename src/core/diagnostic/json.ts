// A diagnostic as JSON, for `--format json` and for editors.
import { positionAt, type Span } from '../text/source.ts';
import type { Diagnostic, Example, Fix, Severity } from './diagnostic.ts';

/** A range of a file; lines and columns from 1, columns in UTF-16 units, the end exclusive. */
interface JsonRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What a diagnostic looks like outside of the program; it has no range where the problem has no place. */
export interface JsonDiagnostic extends Partial<JsonRange> {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly labels: readonly (JsonRange & { readonly message: string })[];
  readonly help?: string;
  readonly example?: Example;
  readonly fix?: JsonFix;
}

/** A range of a file, and what to write there. */
interface JsonFix extends JsonRange {
  readonly text: string;
}

/** Offsets turned into lines and columns. */
export function fixToJson({ span, text }: Fix): JsonFix {
  return { ...rangeOf(span), text };
}

/** Offsets turned into lines and columns. */
export function diagnosticToJson({
  code,
  severity,
  message,
  span,
  labels,
  help,
  example,
  fix,
}: Diagnostic): JsonDiagnostic {
  return {
    code,
    severity,
    message,
    ...(span && rangeOf(span)),
    labels: labels.map((label) => ({ message: label.message, ...rangeOf(label.span) })),
    ...(help !== undefined && { help }),
    ...(example && { example }),
    ...(fix && { fix: fixToJson(fix) }),
  };
}

function rangeOf({ source, start, end }: Span): JsonRange {
  const last = positionAt(source, end);
  return { file: source.name, ...positionAt(source, start), endLine: last.line, endColumn: last.column };
}
