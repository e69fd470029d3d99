// Files of sections in brackets with `Key=value` lines: systemd.syntax(7), and keyfiles, which look alike. A section may come
// again; each keeps its own entries.
import type { Source, Span } from '../text/source.ts';
import { lineSpans } from '../text/source.ts';
import { complain, type HostDraft } from './draft.ts';
import { behind, cutAt, type Word } from './word.ts';

/** A line `Key=value`. */
export interface Entry {
  readonly key: Word;
  readonly value: Word;
}

/** From its name in brackets to the next one. */
export interface Section {
  readonly name: Word;
  readonly entries: readonly Entry[];
}

/** Reads the sections; a line that is none of comment, section and entry is reported. */
export function readIni(source: Source, draft: HostDraft): readonly Section[] {
  const sections: { readonly name: Word; readonly entries: Entry[] }[] = [];
  for (const line of joinedLines(source)) {
    const header = /^\[([^\]]*)\]$/.exec(line.text);
    const [key, value] = cutAt(line, '=');
    if (header) sections.push({ name: { ...line, text: header[1] ?? '' }, entries: [] });
    else if (!value || key.text.trim() === '')
      complain(draft, 'HK8002', `\`${line.text}\` is neither a section nor \`Key=value\``, line.span);
    else if (sections.length === 0)
      complain(draft, 'HK8002', `\`${line.text}\` stands before the first section`, line.span);
    else sections.at(-1)?.entries.push({ key: trimmed(key), value: trimmed(value) });
  }
  return sections;
}

/** Lines without comments and blanks around them; what ends in a backslash goes on in the next line. */
function joinedLines(source: Source): readonly Word[] {
  const lines: Word[] = [];
  let open: Word | undefined;
  for (const span of lineSpans(source)) {
    const line = trimmed({ text: source.text.slice(span.start, span.end), span });
    if (/^[#;]/.test(line.text) || (line.text === '' && !open)) continue;
    const whole: Word = open ? { text: `${open.text} ${line.text}`, span: open.span } : line;
    const goesOn = whole.text.endsWith('\\');
    open = goesOn ? { ...whole, text: whole.text.slice(0, -1).trimEnd() } : undefined;
    if (!goesOn) lines.push(whole);
  }
  return open ? [...lines, open] : lines;
}

/** Without blanks around it. */
export function trimmed(word: Word): Word {
  const rest = behind(word, word.text.length - word.text.trimStart().length);
  const text = rest.text.trimEnd();
  const span: Span = { ...rest.span, end: Math.min(rest.span.end, rest.span.start + text.length) };
  return { text, span };
}

/** The last value of a key, as later lines take the place of earlier ones. */
export function lastOf(entries: readonly Entry[], key: string): Word | undefined {
  return entries.findLast((entry) => entry.key.text === key)?.value;
}
