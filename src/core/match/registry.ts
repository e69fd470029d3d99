// All matches. One line each; nobody else knows them by name.
import type { MatchDefinition } from './define.ts';
import { ip6DaddrMatch, ip6SaddrMatch, ipDaddrMatch, ipSaddrMatch } from './ip-address.ts';

/** In the order in which the reference page and completion show them. */
export const matches: readonly MatchDefinition<unknown>[] = [
  ipSaddrMatch,
  ipDaddrMatch,
  ip6SaddrMatch,
  ip6DaddrMatch,
];

const index = new Map(
  matches.flatMap((match) => [match.key, ...(match.aliases ?? [])].map((name) => [name, match] as const)),
);

/** The match of a key or alias: words separated by single blanks. */
export function findMatch(key: string): MatchDefinition<unknown> | undefined {
  return index.get(key);
}

/** All keys and aliases. */
export const matchNames: readonly string[] = [...index.keys()];
