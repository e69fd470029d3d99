// The words of the policy language. No word is reserved: every keyword token is also a Word, so that a chain may be
// called `table` and a table `let`. What no token begins with is still a token, of the category Bad, so that the
// lexer never stops and each piece of junk is reported once. Repeated groups are bounded, far above any sense,
// because a regular expression that repeats a group a million times overflows the stack.
import {
  createToken,
  type ILexingResult,
  type IToken,
  Lexer,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';

const category = (name: string, ...categories: TokenType[]): TokenType =>
  createToken({ name, pattern: Lexer.NA, categories });

/** What may stand in a rule or in a line of a host or test block. */
export const InLine: TokenType = category('InLine');
/** What may stand in the value of a `let`: all of that but `=`. */
export const InValue: TokenType = category('InValue', InLine);
/** What may stand in an element of a set: neither separators nor the `:` of a map. */
export const InElement: TokenType = category('InElement', InValue);
/** What wants something on its right, so that no statement and no line ends behind it. */
export const Infix: TokenType = category('Infix');
/** What ends a statement. */
export const End: TokenType = category('End');
/** What may name a table, a chain or a set: a word, or a string where the name is no word. */
export const Identifier: TokenType = category('Identifier');
/** What begins an object of a table: `counter web`. */
export const ObjectKind: TokenType = category('ObjectKind');
/** What begins a line that is about the table itself. */
export const Attribute: TokenType = category('Attribute');
/** What is no part of the language; the reader of the tokens says why. */
const Bad: TokenType = category('Bad', InElement);

const define = (name: string, pattern: RegExp, ...categories: TokenType[]): TokenType =>
  createToken({ name, pattern, categories });
const skipped = (name: string, pattern: RegExp, group: string = Lexer.SKIPPED): TokenType =>
  createToken({ name, pattern, group });

/** A hyphen before `>` is the arrow of a packet, not part of a name. */
export const Word: TokenType = define(
  'Word',
  /[A-Za-z_][A-Za-z0-9_.]*(?:-(?!>)[A-Za-z0-9_.]*){0,200}/,
  InElement,
  Identifier,
);

const keyword = (text: string, ...categories: TokenType[]): TokenType =>
  createToken({
    name: text.replace(/^./, (first) => first.toUpperCase()),
    pattern: text,
    longer_alt: Word,
    categories: [Word, ...categories],
  });

export const Table: TokenType = keyword('table');
export const Chain: TokenType = keyword('chain');
export const SetKeyword: TokenType = keyword('set');
export const Let: TokenType = keyword('let');
export const Host: TokenType = keyword('host');
export const Link: TokenType = keyword('link');
export const Test: TokenType = keyword('test');
export const Assert: TokenType = keyword('assert');
export const Type: TokenType = keyword('type');
export const Hook: TokenType = keyword('hook');
export const Device: TokenType = keyword('device');
export const Priority: TokenType = keyword('priority');
export const Policy: TokenType = keyword('policy');
export const When: TokenType = keyword('when');
export const Def: TokenType = keyword('def');
export const Service: TokenType = keyword('service');
export const Zone: TokenType = keyword('zone');
export const Include: TokenType = keyword('include');
export const Gateway: TokenType = keyword('gateway');
/** Before JSON of nft that is kept word for word. */
export const Nft: TokenType = keyword('nft');
/** Before a line for ipset that is kept word for word. */
export const Ipset: TokenType = keyword('ipset');
export const MapKeyword: TokenType = keyword('map');

/** Before a second word of an object's kind. */
export const Ct: TokenType = keyword('ct', ObjectKind);
export const Devices: TokenType = keyword('devices');
const objectKinds = ['counter', 'quota', 'limit', 'secmark', 'synproxy', 'flowtable'].map((text) =>
  keyword(text, ObjectKind),
);
const attributes = ['flags', 'comment'].map((text) => keyword(text, Attribute));

/** The keywords by the place where they mean something; the TextMate grammar and the messages are made from it. */
export const keywords = {
  declaration: [
    Include,
    Table,
    Chain,
    SetKeyword,
    MapKeyword,
    Let,
    Ipset,
    Def,
    When,
    Service,
    Zone,
    Gateway,
    Host,
    Link,
    Test,
    Assert,
    Nft,
  ],
  // The lexer takes the first that fits, so `devices` comes before `device`.
  clause: [Type, Hook, Devices, Device, Priority, Policy],
} as const;

export const Mac: TokenType = define(
  'Mac',
  /[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![A-Za-z0-9_:.])/,
  InElement,
);
/** Anything with two colons in it; whether it is an address is for the checker to say. */
export const Ipv6: TokenType = define('Ipv6', /[A-Za-z0-9_]*:[A-Za-z0-9_]*:[A-Za-z0-9_.:]*/, InElement);
/** Dotted numbers, however many and however large. */
export const Ipv4: TokenType = define('Ipv4', /[0-9]+(?:\.[0-9]+){1,20}(?![A-Za-z0-9_.])/, InElement);
export const Duration: TokenType = define(
  'Duration',
  /(?:[0-9]+(?:ms|[smhdw])){1,20}(?![A-Za-z0-9_.])/,
  InElement,
);
export const Integer: TokenType = define('Number', /(?:0x[0-9A-Fa-f]+|[0-9]+)(?![A-Za-z0-9_.])/, InElement);
export const SetReference: TokenType = define(
  'SetReference',
  /@(?:[A-Za-z_][A-Za-z0-9_.]*(?:-(?!>)[A-Za-z0-9_.]*){0,200}|"[ !#-\x5b\]-~\xa0-\u2027\u202a-\uffff]*(?:\\["\\][ !#-\x5b\]-~\xa0-\u2027\u202a-\uffff]*){0,200}")/,
  InElement,
);
/** Printable only, no line or paragraph separator: what a user writes stays in its place in every output. */
export const Text: TokenType = define(
  'String',
  /"[ !#-\x5b\]-~\xa0-\u2027\u202a-\uffff]*(?:\\["\\][ !#-\x5b\]-~\xa0-\u2027\u202a-\uffff]*){0,200}"/,
  InElement,
  Identifier,
);

export const LeftBrace: TokenType = define('LeftBrace', /\{/);
export const RightBrace: TokenType = define('RightBrace', /\}/);
export const LeftParenthesis: TokenType = define('LeftParenthesis', /\(/, InElement);
export const RightParenthesis: TokenType = define('RightParenthesis', /\)/, InElement);
export const Comma: TokenType = define('Comma', /,/, InValue, Infix);
export const Colon: TokenType = define('Colon', /:/, InValue, Infix);
export const Equals: TokenType = define('Equals', /=/, InLine, Infix);
export const Plus: TokenType = define('Plus', /\+/, InElement, Infix);
export const Minus: TokenType = define('Minus', /-/, InElement, Infix);
export const Dot: TokenType = define('Dot', /\./, InElement, Infix);
export const Arrow: TokenType = define('Arrow', /->/, InElement, Infix);
export const Operator: TokenType = define('Operator', /==|!=|<=|>=|[<>&|/]/, InElement, Infix);
/** The remaining marks, behind which a line may end. */
export const Bracket: TokenType = define('Bracket', /[![\]]/, InElement);

export const Semicolon: TokenType = define('Semicolon', /;/, End);
export const Newline: TokenType = define('Newline', /\r?\n[ \t\r\n]*/, End);
const Space = skipped('Space', /[ \t\uFEFF]+/);
const Continuation = skipped('Continuation', /\\[ \t]*\r?\n/);
export const Comment: TokenType = skipped('Comment', /#[^\r\n]*/, 'comments');

/** A string that is closed on its line but has an escape or a control character that none may have. */
export const BadString: TokenType = define('BadString', /"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*){0,200}"/, Bad);
/** A string that goes on in the next line: that line has an odd number of quotes. */
export const MultilineString: TokenType = define(
  'MultilineString',
  /"[^"\n]*\n[^"\n]*"(?=[^"\n]*(?:"[^"\n]*"[^"\n]*){0,20}(?:\n|(?![\s\S])))/,
  Bad,
);
export const UnclosedString: TokenType = define('UnclosedString', /"[^\r\n]*/, Bad);
/** A digit first, and yet no number, address or duration. */
export const BadNumber: TokenType = define('BadNumber', /[0-9][A-Za-z0-9_.]*/, Bad);
export const ControlCharacter: TokenType = createToken({
  name: 'ControlCharacter',
  pattern: /[^\t\n -~\xa0-\uffff]+/,
  categories: [Bad],
  start_chars_hint: Array.from({ length: 0xa0 }, (_, code) => code).filter(
    (code) => code < 0x20 || code > 0x7e,
  ),
});
export const BadCharacter: TokenType = define(
  'BadCharacter',
  /['“‘][^'"”’\n]{0,80}['”’]|[$%'*?\\^`~@\xa0-\uffff]+/,
  Bad,
);

const words = [...keywords.declaration, ...keywords.clause, Ct, ...objectKinds, ...attributes, Word];
const literals = [Mac, Ipv6, Ipv4, Duration, Integer, SetReference, Text];
const brackets = [LeftBrace, RightBrace, LeftParenthesis, RightParenthesis];
const marks = [Arrow, Operator, Dot, Comma, Colon, Equals, Plus, Minus, Bracket, ...brackets, Semicolon];
const bad = [BadString, MultilineString, UnclosedString, BadNumber, ControlCharacter, BadCharacter];
const categories = [InLine, InValue, InElement, Infix, End, Identifier, ObjectKind, Attribute, Bad];

/** All tokens, in the order in which the lexer tries them. */
export const allTokens: readonly TokenType[] = [
  Space,
  Newline,
  ...literals,
  ...words,
  Continuation,
  Comment,
  ...marks,
  ...bad,
  ...categories,
];

let lexer: Lexer | undefined;

/** Lexes any text without an error; comments are in the group `comments`. Offsets only, no lines or columns. */
export function tokenize(text: string): ILexingResult {
  lexer ??= new Lexer([...allTokens], {
    positionTracking: 'onlyOffset',
    ensureOptimizations: true,
    // A test does that; here it would cost every start.
    skipValidations: true,
  });
  return lexer.tokenize(text);
}

/** Whether a token is no part of the language. */
export function isBad(token: IToken): boolean {
  return tokenMatcher(token, Bad);
}
