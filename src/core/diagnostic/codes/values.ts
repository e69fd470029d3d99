// Codes HK3xxx: values and their types.
import { codes } from '../entry.ts';

/** Problems with a value. */
export const valueCodes = codes({
  HK3001: {
    title: 'invalid address',
    severity: 'error',
    explanation:
      'An IPv4 address is four numbers from 0 to 255; hookline never asks DNS for what does not look like one.',
  },
});
