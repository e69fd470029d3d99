// Connections that a helper has had expected beside another, such as the transfers of FTP: not new to the rules, but related.
import { ctStatus, type Entry, hasStatus, withStatus } from '../conntrack/entry.ts';
import { conntrackTable } from '../conntrack/table.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import { trace } from '../trace/trace.ts';
import type { Brief } from './brief.ts';
import { arrivalOf, type Checker, checkerOf } from './check.ts';
import { connectionPackets } from './connection.ts';
import { internDeciding } from './intern.ts';

/**
 * A checker for connections of which it is known that they were expected. They are translated like the connection that they
 * belong to, which is not listed: whether as ruled is unknown.
 */
export function expectedCheckerOf(ruleSet: RuleSet, host: Host | undefined): Checker {
  const intern = internDeciding();
  const check = checkerOf(ruleSet, host);
  return (entry) => {
    const { fresh } = connectionPackets({ ruleSet, host }, entry);
    const first = trace({ ...fresh, connections: conntrackTable([atItsBeginning(entry)]) });
    const { survival } = check(entry);
    const arrival = arrivalOf(fresh.injection, first, intern);
    return { entry, ...arrival, survival, translation: { verdict: 'unknown' } };
  };
}

/** As it was for its first packet, which the rules see as related (net/netfilter/nf_conntrack_core.c: resolve_normal_ct). */
function atItsBeginning(entry: Entry): Entry {
  const status = entry.status & ~(ctStatus['seen-reply'] | ctStatus.assured);
  const { protocolState } = entry;
  return {
    ...withStatus({ ...entry, status }, 'expected'),
    ...(protocolState !== undefined && entry.original.protocol === 6 && { protocolState: 'SYN_SENT' }),
  };
}

/** Tells which stale connections are between hosts that also have a connection with a helper. */
export interface BesideHelpers {
  add(brief: Brief): void;
  /** How many may have been expected, of those that were not told so. */
  suspects(): number;
}

/** So many pairs of hosts are remembered. */
const mostPairs = 65_536;

/** No connections yet. They may come in any order. */
export function besideHelpers(): BesideHelpers {
  const helped = new Set<string>();
  const stale = new Map<string, number>();
  return {
    add({ arrival, isHelped, whole }) {
      if (!isHelped && arrival.admission !== 'stale') return;
      const { entry } = whole();
      if (isHelped && helped.size < mostPairs)
        for (const { source, destination } of [entry.original, entry.reply])
          helped.add(pairKey(source, destination));
      else if (arrival.admission === 'stale' && !hasStatus(entry, 'expected')) {
        const key = pairKey(entry.original.source, entry.original.destination);
        if (stale.size < mostPairs || stale.has(key)) stale.set(key, (stale.get(key) ?? 0) + 1);
      }
    },
    suspects: () => [...stale].reduce((sum, [key, count]) => (helped.has(key) ? sum + count : sum), 0),
  };
}

function pairKey(one: bigint, other: bigint): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
