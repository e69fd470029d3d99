// Rules that all count: which ones the kernel says a packet met, and which ones a trace does.
import { compile } from '../../../src/core/compile.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import type { RulePlace, Way } from '../../../src/core/trace/step.ts';

/** The rule set as nft loads it. */
export function nftText(ruleSet: RuleSet): string {
  const { value, diagnostics } = compile(ruleSet, 'nft');
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

/** The rules that counted a packet, by family, chain and place. */
export function countedRules(listing: string): readonly string[] {
  let [family, chain, index] = ['', '', 0];
  return listing.split('\n').flatMap((line) => {
    family = /^table (\S+)/.exec(line)?.[1] ?? family;
    const name = /^\tchain (\S+)/.exec(line)?.[1];
    if (name !== undefined) [chain, index] = [name, 0];
    const packets = /counter packets (\d+)/.exec(line)?.[1];
    if (packets === undefined) return [];
    index++;
    return packets === '0' ? [] : [`${family} ${chain} ${index}`];
  });
}

/** The rules that matched on a way and in the answers to it; `certain` are those that were not supposed to. */
export function matchedRules(way: Way): {
  readonly matched: readonly string[];
  readonly certain: readonly string[];
} {
  const ways = [way, ...way.answers.flatMap((answer) => ('way' in answer ? [answer.way] : []))];
  const rules = ways
    .flatMap(({ steps }) => steps)
    .flatMap((step) => (step.kind === 'rule' && step.matched ? [step] : []));
  const certain = rules.filter(({ notes }) => !notes.some((note) => note.includes('supposed')));
  return { matched: rules.map(nameOf), certain: certain.map(nameOf) };
}

const nameOf = ({ family, chain, index }: RulePlace): string => `${family} ${chain} ${index}`;

/** Those of the one list that are not in the other. */
export function without(some: readonly string[], others: readonly string[]): readonly string[] {
  return some.filter((one) => !others.includes(one));
}
