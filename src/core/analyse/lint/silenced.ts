// Findings that the text itself says it knows of: a comment on the line, or on the line before.
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { lineText, positionAt } from '../../text/source.ts';

/** `hookline: ignore HK7105 HK7107`, in a comment of any of the texts that hold rules. */
const silencing = /\bhookline: ignore((?:[ ,]+HK\d{4})+)/i;

/** Whether the line that the finding is about, or a comment that is alone on the line before, tells to leave it out. */
export function isSilenced({ code, span }: Diagnostic): boolean {
  if (!span) return false;
  const { line } = positionAt(span.source, span.start);
  const before = lineText(span.source, line - 1);
  return silences(lineText(span.source, line), code) || (/^\s*#/.test(before) && silences(before, code));
}

function silences(text: string, code: string): boolean {
  return silencing.exec(text)?.[1]?.toUpperCase().includes(code) === true;
}
