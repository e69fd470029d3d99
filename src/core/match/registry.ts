// All matches. One line each; nobody else knows them by name.
import { commentMatch } from './comment.ts';
import { concatenationMatch } from './concatenation.ts';
import { ctDirectionMatch, ctStateMatch, ctStatusMatch } from './ct.ts';
import { ctCountMatch } from './ct-count.ts';
import type { MatchDefinition } from './define.ts';
import type { MatchFamily, TakenMatch } from './family.ts';
import { fragmentMatch } from './fragment.ts';
import { icmpCodeMatch, icmpTypeMatch, icmpv6CodeMatch, icmpv6TypeMatch } from './icmp.ts';
import { iifnameMatch, metaIifMatch, metaOifMatch, oifnameMatch } from './interface.ts';
import { ip6DaddrMatch, ip6SaddrMatch, ipDaddrMatch, ipSaddrMatch } from './ip-address.ts';
import {
  ip6DscpMatch,
  ip6HoplimitMatch,
  ip6LengthMatch,
  ipDscpMatch,
  ipLengthMatch,
  ipTtlMatch,
} from './ip-header.ts';
import { limitMatch } from './limit.ts';
import { ctMarkMatch, metaMarkMatch, metaPkttypeMatch, metaSkgidMatch, metaSkuidMatch } from './meta.ts';
import { iprangeMatch } from './module/iprange.ts';
import { ownerMatch } from './module/other.ts';
import { moduleMatches } from './module/registry.ts';
import { tcpOptionMatch } from './module/transport.ts';
import { nftFamilies, nftMatches } from './nft/registry.ts';
import { tcpDportMatch, tcpSportMatch, udpDportMatch, udpSportMatch } from './port.ts';
import { ip6NexthdrMatch, ipProtocolMatch, metaL4protoMatch, metaNfprotoMatch } from './protocol.ts';
import { quotaMatch } from './quota.ts';
import { makeSelectors } from './selectors.ts';
import { tcpFlagsMatch } from './tcp-flags.ts';

const single: readonly MatchDefinition<unknown>[] = [
  iprangeMatch,
  ipSaddrMatch,
  ipDaddrMatch,
  ipProtocolMatch,
  ipTtlMatch,
  ipDscpMatch,
  ipLengthMatch,
  ip6SaddrMatch,
  ip6DaddrMatch,
  ip6NexthdrMatch,
  ip6HoplimitMatch,
  ip6DscpMatch,
  ip6LengthMatch,
  tcpSportMatch,
  tcpDportMatch,
  tcpOptionMatch,
  tcpFlagsMatch,
  udpSportMatch,
  udpDportMatch,
  icmpTypeMatch,
  icmpCodeMatch,
  icmpv6TypeMatch,
  icmpv6CodeMatch,
  iifnameMatch,
  oifnameMatch,
  metaIifMatch,
  metaOifMatch,
  metaMarkMatch,
  metaL4protoMatch,
  metaNfprotoMatch,
  metaPkttypeMatch,
  ownerMatch,
  metaSkuidMatch,
  metaSkgidMatch,
  ctStateMatch,
  ctStatusMatch,
  ctMarkMatch,
  ctDirectionMatch,
  limitMatch,
  quotaMatch,
  ctCountMatch,
  commentMatch,
  fragmentMatch,
  ...moduleMatches,
  ...nftMatches,
];

/** Matches with parameters, in the order of the reference page. */
export const matchFamilies: readonly MatchFamily[] = nftFamilies;

/** What compares something, plain or with parameters. */
export const selectors = makeSelectors(single, matchFamilies);

const concatenation = concatenationMatch(selectors);

/** Matches without parameters, in the order in which the reference page and completion show them. */
export const matches: readonly MatchDefinition<unknown>[] = [...single, concatenation];

/** The match of a key or alias: words separated by single blanks, parameters included. */
export function findMatch(key: string): MatchDefinition<unknown> | undefined {
  return key === concatenation.key ? concatenation : selectors.find(key);
}

/** The match whose key some words begin with. */
export function takeMatch(words: readonly string[]): TakenMatch | undefined {
  return words[0] === concatenation.key ? { definition: concatenation, words: 1 } : selectors.take(words);
}

/** All keys and aliases of matches without parameters. */
export const matchNames: readonly string[] = matches.flatMap(({ key, aliases = [] }) => [key, ...aliases]);
