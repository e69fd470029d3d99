// Codes HK2xxx: names: definitions, tables, chains, sets, jumps, matches.
import { codes } from '../entry.ts';

/** Problems with what a name means. */
export const nameCodes = codes({
  HK2001: {
    title: 'unknown name',
    severity: 'error',
    explanation:
      'A rule begins with the key of a match or statement; this word is neither, nor a defined constant.',
  },
});
