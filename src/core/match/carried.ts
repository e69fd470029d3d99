// What a connection has carried so far, the packet that is looked at included (nf_conntrack_acct).
import type { Entry } from '../conntrack/entry.ts';
import type { Direction } from '../conntrack/tuple.ts';

/** Packets, bytes, or whole bytes a packet, of one direction or of both; undefined where they were not counted. */
export function carriedBy(
  { counters }: Entry,
  what: 'packets' | 'bytes' | 'avgpkt',
  direction?: Direction,
): number | undefined {
  if (!counters) return undefined;
  const parts = direction ? [counters[direction]] : [counters.original, counters.reply];
  const sum = (of: 'packets' | 'bytes') => parts.reduce((all, one) => all + one[of], 0);
  if (what !== 'avgpkt') return sum(what);
  return sum('packets') === 0 ? 0 : Math.floor(sum('bytes') / sum('packets'));
}
