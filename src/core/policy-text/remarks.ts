// Comments that people wrote into the source of an import, beside what they are about.
import type { Span } from '../text/source.ts';
import { isOfTool } from './source-comments.ts';

/** Comments beside what is written, each with its mark. */
export interface Remarks {
  /** Those to be written above what stands at this place. */
  readonly above: (span: Span | undefined) => readonly string[];
  /** Those to be written behind all of it. */
  readonly behind: (span: Span | undefined) => readonly string[];
  /** Those that nothing which is written is near to. */
  readonly head: readonly string[];
}

/** Only what stands right beside it. */
export const nearRemarks: Remarks = { above: remarksOf, behind: () => [], head: [] };

/**
 * The comments above a place, back to the line before that is none, and the one behind it on its line; with their marks.
 * None where more than words such as `chain` stand before it on its line.
 */
function remarksOf(span: Span | undefined): readonly string[] {
  if (!span) return [];
  const { source, start, end } = span;
  const { text } = source;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const isAlone = /^[\w\s]*$/.test(text.slice(lineStart, start));
  const above = isAlone ? remarksAbove(text, lineStart) : [];
  const behind = /^[ \t;]*(#[^\n]*)/.exec(text.slice(end, endOfLine(text, end)))?.[1];
  return behind === undefined ? above : [...above, behind.trim()];
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function remarksAbove(text: string, lineStart: number): readonly string[] {
  const found: string[] = [];
  for (let end = lineStart - 1; end >= 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (line !== '' && !line.startsWith('#')) break;
    if (line !== '' && !isOfTool(line)) found.push(line);
    end = start - 1;
  }
  return found.toReversed();
}
