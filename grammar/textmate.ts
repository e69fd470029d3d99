// The grammar for editors and syntax highlighters, in the TextMate form, made from the tokens.
import type { TokenType } from 'chevrotain';
import * as token from './tokens.ts';

interface Pattern {
  readonly name: string;
  readonly match: string;
}

/** Words that are shown as keywords, with the scope that they get. */
interface KeywordList {
  readonly scope: string;
  readonly words: readonly string[];
  readonly before: string;
}

const ownKeywords: readonly KeywordList[] = [
  { scope: 'keyword.declaration', words: textsOf(token.keywords.declaration), before: '^\\s*' },
  { scope: 'keyword.other.clause', words: textsOf(token.keywords.clause), before: '' },
];

/** What begins a match or a statement, which the grammar itself does not know: one or more words with blanks between. */
export interface RuleKeys {
  readonly matches: readonly string[];
  readonly statements: readonly string[];
}

const literals: readonly (readonly [string, TokenType])[] = [
  ['comment.line.number-sign', token.Comment],
  ['string.quoted.double', token.Text],
  ['constant.numeric.mac', token.Mac],
  ['constant.numeric.ipv6', token.Ipv6],
  ['constant.numeric.ipv4', token.Ipv4],
  ['constant.numeric.duration', token.Duration],
  ['constant.numeric.integer', token.Integer],
  ['variable.other.set', token.SetReference],
];

/** A grammar in the form of TextMate, as far as it is used here. */
interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Pattern[];
}

/** The TextMate grammar. */
export function textMateGrammar(keys: RuleKeys): TextMateGrammar {
  const patterns: readonly Pattern[] = [
    ...literals.map(([scope, type]) => pattern(scope, sourceOf(type))),
    ...[...ownKeywords, ...ruleKeywords(keys)].map(({ scope, words, before }) =>
      pattern(scope, `${before}\\b(?:${words.join('|')})\\b(?![-.])`),
    ),
    pattern('variable.other', sourceOf(token.Word)),
    pattern('keyword.operator', sourceOf(token.Operator)),
  ];
  return { name: 'hookline', scopeName: 'source.hookline', fileTypes: ['hook'], patterns };
}

function ruleKeywords({ matches, statements }: RuleKeys): readonly KeywordList[] {
  return [
    { scope: 'support.function.match', words: keyPatterns(matches), before: '' },
    { scope: 'keyword.control.statement', words: keyPatterns(statements), before: '' },
  ];
}

/** Longer ones first, because the first that fits is taken. */
function keyPatterns(keys: readonly string[]): readonly string[] {
  return keys
    .toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map((key) => key.replaceAll(' ', '[ \\t]+'));
}

function pattern(scope: string, match: string): Pattern {
  return { name: `${scope}.hookline`, match };
}

function textsOf(types: readonly TokenType[]): readonly string[] {
  return types.map(({ PATTERN }) => (typeof PATTERN === 'string' ? PATTERN : ''));
}

/** The pattern as editors understand it, to whom `\xa0` is a byte and not a character. */
function sourceOf({ PATTERN }: TokenType): string {
  return PATTERN instanceof RegExp ? PATTERN.source.replace(/\\x([0-9a-f]{2})/g, '\\u00$1') : '';
}
