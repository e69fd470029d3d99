// What routing found, as far as answers depend on it.
import type { Run } from './run.ts';

/** The packet is for an address that is this host's alone. */
export function isToHost({ routed }: Run): boolean {
  return routed?.kind === 'local' && routed.route?.type !== 'anycast';
}

/** The packet is for an address that this host shares with others (RFC 4291 2.6). */
export function isAnycast({ routed }: Run): boolean {
  return routed?.kind === 'local' && routed.route?.type === 'anycast';
}

/** The packet is for everybody on a link, or for a group. */
export function isToMany({ routed }: Run): boolean {
  return routed?.kind === 'broadcast' || routed?.kind === 'multicast';
}
