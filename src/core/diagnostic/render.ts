// Diagnostics as a terminal shows them: the message, the place, the line with the part underlined, and the way out.
import { lineText, positionAt, type Source, type Span } from '../text/source.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { excerpt, printable } from './excerpt.ts';

/** How to render. */
export interface RenderOptions {
  /** Whether to put ANSI colour sequences (SGR) around the parts. */
  readonly color: boolean;
}

type Role = Severity | 'message' | 'gutter' | 'label' | 'help';
type Paint = (role: Role, text: string) => string;

const sgr: Readonly<Record<Role, string>> = {
  error: '1;31',
  warning: '1;33',
  note: '1;36',
  message: '1',
  gutter: '34',
  label: '34',
  help: '36',
};

/** A part of a line to underline; the main one has no message, it stands above. */
interface Underline {
  readonly span: Span;
  readonly role: Role;
  readonly message: string;
}

/** One diagnostic over several lines, without a newline at the end. */
export function renderDiagnostic(one: Diagnostic, { color }: RenderOptions): string {
  const paint: Paint = color ? (role, text) => `\u001b[${sgr[role]}m${text}\u001b[0m` : (_, text) => text;
  const underlines: readonly Underline[] = [
    ...(one.span ? [{ span: one.span, role: one.severity, message: '' }] : []),
    ...one.labels.map(({ span, message }): Underline => ({ span, role: 'label', message })),
  ];
  const gutter = Math.max(0, ...underlines.map(({ span }) => String(lineOf(span)).length));
  const bySource = groupBy(underlines, ({ span }) => span.source);
  return [
    `${paint(one.severity, `${one.severity}[${one.code}]`)}${paint('message', `: ${printable(one.message)}`)}`,
    ...[...bySource].flatMap(([source, some], index) => renderSource(source, some, index, gutter, paint)),
    ...(one.example === undefined
      ? []
      : [
          `${' '.repeat(gutter + 1)}${paint('help', '= packet:')} ${printable(one.example.packet)}`,
          `${' '.repeat(gutter + 11)}${printable(one.example.outcome)}`,
        ]),
    ...(one.help === undefined
      ? []
      : [`${' '.repeat(gutter + 1)}${paint('help', '= help:')} ${printable(one.help)}`]),
  ].join('\n');
}

/** All of them in the order of their places, and a last line that counts them; empty for an empty list. */
export function renderDiagnostics(list: readonly Diagnostic[], options: RenderOptions): string {
  if (list.length === 0) return '';
  const rendered = list.toSorted(byPlace).map((one) => renderDiagnostic(one, options));
  return `${[...rendered, countLine(list)].join('\n\n')}\n`;
}

function byPlace({ span: left }: Diagnostic, { span: right }: Diagnostic): number {
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined);
  if (left.source !== right.source) return left.source.name < right.source.name ? -1 : 1;
  return left.start - right.start;
}

function countLine(list: readonly Diagnostic[]): string {
  const counts = groupBy(list, ({ severity }) => severity);
  return (['error', 'warning', 'note'] as const)
    .map((severity) => ({ severity, count: counts.get(severity)?.length ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');
}

function lineOf({ source, start }: Span): number {
  return positionAt(source, start).line;
}

/** The lines of one source that are underlined, under the place of the first one. */
function renderSource(
  source: Source,
  underlines: readonly Underline[],
  index: number,
  gutter: number,
  paint: Paint,
): readonly string[] {
  const [first] = underlines;
  if (!first) return [];
  const { line, column } = positionAt(source, first.span.start);
  const bar = (number: string): string => paint('gutter', `${number.padStart(gutter)} |`);
  const arrow = paint('gutter', `${' '.repeat(gutter)}${index === 0 ? '-->' : ':::'}`);
  const byLine = [...groupBy(underlines, ({ span }) => lineOf(span))].toSorted(([a], [b]) => a - b);
  return [
    `${arrow} ${printable(source.name)}:${line}:${column}`,
    bar(''),
    ...byLine.flatMap(([number, some], at) => {
      const skipped = at > 0 && number > (byLine[at - 1]?.[0] ?? 0) + 1;
      return [...(skipped ? [paint('gutter', '...')] : []), ...renderLine(source, number, some, bar, paint)];
    }),
  ];
}

/** A line with its underlines, each on a line of its own, the main one first. */
function renderLine(
  source: Source,
  number: number,
  underlines: readonly Underline[],
  bar: (number: string) => string,
  paint: Paint,
): readonly string[] {
  const text = lineText(source, number);
  const excerpts = underlines.map(({ span, role, message }) => {
    const start = positionAt(source, span.start).column - 1;
    const shown = excerpt(text, start, Math.min(text.length, start + span.end - span.start));
    const sign = (role === 'label' ? '-' : '^').repeat(shown.width);
    const note = message === '' ? '' : ` ${paint(role, printable(message))}`;
    return { text: shown.text, under: `${' '.repeat(shown.column)}${paint(role, sign)}${note}` };
  });
  return excerpts.flatMap((shown, at) => {
    const repeated = shown.text === excerpts[at - 1]?.text;
    return [
      ...(repeated ? [] : [`${bar(String(number))} ${shown.text}`.trimEnd()]),
      `${bar('')} ${shown.under}`,
    ];
  });
}

function groupBy<T, Key>(list: readonly T[], keyOf: (one: T) => Key): ReadonlyMap<Key, readonly T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
