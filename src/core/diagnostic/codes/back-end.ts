// Codes HK4xxx: what a back end cannot say.
import { codes } from '../entry.ts';

/** Problems of emitting a rule set. */
export const backEndCodes = codes({
  HK4001: {
    title: 'not expressible in this back end',
    severity: 'error',
    explanation:
      'The rule uses a match, statement or priority that the chosen back end has no equivalent for. Nothing is written, so that no condition is lost.',
  },
});
