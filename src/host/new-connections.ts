// Counting the connections that begin on this machine for some time.
import { setTimeout as sleep } from 'node:timers/promises';
import { saysListening, saysLost, startEvents } from './conntrack-events.ts';
import type { Running } from './exec.ts';

/** What began in some seconds. */
export interface NewConnections {
  /** By protocol, as `conntrack -E` names it. */
  readonly byProtocol: ReadonlyMap<string, number>;
  /** The seconds that it was really counted for. */
  readonly seconds: number;
  /** The kernel could not tell all of them. */
  readonly lost: boolean;
}

/** Counts from when conntrack listens, which may take a while. Throws a `CommandError`. */
export async function countNewConnections(seconds: number): Promise<NewConnections> {
  await using events = await startEvents('-e', 'NEW');
  const byProtocol = new Map<string, number>();
  const counting = count(events, byProtocol);
  const warnings = events.warnings[Symbol.asyncIterator]();
  await Promise.race([untilListening(warnings), counting]);
  const losing = anyLost(warnings);
  const began = performance.now();
  await Promise.race([sleep(seconds * 1000), counting]);
  await events.stop();
  const counted = (performance.now() - began) / 1000;
  await counting;
  return { byProtocol, seconds: counted, lost: await losing };
}

async function count({ lines }: Running, counts: Map<string, number>): Promise<void> {
  for await (const line of lines) {
    const [, protocol] = /\[NEW\]\s+(?:ipv[46]\s+\d+\s+)?(\S+)/.exec(line) ?? [];
    if (protocol !== undefined) counts.set(protocol, (counts.get(protocol) ?? 0) + 1);
  }
}

async function untilListening(warnings: AsyncIterator<string>): Promise<void> {
  for (;;) {
    const { done, value } = await warnings.next();
    if (done || saysListening(value)) return;
  }
}

/** Whether conntrack says so of any event until its end. */
async function anyLost(warnings: AsyncIterator<string>): Promise<boolean> {
  let isLost = false;
  for (;;) {
    const { done, value } = await warnings.next();
    if (done) return isLost;
    isLost ||= saysLost(value);
  }
}
