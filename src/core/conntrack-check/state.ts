// The state of a connection in one word, as far as its listing tells it.
import { type Entry, hasStatus } from '../conntrack/entry.ts';

/** The state of its protocol; of those that have none whether it was answered, and long enough to be kept longer. */
export function stateText(entry: Entry): string {
  if (hasStatus(entry, 'offload')) return 'offloaded';
  if (entry.protocolState !== undefined) return entry.protocolState;
  if (hasStatus(entry, 'assured')) return 'assured';
  return hasStatus(entry, 'seen-reply') ? 'replied' : 'unreplied';
}
