// The lexical rules of nft's ruleset language (nftables: src/scanner.l), where the longest match wins. Keywords are plain
// words here: the parser knows by place what is one.
import { createToken, type IToken, Lexer, type TokenType } from 'chevrotain';

const hex = '[0-9a-fA-F]{1,4}';
const dotted = '[0-9]{1,3}(?:\\.[0-9]{1,3}){3}';

/** All spellings of an IPv6 address, the longer before the shorter, as a regular expression takes the first that fits. */
function ipv6Pattern(): string {
  const spellings = [`::[fF]{4}:${dotted}`, `::${dotted}`, `(?:${hex}:){7}${hex}`];
  for (let groups = 7; groups > 0; groups--) {
    for (let left = 0; left < groups; left++) {
      const head = left === 0 ? ':' : `(?:${hex}:){${left}}`;
      spellings.push(`${head}(?::${hex}){${groups - left}}`);
    }
    spellings.push(`(?:${hex}:){${groups}}:`);
  }
  return `(?=[0-9a-fA-F]{0,4}:)(?:${[...spellings, '::'].join('|')})`;
}

const define = (name: string, pattern: RegExp | string): TokenType => createToken({ name, pattern });
const skipped = (name: string, pattern: RegExp): TokenType =>
  createToken({ name, pattern, group: Lexer.SKIPPED });

/** What ends a statement: a newline or a semicolon. */
export const Newline: TokenType = define('Newline', /\r?\n/);
/** In quotes, which may hold line ends; nothing is escaped. */
export const Quoted: TokenType = define('Quoted', /"[^"]*"/);
/** Addresses, durations and traffic classes: words that begin like numbers. */
export const Literal: TokenType = createToken({ name: 'Literal', pattern: Lexer.NA });
export const Numeral: TokenType = define('Numeral', /0[xX][0-9a-fA-F]+|[0-9]+/);
export const Word: TokenType = define('Word', /[A-Za-z_.][A-Za-z0-9/_.-]*/);
/** Words with a wildcard: `eth*`, `eth\*`. */
export const Wildcard: TokenType = define(
  'Wildcard',
  /(?:[A-Za-z_.][A-Za-z0-9/_.-]*)?\\\*(?:[A-Za-z_.][A-Za-z0-9/_.-]*)?|[A-Za-z_.][A-Za-z0-9/_.-]*\*/,
);
/** Operators and punctuation, told apart by their text. */
const Sign: TokenType = define('Sign', /==|!=|<=|>=|<<|>>|[,.:;{}[\]()<>^&|!/\-*@$=+]/);
/** What begins none of the others. */
const Bad: TokenType = define('Bad', /[\s\S]/);

const literals = [
  ['Ipv6', ipv6Pattern()],
  ['Mac', '(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}'],
  ['Ipv4', dotted],
  ['Class', `${hex}:${hex}(?=[ \\t\\n:},-])`],
  ['EtherType', '8021(?:ad|q)'],
  ['Duration', '(?=[0-9]+[dhms])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m(?!s))?(?:[0-9]+s)?(?:[0-9]+ms)?'],
].map(([name = '', pattern = '']) =>
  createToken({ name, pattern: new RegExp(pattern), categories: [Literal], line_breaks: false }),
);

const lexer = new Lexer(
  [
    skipped('Blank', /[ \t\f\v]+/),
    skipped('Continuation', /\\\r?\n/),
    skipped('Comment', /#[^\n]*/),
    Newline,
    Quoted,
    // Most words, without a look at what else they could begin: no address has neither colon nor digit in front.
    createToken({
      name: 'PlainWord',
      pattern: /[A-Za-z_][A-Za-z0-9/_.-]*(?![A-Za-z0-9/_.:*\\-])/,
      categories: [Word],
    }),
    ...literals,
    Numeral,
    Wildcard,
    createToken({ name: 'Dot', pattern: /\.(?![A-Za-z0-9/_.-])/, categories: [Sign] }),
    Word,
    Sign,
    Bad,
  ],
  { positionTracking: 'onlyOffset' },
);

/** The tokens of a text; what begins none is one too, which no rule of the grammar takes. */
export function tokenize(text: string): readonly IToken[] {
  return lexer.tokenize(text).tokens;
}

/** The value of a numeral; a leading zero makes it octal. */
export function numberOf(text: string): bigint {
  return /^0[0-7]+$/.test(text) ? BigInt(`0o${text.slice(1)}`) : BigInt(text);
}
