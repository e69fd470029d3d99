// Counting the connections that begin on this machine for some time.
import { setTimeout } from 'node:timers/promises';
import { start } from './exec.ts';

/** New connections in a number of seconds, by protocol as `conntrack -E` names it. Throws a `CommandError`. */
export async function countNewConnections(seconds: number): Promise<ReadonlyMap<string, number>> {
  await using events = await start('conntrack', ['-E', '-e', 'NEW']);
  const counts = new Map<string, number>();
  const counting = (async () => {
    for await (const line of events.lines) {
      const [, protocol] = /^\s*\[NEW\]\s+(\S+)/.exec(line) ?? [];
      if (protocol !== undefined) counts.set(protocol, (counts.get(protocol) ?? 0) + 1);
    }
  })();
  await Promise.race([setTimeout(seconds * 1000), counting]);
  await events.stop();
  await counting;
  return counts;
}
