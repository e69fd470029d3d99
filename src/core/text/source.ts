// A piece of text that somebody wrote, and places in it. Everything that can be wrong carries a Span.

/** A text with the name under which its owner knows it (a path, `<stdin>`, …). Compared by identity. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets in one source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A place as a person counts it: line and column from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A place in the short form that every report uses. */
export interface Location extends Position {
  readonly file: string;
}

const lineStarts = new WeakMap<Source, readonly number[]>();

/** The offset at which each line begins; computed once for each source, only when somebody asks. */
function startsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source);
  if (known) return known;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1))
    starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}

/** Line and column of an offset. */
export function positionAt(source: Source, offset: number): Position {
  const starts = startsOf(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** Where a span begins, for reports and JSON. */
export function locationOf(span: Span): Location {
  return { file: span.source.name, ...positionAt(span.source, span.start) };
}

/** The text of line `line` (from 1), without its line end. */
export function lineText(source: Source, line: number): string {
  const starts = startsOf(source);
  const start = starts[line - 1] ?? source.text.length;
  return source.text.slice(start, lineEnd(source, start, starts[line] ?? source.text.length));
}

/** Every line, without its line end. */
export function lineSpans(source: Source): readonly Span[] {
  const starts = startsOf(source);
  return starts.map((start, index) => {
    const end = lineEnd(source, start, starts[index + 1] ?? source.text.length);
    return { source, start, end };
  });
}

/** Where a line ends without its line end; looks at nothing else of it, because lines may be long. */
function lineEnd({ text }: Source, start: number, next: number): number {
  let end = next;
  while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
  return end;
}

/** What a span covers. */
export function textOf(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

/** The smallest span that covers both; both must be of the same source. */
export function cover(first: Span, last: Span): Span {
  return {
    source: first.source,
    start: Math.min(first.start, last.start),
    end: Math.max(first.end, last.end),
  };
}
