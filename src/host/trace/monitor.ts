// Watches packets go through the kernel's nftables rule sets, with `nft -a monitor`.

import { parseTraceLine, type TraceEvent } from '../../core/live/event.ts';
import { run, start } from '../exec.ts';
import { packetsOf, type TracedPacket } from './packets.ts';

/** A trace that is on. */
export interface TraceMonitor extends AsyncDisposable {
  /** The packets since the last call, whole if they were through before this one, in the order of their entry. */
  take(): Promise<readonly TracedPacket[]>;
  /** Turns tracing off. */
  stop(): Promise<void>;
}

/** What is traced. */
export interface TraceOptions {
  /** The network namespace; without it, the caller's own. */
  readonly namespace?: string;
  /** Conditions as nft writes them, which a packet must meet where it enters; without any, all packets are traced. */
  readonly match?: string;
}

/** Turns tracing on; when this returns, no event of a later packet is missed. */
export async function startTrace(options: TraceOptions = {}): Promise<TraceMonitor> {
  const { namespace, match = '' } = options;
  const table = uniqueName('trace');
  await nft(tracingTable(table, match), namespace);
  const monitor = await start('nft', ['--handle', 'monitor'], { namespace });
  const end = async () => {
    await monitor.stop();
    await nft(`delete table inet ${table}`, namespace);
  };
  let ending: Promise<void> | undefined;
  const stop = () => (ending ??= end());
  const lines = monitor.lines[Symbol.asyncIterator]();
  try {
    await untilListening(lines, namespace);
  } catch (error) {
    await stop();
    throw error;
  }
  const take = async () => {
    const events = await readUntilFence(lines, await raiseFence(namespace));
    return packetsOf(events, table);
  };
  return { take, stop, [Symbol.asyncDispose]: stop };
}

let sequence = 0;

function uniqueName(what: 'trace' | 'fence'): string {
  sequence += 1;
  return `hookline_${what}_${process.pid}_${sequence}`;
}

async function nft(commands: string, namespace: string | undefined): Promise<void> {
  await run('nft', ['-f', '-'], { namespace, input: `${commands}\n` });
}

/** Sees a packet first: no priority is before this one, and of equal ones the kernel runs the last that came. */
function tracingTable(table: string, match: string): string {
  const chains = ['prerouting', 'output'].map(
    (hook) => `chain ${hook} {
  type filter hook ${hook} priority -2147483648
  ${match} meta nftrace set 1
}`,
  );
  return `table inet ${table} {\n${chains.join('\n')}\n}`;
}

/**
 * A change of the rule set reaches the monitor through the same queue as the traces do. So a table that comes and goes
 * is a fence: when the monitor has told of it, it has told of every packet before it.
 */
async function raiseFence(namespace: string | undefined): Promise<string> {
  const name = uniqueName('fence');
  await nft(`add table ip ${name}\ndelete table ip ${name}`, namespace);
  return name;
}

type Lines = AsyncIterator<string>;

/** Fences until the monitor has told of one: the first ones may come before it listens. */
async function untilListening(lines: Lines, namespace: string | undefined): Promise<void> {
  const heard = new AbortController();
  const listen = () => readUntilFence(lines, anyFence).finally(() => heard.abort());
  const call = async () => {
    while (!heard.signal.aborted) await raiseFence(namespace);
  };
  await Promise.all([listen(), call()]);
}

const anyFence = 'hookline_fence_';

/** The events before the fence whose name begins like this; names go up, so that a longer one comes later. */
async function readUntilFence(lines: Lines, name: string): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  for (;;) {
    const { value: line, done } = await lines.next();
    if (done) throw new Error('the monitor ended');
    if (line.startsWith('# ERROR')) throw new Error(`the monitor lost events: ${line}`);
    if (line.startsWith(`delete table ip ${name}`)) return events;
    const event = parseTraceLine(line);
    if (event) events.push(event);
  }
}
