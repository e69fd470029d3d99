// The matches of fields that only nft compares.
import type { MatchFamily } from '../family.ts';
import { ctMatches } from './ct.ts';
import { fibMatches } from './fib.ts';
import { metaMatches } from './meta.ts';
import { networkMatches } from './network.ts';
import { transportMatches } from './transport.ts';

/** In the order of the reference page. */
export const nftMatches = [
  ...networkMatches,
  ...transportMatches,
  ...metaMatches,
  ...ctMatches,
  ...fibMatches,
];

/** Matches with parameters. */
export const nftFamilies: readonly MatchFamily[] = [];
