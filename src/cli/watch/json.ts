// Events and summaries of live connections as lines of JSON.
import type { z } from 'zod';
import type { DumpChecker } from '../../core/conntrack-check/quick.ts';
import type { WatchEvent } from '../../core/conntrack-watch/event.ts';
import type { Logged, TableFill, WatchView } from '../../core/conntrack-watch/view.ts';
import { checkedToJson } from '../report/connections.ts';
import type { watchEventLine, watchLine } from '../schema/watch.ts';

/** An event; what the policy says of it stands beside new connections. */
export function eventToJson(
  { kind, time, entry }: WatchEvent,
  checker: DumpChecker,
): z.infer<typeof watchEventLine> {
  const event = {
    schema: 'hookline.conntrack-event/1',
    event: kind,
    ...(time !== undefined && { time }),
  } as const;
  if (kind !== 'new') return { ...event, entry: entry.raw.trim() };
  const { schema: _, line: __, ...connection } = checkedToJson(checker(entry));
  return { ...event, ...connection };
}

/** One moment, as the screen shows it. */
export interface Moment {
  readonly view: WatchView;
  readonly table: TableFill | undefined;
  readonly logged: Logged;
  readonly time: Date;
}

/** So many rows of each kind are in a summary. */
const most = 20;

/** A summary of all connections. */
export function viewToJson({ view, table, logged, time }: Moment): z.infer<typeof watchLine> {
  const { totals, rates, rules, talkers, stale, missed, broken } = view;
  return {
    schema: 'hookline.conntrack-watch/1',
    time: time.toISOString(),
    ...(table && { table }),
    ...totals,
    rates,
    byRule: rules.slice(0, most),
    byHost: talkers.slice(0, most),
    newestStale: stale.slice(0, most).map(({ checked, rule, since }) => ({
      since: new Date(since).toISOString(),
      entry: checked.entry.raw.trim(),
      survival: checked.survival,
      decidedBy: rule,
    })),
    logged,
    missed,
    broken,
  };
}
