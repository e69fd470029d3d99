// A rule in so many words that two with the same do the same: most of what a back end emits has those of its source.
import type { Part, Rule } from '../../ir/ruleset.ts';
import { withoutComments } from '../../match/comment.ts';
import { findMatch } from '../../match/registry.ts';
import { wordsOfPart } from '../../source-map/meaning.ts';
import { findStatement } from '../../statement/registry.ts';

/** The words. Conditions that follow each other stand in one order, unless they count. */
export function wordsOf(rule: Rule, nameOf: NameOf): string {
  const words: string[] = [];
  let conditions: string[] = [];
  for (const part of partsOf(rule)) {
    if (isPure(part)) {
      conditions.push(wordsOfPart(part));
      continue;
    }
    const chain = chainOf(part);
    const own =
      chain === undefined
        ? wordsOfPart(part)
        : `${part.kind === 'opaque' ? '' : part.key} ${nameOf(chain) ?? ''}`;
    words.push(...conditions.toSorted(), own);
    conditions = [];
  }
  return [...words, ...conditions.toSorted()].join('\n');
}

/** What a chain is called that both sides have; nothing for one that only one of them has by this name. */
export type NameOf = (chain: string) => string | undefined;

/** The parts that do anything to packets: neither notes nor what every rule of iptables does anyway, which is to count. */
export function partsOf({ parts }: Rule): readonly Part[] {
  return withoutComments(parts).filter((part) => part.kind !== 'statement' || !isOwnCounter(part.key));
}

function isOwnCounter(key: string): boolean {
  return findStatement(key)?.countsOnly === true;
}

/** The chains that it jumps or goes to by a statement of that name. */
export function chainsOf(rule: Rule): readonly string[] {
  return rule.parts.flatMap((part) => chainOf(part) ?? []);
}

function chainOf(part: Part): string | undefined {
  return part.kind === 'statement' ? findStatement(part.key)?.chain?.(part.args) : undefined;
}

function isPure(part: Part): boolean {
  return part.kind === 'match' && !findMatch(part.key)?.stateful;
}
