// Codes HK0xxx: files, arguments and the machine around the tool.
import { codes } from '../entry.ts';

/** Problems before any text is read. */
export const inputCodes = codes({
  HK0001: {
    title: 'file not found',
    severity: 'error',
    explanation: 'The named file does not exist. Check the path; `-` reads standard input.',
  },
});
