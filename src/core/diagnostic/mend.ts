// Mending texts by the fixes of their diagnostics. Every fix is checked: where it is made nothing may be wrong any more.
import { positionAt, type Source, type Span } from '../text/source.ts';
import type { Diagnostic, Fix } from './diagnostic.ts';

/** Texts by the names of their sources, where they are not as they were. */
export type Texts = ReadonlyMap<string, string>;

/** What mending came to. */
export interface Mended {
  readonly texts: Texts;
  /** What was changed, the places as they were just before. */
  readonly fixes: readonly Fix[];
  /** What is wrong with the texts as they are now. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A fix may uncover what stood behind its mistake, and this another one; nobody makes more in a row. */
const mostRounds = 20;

/** Makes the fixes that `check` finds for the texts, until it finds none that helps. */
export function mend(check: (texts: Texts) => readonly Diagnostic[]): Mended {
  const refused = new Set<string>();
  let mended: Mended = { texts: new Map(), fixes: [], diagnostics: check(new Map()) };
  for (let round = 0; round < mostRounds; round++) {
    const fixes = fixesOf(mended.diagnostics).filter((fix) => !refused.has(keyOf(fix)));
    if (fixes.length === 0) break;
    const { texts, places } = withFixes(mended.texts, fixes);
    const diagnostics = check(texts);
    const wrong = fixes.filter((_, index) => isWrongAt(places[index], diagnostics));
    for (const fix of wrong) refused.add(keyOf(fix));
    if (wrong.length === 0) mended = { texts, fixes: [...mended.fixes, ...fixes], diagnostics };
  }
  return mended;
}

/** The fixes that were found, in the order of their places; one within another waits for the next round. */
function fixesOf(diagnostics: readonly Diagnostic[]): readonly Fix[] {
  const sorted = diagnostics
    .flatMap(({ fix }) => fix ?? [])
    .toSorted((a, b) => compare(a.span.source.name, b.span.source.name) || a.span.start - b.span.start);
  return sorted.filter(({ span }, index) => {
    const before = sorted[index - 1]?.span;
    return !before || before.source.name !== span.source.name || before.end <= span.start;
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The texts with sorted fixes made, and where each of them stands then. */
function withFixes(before: Texts, fixes: readonly Fix[]): { texts: Texts; places: readonly Place[] } {
  const texts = new Map(before);
  const shifts = new Map<Source, number>();
  const places = fixes.map(({ span: { source, start, end }, text }): Place => {
    const shift = shifts.get(source) ?? 0;
    const whole = texts.get(source.name) ?? source.text;
    texts.set(source.name, whole.slice(0, start + shift) + text + whole.slice(end + shift));
    shifts.set(source, shift + text.length - (end - start));
    return { name: source.name, start: start + shift, end: start + shift + text.length };
  });
  return { texts, places };
}

/** A range of a text that has no source yet. */
interface Place extends Omit<Span, 'source'> {
  readonly name: string;
}

function isWrongAt(place: Place | undefined, diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(
    ({ severity, span }) =>
      severity === 'error' &&
      span?.source.name === place?.name &&
      span !== undefined &&
      place !== undefined &&
      span.start < place.end &&
      span.end > place.start,
  );
}

function keyOf({ span, text }: Fix): string {
  return `${span.source.name}:${positionAt(span.source, span.start).line} ${text}`;
}
