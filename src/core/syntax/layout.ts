// The canonical layout of one statement: one line, or more where a set is too wide for it or a comment ends a line.
import type { IToken, TokenType } from 'chevrotain';
import * as token from '../../../grammar/tokens.ts';

/** Lines are this wide where sets allow it. */
const maxWidth = 100;

/** What a statement is made of: words and marks, comments in the middle of it, and sets. */
export type Piece =
  | { readonly kind: 'token'; readonly token: IToken }
  | Remark
  | { readonly kind: 'set'; readonly parts: readonly Part[] };

/** A comment, and whether it stands behind something in its line. */
export interface Remark {
  readonly kind: 'comment';
  readonly text: string;
  readonly trailing: boolean;
}

/** A part of a set: a comment, or an element with what separates it from the next one. */
export type Part =
  | Remark
  | { readonly kind: 'element'; readonly pieces: readonly Piece[]; readonly separator: ',' | 'newline' | '' };

/** The lines of a statement, without the indent of the first one; the others are indented by spaces. */
export function layOut(pieces: readonly Piece[], indent: number, inSet = false): readonly string[] {
  const broken = new Set(pieces.filter(mustBreak));
  const widest = widestFirst(pieces.filter((piece) => !broken.has(piece)));
  for (let count = 1; ; count *= 2) {
    const lines = print(pieces, indent, inSet, broken);
    const fits = lines.every((line, at) => line.length + (at === 0 ? indent : 0) <= maxWidth);
    // The first ones by one; of very many, more at a time, because each printing takes time for all.
    const next = fits ? [] : widest.splice(0, Math.ceil(count / 16));
    if (next.length === 0) return lines;
    for (const piece of next) broken.add(piece);
  }
}

/** Whether a set cannot stand on one line: a comment or a newline that separates elements is in it. */
function mustBreak(piece: Piece): boolean {
  return piece.kind === 'set' && piece.parts.some(breaksLine);
}

function breaksLine(part: Part): boolean {
  if (part.kind === 'comment' || part.separator === 'newline') return true;
  return part.pieces.some((piece) => piece.kind === 'comment' || mustBreak(piece));
}

/** The sets of a statement that may be broken, the widest first. */
function widestFirst(pieces: readonly Piece[]): Piece[] {
  return pieces
    .filter((piece) => piece.kind === 'set' && piece.parts.length > 0)
    .map((piece) => ({ piece, width: flat(piece).length }))
    .toSorted((a, b) => b.width - a.width)
    .map(({ piece }) => piece);
}

function flat(piece: Piece): string {
  return print([piece], 0, false, new Set()).join(' ');
}

function print(
  pieces: readonly Piece[],
  indent: number,
  inSet: boolean,
  broken: ReadonlySet<Piece>,
): readonly string[] {
  const lines = [''];
  const append = (text: string): unknown => lines.push((lines.pop() ?? '') + text);
  for (const [at, piece] of pieces.entries()) {
    const before = pieces[at - 1];
    if (before?.kind === 'comment') lines.push(' '.repeat(indent + 4));
    else if (before) append(gap(pieces, at, inSet));
    if (piece.kind === 'token') append(piece.token.image);
    else if (piece.kind === 'comment') append(piece.text);
    else if (!broken.has(piece)) append(flatSet(piece.parts));
    else {
      append('{');
      lines.push(...fill(piece.parts, indent + 2, lines), `${' '.repeat(indent)}}`);
    }
  }
  return lines;
}

function flatSet(parts: readonly Part[]): string {
  const elements = parts.map((part) =>
    part.kind === 'comment'
      ? part.text
      : `${print(part.pieces, 0, true, new Set()).join(' ')}${part.separator === ',' ? ',' : ''}`,
  );
  return elements.length === 0 ? '{ }' : `{ ${elements.join(' ')} }`;
}

/** The elements of a set, as many in a line as fit; a comment behind the brace goes to the line that it is in. */
function fill(parts: readonly Part[], indent: number, before: string[]): readonly string[] {
  const [first, ...others] = parts;
  if (first?.kind === 'comment' && first.trailing) {
    before.push(`${before.pop() ?? ''} ${first.text}`);
    return fill(others, indent, before);
  }
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  let line = margin;
  const flush = (): void => {
    if (line !== margin) lines.push(line.trimEnd());
    line = margin;
  };
  for (const part of parts) {
    if (part.kind === 'comment') {
      if (!part.trailing) flush();
      else if (line === margin) line = `${lines.pop() ?? margin} `;
      line += part.text;
      flush();
      continue;
    }
    const [head = '', ...rest] = layOut(part.pieces, indent, true);
    if (line.length + head.length + 1 > maxWidth || rest.length > 0) flush();
    line += head;
    for (const next of rest) {
      lines.push(line);
      line = next;
    }
    line += part.separator === ',' ? ', ' : ' ';
    if (part.separator === 'newline') flush();
  }
  flush();
  return lines;
}

const spaced = new Set(['==', '!=', '<=', '>=', '<', '>', '->', '=', '&', '|', '.']);
const asWritten = new Set(['/', '-', '+', ':', '(', ')', '[', ']', '!', ',']);
const closesArgument = new Set([',', ')']);
const numeric = new Set<TokenType>([token.Integer, token.Ipv4, token.Ipv6]);

/** What stands between a piece and the one before it: mostly a space, around some marks what was written. */
function gap(pieces: readonly Piece[], at: number, inSet: boolean): string {
  const [left, right] = [pieces[at - 1], pieces[at]];
  if (right?.kind === 'set') return left?.kind === 'token' && left.token.image === '(' ? '' : ' ';
  if (left?.kind === 'set')
    return right?.kind === 'token' && closesArgument.has(right.token.image) ? '' : ' ';
  if (left?.kind !== 'token' || right?.kind !== 'token') return ' ';
  const [first, second] = [left.token.image, right.token.image];
  if (second === ',') return '';
  if (spaced.has(first) || spaced.has(second)) return ' ';
  if (isNumericRange(pieces, at) || isNumericRange(pieces, at - 1)) return '';
  if ((inSet || startsSet(pieces)) && (first === ':' || second === ':')) return ' ';
  if (!asWritten.has(first) && !asWritten.has(second)) return ' ';
  return right.token.startOffset > left.token.startOffset + first.length ? ' ' : '';
}

/** Whether the mark at this place is the `-` or `/` between two numbers or addresses. */
function isNumericRange(pieces: readonly Piece[], at: number): boolean {
  const mark = pieces[at];
  if (mark?.kind !== 'token' || (mark.token.image !== '-' && mark.token.image !== '/')) return false;
  return [pieces[at - 1], pieces[at + 1]].every(
    (side) => side?.kind === 'token' && numeric.has(side.token.tokenType),
  );
}

const setKeywords = new Set<TokenType>([token.SetKeyword, token.MapKeyword]);

/** Whether this is the declaration of a set or map, in which the `:` of the type has spaces around it. */
function startsSet([first]: readonly Piece[]): boolean {
  return first?.kind === 'token' && setKeywords.has(first.token.tokenType);
}
