// Codes HK7xxx: connection tracking dumps.
import { codes } from '../entry.ts';

/** Problems with conntrack entries. */
export const conntrackCodes = codes({
  HK7001: {
    title: 'malformed conntrack line',
    severity: 'warning',
    explanation: 'The line does not have the form that conntrack prints; it was skipped and counted.',
  },
});
