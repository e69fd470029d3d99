// The lines of a `gateway` block: a first word that says what the line is, and the parts that further words begin.

import { nearestWord } from '../diagnostic/meant.ts';
import type { Gateway, Rule } from '../syntax/ast.ts';
import type { Term } from '../syntax/term.ts';
import type { Report } from './report.ts';

/** A line, as its parts: what follows the first word, and what follows each of the others that it has. */
export interface GatewayLine {
  readonly kind: LineKind;
  readonly parts: ReadonlyMap<string, readonly Term[]>;
  readonly line: Rule;
}

/** Whether a word stands alone, takes what follows it, or takes it and must be there. */
type WordKind = 'flag' | 'value' | 'needed';

/** What each line may say behind its first word. */
const words = {
  inside: { on: 'needed' },
  outside: {
    masquerade: 'flag',
    snat: 'flag',
    to: 'value',
    ports: 'value',
    persistent: 'flag',
    random: 'flag',
    'fully-random': 'flag',
    nat66: 'flag',
    prefix: 'value',
    blocks: 'value',
    via: 'value',
    weight: 'value',
    for: 'value',
  },
  forward: { to: 'needed', hairpin: 'flag' },
  map: { to: 'needed', hairpin: 'flag' },
  exclude: {},
  clamp: { mss: 'flag' },
  helper: {},
} as const satisfies Record<string, Readonly<Record<string, WordKind>>>;

/** A line of this kind says something only with these words. */
const pointless: Partial<Record<LineKind, string>> = { clamp: 'mss' };

export type LineKind = keyof typeof words;

/** The lines in order; reports what is none. */
export function readGatewayLines({ lines }: Gateway, report: Report): readonly GatewayLine[] {
  return lines.flatMap((line) => {
    if (line.kind === 'rule') return readLine(line, report) ?? [];
    report.complain('HK2065', 'no block stands in a gateway', { span: line.span });
    return [];
  });
}

function readLine(line: Rule, report: Report): GatewayLine | undefined {
  const [first] = line.terms;
  const kind = first?.kind === 'word' && isKind(first.text) ? first.text : undefined;
  if (kind === undefined) return reportUnknown(line, report);
  const parts = splitAt(kind, line.terms);
  const known = wordsOf(kind);
  const missing =
    [...known].find(([word, wanted]) => wanted === 'needed' && !parts.get(word)?.length)?.[0] ??
    (parts.has(pointless[kind] ?? kind) ? undefined : pointless[kind]);
  if (missing !== undefined)
    return report.complain('HK2065', `\`${missing}\` is missing in this line`, { span: line.span });
  const left = [...known].flatMap(([word, wanted]) => (wanted === 'flag' ? (parts.get(word) ?? []) : []))[0];
  if (left) return report.complain('HK2065', 'this says nothing here', { span: left.span });
  return { kind, parts, line };
}

function wordsOf(kind: LineKind): ReadonlyMap<string, WordKind> {
  return new Map<string, WordKind>(Object.entries(words[kind]));
}

function isKind(text: string): text is LineKind {
  return Object.hasOwn(words, text);
}

function reportUnknown({ terms, span }: Rule, report: Report): undefined {
  const [first] = terms;
  const text = first?.kind === 'word' ? first.text : '';
  const help = nearestWord(text, Object.keys(words));
  return report.complain('HK2065', 'this says nothing about a gateway', {
    span: first?.span ?? span,
    help,
  });
}

function splitAt(kind: LineKind, terms: readonly Term[]): ReadonlyMap<string, readonly Term[]> {
  const known = wordsOf(kind);
  const parts = new Map<string, Term[]>();
  let part: Term[] = [];
  for (const term of terms) {
    const begins =
      term.kind === 'word' && (parts.size === 0 || known.has(term.text)) && !parts.has(term.text);
    if (!begins) {
      part.push(term);
      continue;
    }
    part = [];
    parts.set(term.text, part);
  }
  return parts;
}
