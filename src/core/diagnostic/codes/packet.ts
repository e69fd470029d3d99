// Codes HK6xxx: packets and host facts.
import { codes } from '../entry.ts';

/** Problems with what a trace is asked. */
export const packetCodes = codes({
  HK6001: {
    title: 'malformed packet',
    severity: 'error',
    explanation: 'A packet is written as `in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn`.',
  },
});
