// Expressions in nft text.
import type { Combination, Expression, Selector, SetElement, SetExpression } from '../schema/expression.ts';
import { type Visitor, visit } from '../schema/tagged.ts';
import type { Verdict } from '../schema/verdict.ts';
import { hasTexts, selectorVisitor } from './selector.ts';
import { elementStatements } from './stateful.ts';
import type { Style } from './style.ts';
import { isWord, name, phrase, quoted, seconds, word } from './words.ts';

/** How the values that are compared with an expression stand. */
export function styleOf(left: Expression): Style {
  if (typeof left === 'object' && !isList(left) && 'concat' in left) return left.concat.map(styleOf);
  return hasTexts(left) ? 'quoted' : 'bare';
}

/** An expression; `join` is what stands between the items of a list. */
export function expressionText(expression: Expression, style: Style = 'bare', join = ','): string {
  if (typeof expression === 'string') return textValue(expression, style);
  if (typeof expression === 'boolean') return expression ? 'exists' : 'missing';
  if (typeof expression !== 'object') return word(expression);
  if (isList(expression)) return expression.map((item) => expressionText(item, style)).join(join);
  return visit(expression, style === 'bare' ? bareVisitor : visitorFor(style));
}

function textValue(text: string, style: Style): string {
  if (text.startsWith('@')) return `@${name(text.slice(1))}`;
  if (text === '*') return text;
  return style === 'quoted' || !isWord(text) ? quoted(text) : text;
}

type Single = SetExpression | Combination | Selector | Verdict;

function visitorFor(style: Style): Visitor<Single, string> {
  const write = (expression: Expression): string => expressionText(expression, style);
  return {
    ...selectorVisitor(write),
    ...combinations,
    ...verdictVisitor,
    concat: (items) => items.map((item, index) => expressionText(item, partOf(style, index))).join(' . '),
    set: (set) => {
      const items = isList(set) ? set : [set];
      return `{ ${items.map((item) => itemText(item, style)).join(', ')} }`;
    },
    map: ({ key, data }) => `${expressionText(key)} map ${dataText(data, styleOf(key), style)}`,
    prefix: ({ addr, len }) => `${write(addr)}/${word(len)}`,
    // A name is read up to the next blank, the `-` included.
    range: ([low, high]) => [write(low), write(high)].join(isNamed(low) ? ' - ' : '-'),
    elem: (element) => elementText(element, style),
  };
}

/** The texts of verdicts, which are statements too. */
export const verdictVisitor: Visitor<Verdict, string> = {
  accept: () => 'accept',
  drop: () => 'drop',
  continue: () => 'continue',
  return: () => 'return',
  jump: ({ target }) => `jump ${name(target)}`,
  goto: ({ target }) => `goto ${name(target)}`,
};

const combinations: Visitor<Combination, string> = {
  '|': (operands) => combine('|', operands),
  '^': (operands) => combine('^', operands),
  '&': (operands) => combine('&', operands),
  '<<': (operands) => combine('<<', operands),
  '>>': (operands) => combine('>>', operands),
};

const bareVisitor = visitorFor('bare');

function combine(operator: string, operands: readonly Expression[]): string {
  return operands.map(operandText).join(` ${operator} `);
}

/** What consists of several words in parentheses, so that no precedence has to be known. */
function operandText(operand: Expression): string {
  const isCompound = isList(operand) || (typeof operand === 'object' && isCombination(operand));
  const text = expressionText(operand, 'bare', ' | ');
  return isCompound ? `(${text})` : text;
}

/** Whether an expression is of operands and an operator. */
export function isCombination(expression: Expression): boolean {
  const keys = typeof expression === 'object' ? Object.keys(expression) : [];
  return keys.some((key) => Object.hasOwn(combinations, key));
}

function isList(expression: Expression): expression is readonly Expression[] {
  return Array.isArray(expression);
}

function partOf(style: Style, index: number): Style {
  return typeof style === 'string' ? style : (style[index] ?? 'bare');
}

/** An item of a set, or of a map: key and data. */
function itemText(item: Expression, style: Style, dataStyle: Style = 'bare'): string {
  if (!isList(item)) return expressionText(item, style);
  const [key = '', data = ''] = item;
  return `${expressionText(key, style)} : ${expressionText(data, dataStyle)}`;
}

/** The data of a map: a named map, or pairs. */
function dataText(data: Expression, style: Style, dataStyle: Style): string {
  if (typeof data !== 'object' || isList(data) || !('set' in data)) return expressionText(data);
  const items = isList(data.set) ? data.set : [data.set];
  return `{ ${elementTexts(items, style, dataStyle).join(', ')} }`;
}

function isNamed(bound: Expression): boolean {
  return typeof bound === 'string' && /^[a-z]/i.test(bound) && !bound.includes(':');
}

/** The elements of a set or map, each by itself. */
export function elementTexts(
  elements: readonly Expression[],
  style: Style,
  dataStyle: Style,
): readonly string[] {
  return elements.map((item) => itemText(item, style, dataStyle));
}

function elementText({ val, timeout, expires, comment, ...statements }: SetElement, style: Style): string {
  return phrase(
    expressionText(val, style),
    ...elementStatements(statements, expressionText),
    seconds('timeout', timeout),
    seconds('expires', expires),
    comment === undefined ? undefined : `comment ${quoted(comment)}`,
  );
}
