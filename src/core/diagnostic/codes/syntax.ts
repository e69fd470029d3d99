// Codes HK1xxx: the shape of a policy text.
import { codes } from '../entry.ts';

/** Problems that the lexer and the parser find. */
export const syntaxCodes = codes({
  HK1001: {
    title: 'syntax error',
    severity: 'error',
    explanation: 'The text is not a statement of the policy language at this place.',
  },
});
