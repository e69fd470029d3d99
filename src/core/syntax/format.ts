// The canonical layout of a policy: one statement a line, two spaces for each block, at most one blank line in a row.
// Works on the tokens, so that none can get lost.
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import * as token from '../../../grammar/tokens.ts';
import { hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Source } from '../text/source.ts';
import { layOut, type Part, type Piece, type Remark } from './layout.ts';
import { parsePolicy } from './parse.ts';
import { tokensOf } from './tokens.ts';

/** What kind of lines a block holds. */
type Place = 'file' | 'host' | 'table' | 'chain' | 'lines' | 'properties';

/** The way through a text and what is printed of it so far. */
interface Printer {
  readonly source: Source;
  /** Tokens and comments as they were written. */
  readonly items: readonly IToken[];
  readonly lines: string[];
  /** The next item. */
  at: number;
  /** Where the last item ends that was printed. */
  end: number;
  indent: number;
  /** Whether the last line opens a block, so that no blank line comes behind it. */
  opened: boolean;
}

/** A policy in its canonical layout; undefined, with the reasons, where it has syntax errors. */
export function formatPolicy(source: Source): Outcome<string> {
  const { diagnostics } = parsePolicy(source);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const { tokens, comments } = tokensOf(source);
  const items = [...tokens, ...comments].toSorted((a, b) => a.startOffset - b.startOffset);
  const printer: Printer = { source, items, lines: [], at: 0, end: 0, indent: 0, opened: true };
  printBlock(printer, 'file');
  return { value: printer.lines.map((line) => `${line}\n`).join(''), diagnostics };
}

function printBlock(printer: Printer, place: Place): void {
  for (let next = peek(printer); next && !is(next, token.RightBrace); next = peek(printer)) {
    if (is(next, token.End)) printer.at++;
    else if (is(next, token.Comment)) printComment(printer);
    else printStatement(printer, place, next);
  }
}

/** A comment behind something stays in its line. */
function printComment(printer: Printer): void {
  const blank = linesBetween(printer, peek(printer)) > 1;
  const { text, trailing } = takeComment(printer);
  const last = trailing ? printer.lines.pop() : undefined;
  if (last !== undefined) printer.lines.push(`${last} ${text}`);
  else addLine(printer, text, blank);
}

function printStatement(printer: Printer, place: Place, first: IToken): void {
  const blank = linesBetween(printer, first) > 1;
  const inner = opensProperties(printer, place) ? 'properties' : innerPlace(place, first);
  const pieces = gather(printer, statementEnds, inner && place);
  const opens = inner !== undefined && is(peek(printer), token.LeftBrace);
  const length = opens ? pieces.findLastIndex(({ kind }) => kind !== 'comment') + 1 : pieces.length;
  const lines = layOut(pieces.slice(0, length), printer.indent);
  addLine(printer, lines[0] ?? '', blank);
  printer.lines.push(...lines.slice(1));
  if (opens) printBraces(printer, inner, pieces.slice(length));
}

/** The block behind a header that is printed; comments right before its brace come behind it. */
function printBraces(printer: Printer, place: Place, before: readonly Piece[]): void {
  take(printer);
  const header = `${printer.lines.pop() ?? ''} {`;
  const [first = '', ...others] = before.map((piece) => (piece.kind === 'comment' ? piece.text : ''));
  printer.lines.push(`${header} ${first}`.trimEnd());
  printer.opened = true;
  printer.indent += 2;
  for (const other of others) addLine(printer, other);
  printBlock(printer, place);
  printer.indent -= 2;
  take(printer);
  if (printer.lines.at(-1) === header) printer.lines.push(`${printer.lines.pop() ?? ''} }`);
  else addLine(printer, '}');
  printer.opened = false;
}

/** Whether a set or map has a block of its own, which stands where others have `=`. */
function opensProperties({ items, at }: Printer, place: Place): boolean {
  const [first, ...others] = items.slice(at, at + mostWords);
  if ((place !== 'file' && place !== 'table') || !is(first, token.SetKeyword, token.MapKeyword)) return false;
  const mark = others.find((one) => is(one, token.Equals, token.LeftBrace, ...statementEnds));
  return is(mark, token.LeftBrace);
}

/** No head of a set or map has more tokens. */
const mostWords = 200;

/** What kind of lines the block of a statement holds; undefined where its braces are sets. */
function innerPlace(place: Place, first: IToken): Place | undefined {
  if (place === 'lines') return 'lines';
  if (place === 'properties') return undefined;
  const found = places[place].find(([keyword]) => is(first, keyword))?.[1];
  return found ?? (place === 'host' ? 'lines' : undefined);
}

/** The keywords of blocks, and what the blocks hold. */
const places: Readonly<
  Record<Exclude<Place, 'lines' | 'properties'>, readonly (readonly [TokenType, Place])[]>
> = {
  file: [
    [token.Table, 'table'],
    [token.Def, 'chain'],
    [token.Zone, 'lines'],
    [token.Policy, 'chain'],
    [token.Gateway, 'chain'],
    [token.Host, 'host'],
    [token.Link, 'lines'],
    [token.Test, 'lines'],
    [token.Assert, 'chain'],
  ],
  host: [
    [token.Table, 'table'],
    [token.Zone, 'lines'],
    [token.Policy, 'chain'],
    [token.Gateway, 'chain'],
  ],
  table: [
    [token.Chain, 'chain'],
    [token.ObjectKind, 'chain'],
  ],
  chain: [[token.When, 'chain']],
};

const statementEnds = [token.End, token.RightBrace];
const elementEnds = [token.Comma, token.Newline, token.RightBrace];

/** The pieces up to one of the ends, or to the block that may follow; a comment right before the end is not among them. */
function gather(printer: Printer, ends: readonly TokenType[], blockIn?: Place): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let next = peek(printer); next && !is(next, ...ends); next = peek(printer)) {
    if (blockIn && is(next, token.LeftBrace) && opensBlock(printer, blockIn)) break;
    if (is(next, token.LeftBrace)) pieces.push({ kind: 'set', parts: gatherParts(printer) });
    else if (is(next, token.Comment)) {
      if (!goesOn(printer, ends)) break;
      pieces.push(takeComment(printer));
    } else {
      pieces.push({ kind: 'token', token: next });
      take(printer);
    }
  }
  return pieces;
}

function gatherParts(printer: Printer): readonly Part[] {
  const parts: Part[] = [];
  take(printer);
  for (let next = peek(printer); next && !is(next, token.RightBrace); next = peek(printer)) {
    if (is(next, token.Newline)) printer.at++;
    else if (is(next, token.Comment)) parts.push(takeComment(printer));
    else parts.push(gatherElement(printer));
  }
  take(printer);
  return parts;
}

/** An element, with the comma or the newline that separates it from the next one. */
function gatherElement(printer: Printer): Part {
  const pieces = gather(printer, elementEnds);
  const { at } = printer;
  while (is(peek(printer), token.Newline)) printer.at++;
  const next = peek(printer);
  if (is(next, token.Comma)) {
    take(printer);
    return { kind: 'element', pieces, separator: ',' };
  }
  const separated = printer.at > at && !is(next, token.RightBrace, token.Comment);
  return { kind: 'element', pieces, separator: separated ? 'newline' : '' };
}

/**
 * Whether the next brace is the last one of its statement, as that of a block is. At the top level no head has a set, and
 * in a table another statement may begin right behind the block.
 */
function opensBlock({ items, at }: Printer, place: Place): boolean {
  if (place === 'file' || place === 'host') return true;
  let depth = 0;
  let end = at;
  do {
    if (is(items[end], token.LeftBrace)) depth++;
    if (is(items[end], token.RightBrace)) depth--;
    end++;
  } while (depth > 0 && end < items.length);
  while (is(items[end], token.Comment)) end++;
  const next = items[end];
  const begins = place === 'table' && places.table.some(([keyword]) => is(next, keyword));
  return begins || next === undefined || is(next, ...statementEnds);
}

/** Whether the statement goes on behind the comments that come now. */
function goesOn({ items, at }: Printer, ends: readonly TokenType[]): boolean {
  let next = at;
  while (is(items[next], token.Comment)) next++;
  return next < items.length && !is(items[next], ...ends);
}

function is(one: IToken | undefined, ...types: readonly TokenType[]): boolean {
  return one !== undefined && types.some((type) => tokenMatcher(one, type));
}

function peek({ items, at }: Printer): IToken | undefined {
  return items[at];
}

function take(printer: Printer): void {
  const one = printer.items[printer.at++];
  if (one) printer.end = one.startOffset + one.image.length;
}

function takeComment(printer: Printer): Remark {
  const next = peek(printer);
  const trailing = printer.at > 0 && linesBetween(printer, next) === 0;
  take(printer);
  return { kind: 'comment', text: next?.image.trimEnd() ?? '', trailing };
}

/** How many lines begin between the last item and this one. */
function linesBetween({ source, end }: Printer, next: IToken | undefined): number {
  return source.text.slice(end, next?.startOffset).split('\n').length - 1;
}

/** Prints the first line of something, after a blank one if wanted, which no block begins with. */
function addLine(printer: Printer, text: string, blank = false): void {
  if (blank && !printer.opened) printer.lines.push('');
  printer.lines.push(' '.repeat(printer.indent) + text);
  printer.opened = false;
}
