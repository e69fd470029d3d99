// Whether the kernel has room for one more connection: net/netfilter/nf_conntrack_core.c, __nf_conntrack_alloc.
import { type Entry, hasStatus, isExpired } from '../conntrack/entry.ts';
import { givenSysctl } from '../topology/sysctl.ts';
import type { Run } from './run.ts';

/** tcp_can_early_drop, sctp_can_early_drop. */
const closing: ReadonlySet<string | undefined> = new Set([
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
]);

/**
 * A full table gives up a connection that is not ASSURED, if it meets one near the place of the new one (early_drop), and
 * from time to time clears such ones away, and those that are closing (gc_worker_can_early_drop). Where they are met depends
 * on a number that the kernel drew when it started, so both ways are followed.
 */
export function hasRoom(run: Run): boolean {
  const { host, now = 0 } = run.request;
  const most = host ? (givenSysctl(host, 'net.netfilter.nf_conntrack_max') ?? 0) : 0;
  if (most === 0 || run.connections.size < most) return true;
  const alive = [...run.connections.entries()].filter((entry) => !isExpired(entry, now));
  if (alive.length < most) return true;
  if (!alive.some(isGivenUp)) return false;
  const question = `the table of ${most} connections is full: the kernel meets one that is not assured or is closing, and forgets it`;
  const isFound = run.ask(question, ['yes', 'no']) === 'yes';
  if (isFound) run.assumptions.add('the connection that is forgotten is none of later packets here');
  return isFound;
}

function isGivenUp(entry: Entry): boolean {
  return !hasStatus(entry, 'assured') || closing.has(entry.protocolState);
}
