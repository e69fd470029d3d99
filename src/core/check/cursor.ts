// A place in a list of terms. Constants are opened in place where a value is read, never where a key is, so that a
// constant can hold a value and nothing else; every term knows the uses through which it came.

import type { Code } from '../diagnostic/catalogue.ts';
import type { Label } from '../diagnostic/diagnostic.ts';
import type { Help } from '../diagnostic/meant.ts';
import type { Name, Term } from '../syntax/term.ts';
import { cover, type Span, textOf } from '../text/source.ts';
import type { Report } from './report.ts';
import { type Constant, type Expansion, findConstant, type Scope } from './scope.ts';

/** A term with the scope it was written in and, outermost first, what it came through. */
export interface Located {
  readonly term: Term;
  readonly scope: Scope;
  /** The uses of constants and parameters that it is the value of, or part of that. */
  readonly uses: readonly Use[];
  /** The uses of definitions of rules and conditions that it stands in. */
  readonly expansions: readonly Expansion[];
}

interface Use {
  readonly constant: Constant;
  readonly span: Span;
}

/** Moves along its terms; a copy (`{ ...cursor }`) moves on its own. */
export interface Cursor {
  terms: readonly Located[];
  at: number;
  /** The empty place behind the last term. */
  readonly end: Span;
  readonly report: Report;
  /** How many constants were opened, by this cursor and its copies together. */
  readonly opened: { count: number };
  /** What takes the values, and why a value of some type is expected. */
  taker?: Taker;
}

/** A key, with its place as `placeOf` has it. */
interface Taker extends Name {
  /** Where it is written, and the definitions that this stands in, if it is in one. */
  readonly written?: Pick<Located, 'expansions'> & { readonly span: Span };
}

const unused: readonly Use[] = [];
const unexpanded: readonly Expansion[] = [];

/** Terms as they stand in a text, all of one scope. */
export function locate(
  terms: readonly Term[],
  scope: Scope,
  expansions: readonly Expansion[] = unexpanded,
): readonly Located[] {
  return terms.map((term) => ({ term, scope, uses: unused, expansions }));
}

/** A cursor at the first of some terms, all of one scope; `span` is for where there are none. */
export function makeCursor(terms: readonly Term[], span: Span, scope: Scope, report: Report): Cursor {
  return cursorOver(locate(terms, scope), span, report);
}

/** A cursor at the first of some located terms; `span` is for where there are none. */
export function cursorOver(terms: readonly Located[], span: Span, report: Report): Cursor {
  const last = terms.at(-1);
  const { end } = last ? placeOf(last) : span;
  const { source } = last ? placeOf(last) : span;
  return { terms, at: 0, end: { source, start: end, end }, report, opened: { count: 0 } };
}

/** The next term as it is written. */
export function peek(cursor: Cursor): Located | undefined {
  return cursor.terms[cursor.at];
}

/** Reads part after part up to the end, as long as `read` succeeds; one that takes no term is left over. */
export function untilEnd(cursor: Cursor, read: () => boolean): boolean {
  while (peek(cursor)) {
    const { at } = cursor;
    if (!read()) return false;
    if (cursor.at === at) return leftOver(cursor);
  }
  return true;
}

function leftOver(cursor: Cursor): false {
  const text = textOf(place(cursor));
  complainAt(cursor, peek(cursor), 'HK2024', `\`${text}\` is left over`);
  return false;
}

/** Whether the next term is this operator or punctuation. */
export function atMark(cursor: Cursor, text: string): boolean {
  const term = peek(cursor)?.term;
  return term?.kind === 'mark' && term.text === text;
}

/** Takes the next term if it is this operator or punctuation. */
export function takeMark(cursor: Cursor, text: string): boolean {
  const found = atMark(cursor, text);
  if (found) cursor.at++;
  return found;
}

/** Takes the next term if it is one of these words; a word of a constant is never a keyword. */
export function takeWord<const Text extends string>(
  cursor: Cursor,
  ...texts: readonly Text[]
): Text | undefined {
  const next = peek(cursor);
  const found = next?.term.kind === 'word' && next.uses.length === 0 ? next.term.text : undefined;
  const text = texts.find((one) => one === found);
  if (text !== undefined) cursor.at++;
  return text;
}

/** The next term with constants opened: `broken` where a constant is and its definition was reported. */
export function peekValue(cursor: Cursor): Located | 'broken' | undefined {
  for (;;) {
    const next = peek(cursor);
    const constant = next?.term.kind === 'word' ? findConstant(next.scope, next.term.text) : undefined;
    if (!next || !constant) return next;
    cursor.report.used.add(constant);
    if (constant.broken || opensTooMuch(cursor, next, constant)) return 'broken';
    open(cursor, next, constant);
  }
}

/** The next term with the parameters of a `def` opened, for where a name stands that is no value. */
export function peekArgument(cursor: Cursor): Located | 'broken' | undefined {
  for (;;) {
    const next = peek(cursor);
    const constant = next?.term.kind === 'word' ? findConstant(next.scope, next.term.text) : undefined;
    if (!next || !constant?.argumentOf) return next;
    if (constant.broken || opensTooMuch(cursor, next, constant)) return 'broken';
    cursor.report.used.add(constant);
    open(cursor, next, constant);
  }
}

/**
 * Bounds for one rule or line, and for all constants inside of others that one text opens: those that hold others twice
 * could otherwise grow without end.
 */
const mostOpened = 20_000;
const mostInside = (length: number): number => mostOpened + 10 * length;
const deepestUse = 100;

/** A constant of the text that was too large once is not opened again. */
function opensTooMuch({ opened, end: { source }, report }: Cursor, at: Located, constant: Constant): boolean {
  opened.count++;
  const outermost = at.uses[0]?.constant ?? constant;
  if (report.tooLarge.has(outermost)) return true;
  const insideOthers = (report.opened.get(source) ?? 0) + Math.min(1, at.uses.length);
  report.opened.set(source, insideOthers);
  const isSmall = opened.count <= mostOpened && insideOthers <= mostInside(source.text.length);
  if (isSmall && at.uses.length < deepestUse) return false;
  const span = placeOf(at);
  report.tooLarge.add(outermost);
  report.complain('HK3018', `\`${textOf(span)}\` grows without measure`, { span });
  return true;
}

/**
 * Whether a term of a definition was refused before; it may come up there any number of times. What a constant or an
 * argument holds is wrong in this use of it, and what stands in a body itself in all.
 */
export function wasRefused({ report }: Cursor, { term, uses, expansions }: Located): boolean {
  const [use] = uses;
  if (!use && expansions.length === 0) return false;
  const key = `${term.span.source.name} ${term.span.start} ${use?.span.source.name} ${use?.span.start}`;
  const before = report.refused.has(key);
  report.refused.add(key);
  return before;
}

/** Puts the terms of a constant in the place of its name; those of an argument are where the call is. */
function open(cursor: Cursor, next: Located, constant: Constant): void {
  const uses = [...next.uses, { constant, span: next.term.span }];
  const { scope, argumentOf } = constant;
  const expansions = argumentOf ?? next.expansions;
  const opened = constant.value.map((term) => ({ term, scope, uses, expansions }));
  cursor.terms = cursor.terms.toSpliced(cursor.at, 1, ...opened);
}

/** Where a term is seen: itself, or the use of the outermost definition that it came from. */
export function placeOf(located: Located): Span {
  return located.expansions[0]?.span ?? placeInside(located);
}

/** Where a term is seen by who knows the definition that it stands in: an argument is seen where it was given. */
function placeInside({ uses, term }: Located): Span {
  const given = uses.findLastIndex(({ constant }) => constant.argumentOf);
  return uses[given + 1]?.span ?? term.span;
}

/** The place of the next term, or of the end. */
export function place(cursor: Cursor): Span {
  const next = peek(cursor);
  return next ? placeOf(next) : cursor.end;
}

/** What was taken since the cursor stood at `start`; at least one term. */
export function spanSince(cursor: Cursor, start: number): Span {
  const first = cursor.terms[start];
  const last = cursor.terms[cursor.at - 1];
  return first && last ? cover(placeOf(first), placeOf(last)) : cursor.end;
}

/** What takes the values, together with what it has taken. */
export function takenSpan(cursor: Cursor): Span {
  const last = spanSince(cursor, cursor.at - 1);
  return cursor.taker ? cover(cursor.taker.span, last) : last;
}

/** A cursor over other terms of the same writing: the element of a set. */
export function inside(cursor: Cursor, at: Located, terms: readonly Term[], span: Span): Cursor {
  return {
    ...cursor,
    terms: terms.map((term) => ({ ...at, term })),
    at: 0,
    end: at.uses.length + at.expansions.length > 0 ? placeOf(at) : { ...span, start: span.end },
  };
}

/** What a complaint may add. */
interface Details {
  readonly help?: Help | undefined;
  readonly labels?: readonly Label[];
}

/** Reports a problem at a term; where it came from a constant, at the use, with a label in the definition. */
export function complainAt(
  cursor: Cursor,
  at: Located | undefined,
  code: Code,
  message: string,
  details: Details = {},
): undefined {
  const labels = [...(at ? definitionLabels(at) : takerPlaces(cursor)), ...(details.labels ?? [])];
  const span = at ? placeOf(at) : cursor.end;
  return cursor.report.complain(code, message, { span, labels, help: details.help });
}

/** One label in each definition on the way to the term, none where the complaint itself stands. */
function definitionLabels(at: Located): readonly Label[] {
  const places = placesInside(at.expansions, placeInside(at));
  const values = at.uses.map(({ constant, span }, index) =>
    constant.argumentOf
      ? { span, message: `\`${constant.name.text}\` is used here` }
      : {
          span: at.uses[index + 1]?.span ?? at.term.span,
          message: `in the definition of \`${constant.name.text}\``,
        },
  );
  return [...places, ...values];
}

/** One label in each definition on the way to a place. */
function placesInside(expansions: readonly Expansion[], last: Span): readonly Label[] {
  return expansions.map(({ name }, index) => ({
    span: expansions[index + 1]?.span ?? last,
    message: `in the definition of \`${name.text}\``,
  }));
}

/** Labels on the way to the key that takes the values, where it stands in a definition. */
export function takerPlaces({ taker }: Cursor): readonly Label[] {
  return taker?.written ? placesInside(taker.written.expansions, taker.written.span) : [];
}

/** What takes the values from here on: the key that begins at `start` and was just taken. */
export function takerSince(cursor: Cursor, start: number, text: string): Taker {
  const first = cursor.terms[start];
  const last = cursor.terms[cursor.at - 1];
  const span = spanSince(cursor, start);
  if (!first || !last || first.expansions.length === 0) return { text, span };
  const written = { expansions: first.expansions, span: cover(first.term.span, last.term.span) };
  return { text, span, written };
}

/** A label that says which match or statement wants what. */
export function takerLabels(cursor: Cursor, wanted: string): readonly Label[] {
  const { taker } = cursor;
  if (!taker) return [];
  return [{ span: taker.written?.span ?? taker.span, message: `\`${taker.text}\` takes ${wanted}` }];
}
