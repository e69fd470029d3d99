// The matches of fields that only nft compares.
import type { MatchFamily } from '../family.ts';
import { arithmeticFamily } from './arithmetic.ts';
import { ctMatches } from './ct.ts';
import { fibFamily } from './fib.ts';
import { jhashFamily, numgenFamily, symhashFamily } from './generated.ts';
import { cgroupFamily, ipsecFamily, osfFamily } from './host.ts';
import { linkMatches } from './link.ts';
import { metaMatches } from './meta.ts';
import { networkMatches } from './network.ts';
import { exthdrFamily, ipOptionFamily, sctpChunkFamily } from './parts.ts';
import { rawFamily } from './raw.ts';
import { tcpOptionFamily } from './tcp-option.ts';
import { transportMatches } from './transport.ts';

/** In the order of the reference page. */
export const nftMatches = [
  ...linkMatches,
  ...networkMatches,
  ...transportMatches,
  ...metaMatches,
  ...ctMatches,
];

/** Matches with parameters. */
export const nftFamilies: readonly MatchFamily[] = [
  rawFamily,
  ipOptionFamily,
  exthdrFamily,
  tcpOptionFamily,
  sctpChunkFamily,
  fibFamily,
  ipsecFamily,
  osfFamily,
  cgroupFamily,
  numgenFamily,
  jhashFamily,
  symhashFamily,
  arithmeticFamily,
];
