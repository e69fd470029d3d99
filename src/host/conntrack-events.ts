// What conntrack tells of live connections: its events as they happen, its listing, and how full the kernel's table is.
import { readFileSync } from 'node:fs';
import { type Running, start } from './exec.ts';

/** Of the socket that events come by. The kernel's own size is full after some hundred events. */
const bufferBytes = 8 * 2 ** 20;

/**
 * Events of both families, a line each, with ids and times; what conntrack says of lost ones comes in `warnings`. `only` are
 * options of conntrack that choose among them.
 */
export function startEvents(...only: readonly string[]): Promise<Running> {
  return start('conntrack', ['-E', ...only, '-o', 'extended,id,timestamp', '-b', `${bufferBytes}`]);
}

/** conntrack.c: do_command_ct says this of `-b` when the socket is there, and receives events. */
export function saysListening(warning: string): boolean {
  return warning.includes('socket buffer size has been set');
}

/** conntrack.c: event_cb and do_command_ct say this and go on where the socket's buffer was full. */
export function saysLost(warning: string): boolean {
  return warning.includes('ENOBUFS');
}

/** The connections that there are now, of one family after the other, a line each. */
export async function* listConnections(): AsyncGenerator<string> {
  for (const family of ['ipv4', 'ipv6']) {
    await using running = await start('conntrack', ['-L', '-f', family, '-o', 'extended,id']);
    yield* running.lines;
  }
}

/** A number of net.netfilter; undefined where the kernel has none of this name. */
function conntrackNumber(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/net/netfilter/nf_conntrack_${name}`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** How many connections there are, how many there may be, and of how many chains the table is. */
export function readTableFill():
  | { readonly count: number; readonly max: number; readonly buckets: number }
  | undefined {
  const [count, max, buckets] = ['count', 'max', 'buckets'].map(conntrackNumber);
  return count === undefined || max === undefined || buckets === undefined
    ? undefined
    : { count, max, buckets };
}
