// Named objects of a table, and what is said of the table itself: `counter web { … }`, `flags dormant`, `comment "…"`.

import { nearestWord } from '../diagnostic/meant.ts';
import { type NamedObject, type Table, tableFlags } from '../ir/ruleset.ts';
import { findObjectKind, objectKinds } from '../object/registry.ts';
import type { Attribute, BodyItem, ObjectDeclaration, Rule } from '../syntax/ast.ts';
import type { Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { makeCursor } from './cursor.ts';
import { finishLine } from './line.ts';
import { argumentReader } from './reader.ts';
import type { SetsInReach } from './reader-state.ts';
import type { Report } from './report.ts';
import { distinct, type Scope } from './scope.ts';

interface ObjectContext {
  readonly scope: Scope;
  readonly sets: SetsInReach;
  readonly report: Report;
}

/** The objects that are without a mistake, in their order. */
export function declareObjects(
  declarations: readonly ObjectDeclaration[],
  context: ObjectContext,
): readonly NamedObject[] {
  const byKind = distinct(
    declarations,
    'object',
    context.report,
    ({ keyword, name }) => `${keyword.text} ${name.text}`,
  );
  return [...byKind.values()].flatMap((one) => declareObject(one, context) ?? []);
}

function declareObject(
  { keyword, name, lines, span }: ObjectDeclaration,
  { scope, sets, report }: ObjectContext,
): NamedObject | undefined {
  const definition = findObjectKind(keyword.text);
  if (!definition) return reportKind(keyword, report);
  const errors = report.errors();
  const { terms, comment } = readLines(lines, report);
  const cursor = makeCursor(terms, span, scope, report);
  cursor.taker = { text: keyword.text, span: keyword.span };
  const options = { cursor, family: undefined };
  const { args } = argumentReader(sets)((reader) => definition.read(reader), options);
  if (report.errors() === errors) finishLine(cursor);
  const comments = comment === undefined ? {} : { comment };
  return args === undefined ? undefined : { kind: keyword.text, name: name.text, args, ...comments, span };
}

function reportKind({ text, span }: ObjectDeclaration['keyword'], report: Report): undefined {
  const help = nearestWord(text, objectKinds) ?? `there is ${objectKinds.join(', ')}`;
  return report.complain('HK2001', `\`${text}\` is no kind of object`, { span, help });
}

/** What is said of an object, its lines one behind the other, without the one that is its comment. */
function readLines(
  lines: readonly BodyItem[],
  report: Report,
): { readonly terms: readonly Term[]; readonly comment?: string } {
  const rules = lines.flatMap((line) => (line.kind === 'rule' ? [line] : reportBlock(line.span, report)));
  const comments = rules.flatMap(({ terms }) => commentOf(terms) ?? []);
  const terms = rules.flatMap((line) => (commentOf(line.terms) === undefined ? line.terms : []));
  const [comment] = comments;
  return { terms, ...(comment !== undefined && { comment }) };
}

function reportBlock(span: Span, report: Report): readonly Rule[] {
  report.complain('HK2031', 'a block cannot stand here', { span });
  return [];
}

/** The text of a line that is nothing but `comment "…"`. */
function commentOf([first, second, ...others]: readonly Term[]): string | undefined {
  const isComment = isWord(first, 'comment') && others.length === 0;
  return isComment && second?.kind === 'string' ? second.value : undefined;
}

/** What lines of a chain say about the chain itself, and the others. */
export interface ChainLines {
  readonly rules: readonly BodyItem[];
  readonly comment?: string;
  readonly offload?: true;
}

/** Parts the lines of a chain; a rule that is nothing but a comment would do nothing, so such a line is the chain's. */
export function readChainLines(lines: readonly BodyItem[], report: Report): ChainLines {
  const rules: BodyItem[] = [];
  const found: { comment?: string; offload?: true } = {};
  for (const line of lines) {
    const terms = line.kind === 'rule' ? line.terms : [];
    const comment = commentOf(terms);
    if (comment !== undefined && found.comment !== undefined)
      report.complain('HK2003', 'the chain has a comment already', { span: line.span });
    if (comment !== undefined) found.comment = comment;
    else if (isOffload(terms)) found.offload = true;
    else rules.push(line);
  }
  return { rules, ...found };
}

function isOffload(terms: readonly Term[]): boolean {
  return terms.length === 2 && ['flags', 'offload'].every((text, at) => isWord(terms[at], text));
}

function isWord(term: Term | undefined, text: string): boolean {
  return term?.kind === 'word' && term.text === text;
}

/** What the lines of a table say about itself. */
export function readAttributes(
  attributes: readonly Attribute[],
  report: Report,
): Pick<Table, 'flags' | 'comment'> {
  const found = distinct(
    attributes.map((one) => ({ ...one, name: one.keyword })),
    'attribute',
    report,
  );
  const flags = found.get('flags');
  const comment = found.get('comment');
  return { ...(flags && readFlags(flags, report)), ...(comment && readComment(comment, report)) };
}

function readFlags({ terms, span }: Attribute, report: Report): Pick<Table, 'flags'> {
  const words = terms.filter((term) => term.kind !== 'mark' || term.text !== ',');
  const flags = tableFlags.filter((flag) => words.some((word) => isWord(word, flag)));
  if (flags.length === words.length) return { flags };
  report.complain('HK3006', 'this is no flag of a table', {
    span,
    help: `the flags are ${tableFlags.join(', ')}`,
  });
  return {};
}

function readComment({ terms: [text, ...others], span }: Attribute, report: Report): Pick<Table, 'comment'> {
  if (text?.kind === 'string' && others.length === 0) return { comment: text.value };
  report.complain('HK3009', 'expected a string and nothing else', {
    span,
    help: 'write `comment "what it is for"`',
  });
  return {};
}
