// Declarations of sets and maps.
import type { JsonObject, JsonValue } from '../json-value.ts';
import {
  type Cursor,
  expect,
  peek,
  peekText,
  placeFrom,
  take,
  takeComment,
  takeIf,
  takeName,
  takeOneOf,
  takeOwnName,
  takeSize,
  takeVariable,
  unexpected,
} from './cursor.ts';
import type { SetSyntaxBlock, TypeSyntax } from './declaration.ts';
import { type BlockReader, parseBlock } from './parse-block.ts';
import { parseConcat, parseSet, takeSeconds } from './parse-expression.ts';
import { takeObjectKind } from './parse-object.ts';
import { parseStateful } from './parse-stateful.ts';
import { fail } from './problem.ts';
import { type ElementSyntax, placeOf } from './syntax.ts';

interface Draft {
  key?: TypeSyntax;
  data?: NonNullable<SetSyntaxBlock['data']>;
  flags: string[];
  more: Record<string, JsonValue>;
  statements: JsonObject[];
  elements: readonly ElementSyntax[];
}

/** A set or map from its name on. */
export function parseSetBlock(cursor: Cursor, reader: BlockReader, kind: 'set' | 'map'): SetSyntaxBlock {
  const first = peek(cursor);
  const name = takeOwnName(cursor, `the name of a ${kind}`);
  const draft: Draft = { flags: [], more: {}, statements: [], elements: [] };
  parseBlock(cursor, reader, (inner) => parseLine(inner, kind, draft));
  return { kind, name, ...draft, at: placeFrom(cursor, first) };
}

function parseLine(cursor: Cursor, kind: 'set' | 'map', draft: Draft): void {
  const word = peekText(cursor);
  const parse = Object.hasOwn(lines, word) ? lines[word] : undefined;
  if (parse) {
    take(cursor);
    parse(cursor, draft, kind);
    return;
  }
  const statements = parseStatements(cursor);
  if (statements.length === 0) unexpected(cursor, `a property of the ${kind}`);
  draft.statements.push(...statements);
}

function parseStatements(cursor: Cursor): readonly JsonObject[] {
  const statements: JsonObject[] = [];
  for (let next = parseStateful(cursor); next; next = parseStateful(cursor)) statements.push(next);
  return statements;
}

const lines: Readonly<Record<string, (cursor: Cursor, draft: Draft, kind: 'set' | 'map') => void>> = {
  type: (cursor, draft, kind) => {
    draft.key = parseTypes(cursor);
    if (kind === 'map') parseDataType(cursor, draft, parseTypes);
  },
  typeof: (cursor, draft, kind) => {
    draft.key = parseTypeof(cursor);
    if (kind === 'map') parseDataType(cursor, draft, parseTypeof);
  },
  flags: (cursor, draft) => {
    do {
      const flag = takeOneOf(cursor, ['constant', 'interval', 'timeout', 'dynamic']);
      if (flag === undefined) unexpected(cursor, '`constant`, `interval`, `timeout` or `dynamic`');
      draft.flags.push(flag);
    } while (takeIf(cursor, ','));
  },
  timeout: (cursor, draft) => {
    draft.more['timeout'] = takeSeconds(cursor);
  },
  'gc-interval': (cursor, draft) => {
    draft.more['gc-interval'] = takeSeconds(cursor);
  },
  size: (cursor, draft) => {
    draft.more['size'] = takeSize(cursor);
  },
  policy: (cursor, draft) => {
    const policy = takeOneOf(cursor, ['performance', 'memory']);
    if (policy === undefined) unexpected(cursor, '`performance` or `memory`');
    // What nft lists is what differs from how it is.
    if (policy === 'memory') draft.more['policy'] = policy;
  },
  'auto-merge': (_, draft) => {
    draft.more['auto-merge'] = true;
  },
  comment: (cursor, draft) => {
    draft.more['comment'] = takeComment(cursor);
  },
  elements: (cursor, draft) => {
    expect(cursor, '=');
    draft.elements = [...draft.elements, ...parseElements(cursor)];
  },
};

/** `{ … }` or a variable that holds it. */
export function parseElements(cursor: Cursor): readonly ElementSyntax[] {
  const value = peekText(cursor) === '$' ? takeVariable(cursor) : parseSet(cursor);
  if (value.kind === 'set' && value.items.length === 0) fail('HK5601', 'expected an element', value.at);
  return value.kind === 'set' ? value.items : fail('HK5601', 'expected elements in braces', value.at);
}

/** `ipv4_addr . inet_service`. */
function parseTypes(cursor: Cursor): TypeSyntax {
  const names: { name: string; at: ReturnType<typeof placeOf> }[] = [];
  do {
    const token = peek(cursor);
    names.push({ name: takeName(cursor, 'the name of a type'), at: placeOf(cursor.source, token) });
  } while (takeIf(cursor, '.'));
  return { kind: 'type', names };
}

function parseTypeof(cursor: Cursor): TypeSyntax {
  return { kind: 'typeof', of: parseConcat(cursor, 'left') };
}

/** What a map's keys lead to: values, verdicts or objects; `interval` stands before ranges of values. */
function parseDataType(cursor: Cursor, draft: Draft, parse: (cursor: Cursor) => TypeSyntax): void {
  expect(cursor, ':');
  const object = parse === parseTypes ? takeObjectKind(cursor) : undefined;
  if (object !== undefined) {
    draft.data = { kind: 'object', object };
    return;
  }
  takeIf(cursor, 'interval');
  const isVerdict = peekText(cursor) === 'verdict';
  draft.data = isVerdict ? parseTypes(cursor) : parse(cursor);
}
