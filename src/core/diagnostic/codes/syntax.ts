// Codes HK1xxx: the shape of a policy text.
import { codes } from '../entry.ts';

/** Problems that the lexer and the parser find. */
export const syntaxCodes = codes({
  HK1001: {
    title: 'syntax error',
    severity: 'error',
    help: '`hookline explain HK1001` says what stands where',
    explanation:
      'The text is not a statement of the policy language at this place. The message says what could stand there; the statement is left out and reading goes on behind it. At the top level stand tables, sets, constants, hosts and tests; in a table stand chains, sets and constants; rules stand in the braces of a chain.',
  },
  HK1002: {
    title: 'brace never closed',
    severity: 'error',
    explanation:
      'The block or set that begins at this brace has no end. Where several braces could be the one, the indentation decides which is shown.',
  },
  HK1003: {
    title: 'closing brace without an opening one',
    severity: 'error',
    help: 'delete it, or look for a block above that is closed too early',
    explanation:
      'There is no open block or set that this brace could close. It is one too many, or one before it closed too much.',
  },
  HK1004: {
    title: 'string never closed',
    severity: 'error',
    explanation: 'A string begins and ends with `"` on the same line. A `"` inside it is written `\\"`.',
  },
  HK1005: {
    title: 'line break in a string',
    severity: 'error',
    help: 'close the string with `"` on the line where it begins',
    explanation:
      'A string stays on one line. Names, log prefixes and comments go into rule sets in which a line break would begin something else.',
  },
  HK1006: {
    title: 'control character in a string',
    severity: 'error',
    help: 'leave it out: a string holds printable characters only',
    explanation:
      'A string holds printable characters only: no tab, no NUL, no escape sequence for a terminal. Such a character could end the string, or hide text, in one of the output formats.',
  },
  HK1007: {
    title: 'unknown escape in a string',
    severity: 'error',
    explanation:
      'In a string, `\\"` is a double quote and `\\\\` a backslash. No other character follows a backslash.',
  },
  HK1008: {
    title: 'malformed number',
    severity: 'error',
    help: 'a name begins with a letter or `_`; anything else goes into double quotes',
    explanation:
      'What begins with a digit is a number (`80`, `0x1f`), an address (`10.0.0.1`) or a duration (`30s`, `1d12h`). Names begin with a letter or `_`; interface names that begin with a digit are written in double quotes.',
  },
  HK1009: {
    title: 'unexpected character',
    severity: 'error',
    help: 'put it into a string or a comment, or leave it out',
    explanation:
      'Outside of strings and comments a policy has ASCII letters, digits and the marks of the language. Anything else, typographic quotes and no-break spaces too, belongs in a string or a comment.',
  },
  HK1010: {
    title: 'control character',
    severity: 'error',
    help: 'delete it: most editors do not show it',
    explanation:
      'A NUL or another control character stands in the text. Editors do not show it; delete it, or type the line anew.',
  },
  HK1011: {
    title: 'not a text',
    severity: 'error',
    help: 'name a policy: UTF-8 text',
    explanation:
      'More than one character in ten at the beginning of the file is none of a text. A policy is a UTF-8 text file; perhaps this is a compressed, UTF-16 or program file.',
  },
  HK1012: {
    title: 'policy too large',
    severity: 'error',
    help: 'put long lists of addresses into sets, and look whether this is the right file',
    explanation:
      'A single policy file has at most 16 million characters. Large lists of addresses compile faster from sets, split over several files.',
  },
  HK1013: {
    title: 'nested too deeply',
    severity: 'error',
    help: 'look for a missing `}` above',
    explanation:
      'Braces are nested more than 64 levels deep, which no policy needs. Probably braces are missing, or the file is something else.',
  },
  HK1014: {
    title: 'parenthesis without a partner',
    severity: 'error',
    help: 'a `(` and its `)` stand in the same statement',
    explanation:
      'A `(` is closed by a `)` within the same statement. One without a partner makes the statement unreadable, so it is left out and reading goes on behind it; parentheses in a string or a comment do not count.',
  },
  HK1015: {
    title: 'too many syntax errors',
    severity: 'note',
    explanation:
      'Reading stopped: after this many errors the rest would tell nothing new. Correct the first ones and check again.',
  },
});
