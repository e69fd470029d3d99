// Codes HK7xxx: connection tracking dumps.
import { codes } from '../entry.ts';

/** Problems with conntrack entries. */
export const conntrackCodes = codes({
  HK7001: {
    title: 'malformed conntrack line',
    severity: 'warning',
    explanation: 'The line does not have the form that conntrack prints; it was skipped and counted.',
  },
  HK7002: {
    title: 'no conntrack listing',
    severity: 'error',
    explanation:
      'The text has lines, and none of them is a conntrack entry. A listing is what `conntrack -L`, with or without `-o extended`, or /proc/net/nf_conntrack prints; an empty one is valid.',
  },
  HK7003: {
    title: 'expectation without its connection',
    severity: 'warning',
    explanation:
      'A connection is expected beside another one, which the listing does not have; the expectation was passed over. `conntrack -L` lists the connections, `conntrack -L expect` what is expected beside them.',
  },
  HK7004: {
    title: 'malformed conntrack counters',
    severity: 'warning',
    explanation:
      'The line does not have the form of `conntrack -S` or /proc/net/stat/nf_conntrack; it was left out of the counters.',
  },
  HK7005: {
    title: 'not a conntrack command',
    severity: 'error',
    explanation:
      'A word does not belong to a command line of `conntrack`, or not to this action; conntrack(8) names the options. Where a filter is wanted, they are those of `conntrack -L`: `-p tcp --dport 443 -s 10.0.0.0/8`.',
  },
  HK7006: {
    title: 'word that conntrack passes over',
    severity: 'warning',
    explanation:
      'conntrack reads this command line without looking at the word: words that belong to no option, and what stands behind a number. It may have been meant to narrow down what the command does.',
  },
  HK7007: {
    title: 'connection that no command deletes alone',
    severity: 'warning',
    explanation:
      'Every command line of `conntrack -D` that would delete the connection could delete others, too, so none is written or run. A listing with `-o id` tells connections by their numbers.',
  },
  HK7008: {
    title: 'no connection that is there',
    severity: 'warning',
    explanation:
      'Lines of `conntrack -E` tell that connections began, changed or ended, and /proc/net/nf_conntrack_expect what is expected of connections that it does not name. Both were passed over where a listing of connections is wanted; `hookline conntrack list` shows them.',
  },
  HK7009: {
    title: 'stale connections that may be related',
    severity: 'warning',
    explanation:
      'A helper has the transfers of FTP and the like expected beside a connection, and rules see them as related. No listing tells which connections were expected, so they are judged as new; those between hosts that also have a connection with a helper may be admitted after all.',
  },
});
