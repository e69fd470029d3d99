// Codes HK5xxx: rule sets that were read from other tools.
import { codes } from '../entry.ts';

/** Problems of importing. */
export const importCodes = codes({
  HK5001: {
    title: 'malformed rule set dump',
    severity: 'error',
    explanation: 'The text does not have the form that the tool it comes from prints.',
  },
});
