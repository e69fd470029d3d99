// A connection that a helper or a rule has conntrack expect beside another, its master: net/netfilter/nf_conntrack_expect.c.
import type { Expected } from './entry.ts';
import type { Tuple } from './tuple.ts';

/** include/net/netfilter/nf_conntrack_expect.h: struct nf_conntrack_expect. */
export interface Expectation {
  /** The first packet that is expected, as it comes in; what the mask leaves out of its source is 0. */
  readonly tuple: Tuple;
  readonly mask: SourceMask;
  /** The original tuple of the connection that it belongs to. */
  readonly master: Tuple;
  readonly zone: number;
  /** The helper that expects it; a rule of nft does without one. */
  readonly helper?: string;
  /** It stays when a connection has come (NF_CT_EXPECT_PERMANENT). */
  readonly permanent: boolean;
  /** Seconds until it is forgotten, and when they began to count. */
  readonly timeout?: number;
  readonly refreshed?: number;
}

/** The bits of the source that count: struct nf_conntrack_tuple_mask. */
export interface SourceMask {
  readonly address: bigint;
  /** Of a port, or of a GRE key. */
  readonly key: number;
}

/** What the connection that came keeps of it. */
export function expectedBy({ master, helper }: Expectation): Expected {
  return { master, ...(helper !== undefined && { helper }) };
}

/** nf_ct_tuple_mask_cmp: the destination is exactly that, the source as far as the mask says. */
export function isExpectedBy({ tuple, mask, zone }: Expectation, found: Tuple, inZone: number): boolean {
  return (
    zone === inZone &&
    tuple.family === found.family &&
    tuple.protocol === found.protocol &&
    tuple.destination === found.destination &&
    destinationKey(tuple) === destinationKey(found) &&
    ((tuple.source ^ found.source) & mask.address) === 0n &&
    ((sourceKey(tuple) ^ sourceKey(found)) & mask.key) === 0
  );
}

function destinationKey({ layer4 }: Tuple): number {
  if (layer4.kind === 'ports') return layer4.dport;
  return layer4.kind === 'gre' ? layer4.destinationKey : 0;
}

function sourceKey({ layer4 }: Tuple): number {
  if (layer4.kind === 'ports') return layer4.sport;
  return layer4.kind === 'gre' ? layer4.sourceKey : 0;
}

/** Whether its time has run out. */
export function isOver({ timeout, refreshed }: Expectation, now: number): boolean {
  if (timeout === undefined) return false;
  return (refreshed ?? 0) + timeout <= now;
}
