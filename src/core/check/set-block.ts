// The properties of a set or map: the lines of its block, or the one word behind its type.
import { numberType } from '../datatype/define.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import { type SetFlag, type SetProperties, setFlags } from '../ir/set.ts';
import type { Statement } from '../syntax/ast.ts';
import type { Braces, Name } from '../syntax/term.ts';
import { type Span, textOf } from '../text/source.ts';
import { readSeconds, readStateful, readWith } from './beside.ts';
import { type Cursor, complainAt, makeCursor, peek, takeMark, takeWord, untilEnd } from './cursor.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

/** What is said of a set or map beside its types. */
export interface Written {
  readonly changes?: Name;
  readonly block?: readonly Statement[];
  readonly values?: Braces | undefined;
}

/** A set may also say what it is in ipset. */
export interface BlockProperties extends SetProperties {
  readonly ipset?: string;
}

/** The properties, and the elements wherever they stand. */
export interface ReadBlock {
  readonly properties: BlockProperties;
  readonly values?: Braces | undefined;
}

type Draft = { -readonly [Key in keyof BlockProperties]: BlockProperties[Key] } & {
  values?: Braces | undefined;
};

/** Reads all that is said; what is wrong is reported and left out. */
export function readSetBlock(
  { changes, block = [], values }: Written,
  scope: Scope,
  report: Report,
): ReadBlock {
  const draft: Draft = values ? { values } : {};
  const flag = readChanges(changes, report);
  if (flag) draft.flags = [flag];
  for (const line of block) readLine(makeCursor(line.terms, line.span, scope, report), line.span, draft);
  const { values: all, ...properties } = draft;
  return { properties: withoutImplied(properties), values: all };
}

/** A timeout says that there are timeouts. */
function withoutImplied(properties: BlockProperties): BlockProperties {
  const { flags = [], ...rest } = properties;
  const kept = setFlags.filter(
    (flag) => flags.includes(flag) && !(flag === 'timeout' && rest.timeout !== undefined),
  );
  return kept.length > 0 ? { ...rest, flags: kept } : rest;
}

/** The word behind the type. */
function readChanges(written: Name | undefined, report: Report): SetFlag | undefined {
  const flag = (['dynamic', 'timeout'] as const).find((one) => one === written?.text);
  if (flag || !written) return flag;
  return report.complain('HK2001', `\`${written.text}\` says nothing about a set or map`, {
    span: written.span,
    help: 'say `dynamic` where rules add elements, `timeout` where time takes some away',
  });
}

function readLine(cursor: Cursor, span: Span, draft: Draft): void {
  const before = cursor.report.errors();
  const word = takeWord(cursor, ...properties);
  if (word) readers[word](cursor, draft);
  else readStatement(cursor, span, draft);
  const rest = peek(cursor);
  if (rest && cursor.report.errors() === before)
    complainAt(cursor, rest, 'HK2024', `\`${textOf(rest.term.span)}\` is left over in this line`);
}

const properties = [
  'flags',
  'timeout',
  'gc-interval',
  'size',
  'policy',
  'auto-merge',
  'comment',
  'ipset',
  'elements',
] as const;

const count = numberType('integer', 'a number', 32);

const readers: Readonly<Record<(typeof properties)[number], (cursor: Cursor, draft: Draft) => void>> = {
  flags: (cursor, draft) => {
    do {
      const flag = takeWord(cursor, ...setFlags);
      if (!flag) complainOf(cursor, '`constant`, `interval`, `timeout` or `dynamic`');
      else draft.flags = [...(draft.flags ?? []), flag];
    } while (takeMark(cursor, ','));
  },
  timeout: (cursor, draft) => {
    const seconds = readSeconds(cursor);
    if (seconds !== undefined) draft.timeout = seconds;
  },
  'gc-interval': (cursor, draft) => {
    const seconds = readSeconds(cursor);
    if (seconds !== undefined) draft.gcInterval = seconds;
  },
  size: (cursor, draft) => {
    const size = readWith(cursor, (reader) => reader.single(count));
    if (size !== undefined) draft.size = Number(size);
  },
  policy: (cursor, draft) => {
    const policy = takeWord(cursor, 'performance', 'memory');
    if (policy) draft.policy = policy;
    else complainOf(cursor, '`performance` or `memory`');
  },
  'auto-merge': (_, draft) => {
    draft.autoMerge = true;
  },
  comment: (cursor, draft) => {
    const comment = readWith(cursor, (reader) => reader.text());
    if (comment !== undefined) draft.comment = comment;
  },
  ipset: (cursor, draft) => {
    const ipset = readWith(cursor, (reader) => reader.text());
    if (ipset !== undefined) draft.ipset = ipset;
  },
  elements: (cursor, draft) => {
    const isGiven = takeMark(cursor, '=');
    const next = peek(cursor);
    if (!isGiven || next?.term.kind !== 'braces') complainOf(cursor, '`= { … }`');
    else {
      cursor.at++;
      draft.values = next.term;
    }
  },
};

function complainOf(cursor: Cursor, wanted: string): void {
  complainAt(cursor, peek(cursor), 'HK3009', `expected ${wanted}`);
  cursor.at = cursor.terms.length;
}

function readStatement(cursor: Cursor, span: Span, draft: Draft): void {
  const [first] = cursor.terms;
  const word = first?.term.kind === 'word' ? first.term.text : '';
  const help = nearestWord(word, properties);
  if (help) {
    cursor.report.complain('HK2001', `\`${word}\` is no property of a set or map`, {
      span,
      help,
    });
    cursor.at = cursor.terms.length;
    return;
  }
  untilEnd(cursor, () => {
    const part = readStateful(cursor);
    if (part) draft.statements = [...(draft.statements ?? []), part];
    return part !== undefined;
  });
}
