// Base chains that drop packets without a word to the log.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { type Chain, findChain, type Rule, type Table } from '../../../ir/ruleset.ts';
import { log } from '../../../statement/log.ts';
import type { Finding } from '../define.ts';
import { leadsTo } from '../jumps.ts';
import { nameOfChain, type PlacedChain, writtenChains } from '../place.ts';

export const silentDrop: Finding = {
  code: 'HK7112',
  name: 'silent-drop',
  *find({ ruleSet: { tables } }) {
    for (const placed of writtenChains(tables)) {
      if (placed.chain.base?.policy !== 'drop' || logsSomething(placed)) continue;
      yield diagnostic('HK7112', `what ${nameOfChain(placed)} drops by its policy is not logged`, {
        span: placed.chain.span,
      });
    }
  },
};

/** Whether a rule of the chain, or of one that it leads to, writes packets to the log. */
function logsSomething({ table, chain }: PlacedChain): boolean {
  const seen = new Set<Chain>();
  const waiting: Chain[] = [chain];
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.rules.some(logs)) return true;
    waiting.push(...one.rules.flatMap((rule) => targets(rule, table)));
  }
  return false;
}

function targets(rule: Rule, table: Table): readonly Chain[] {
  return leadsTo(rule, table).flatMap((name) => findChain(table, name) ?? []);
}

function logs({ parts }: Rule): boolean {
  return parts.some((part) => part.kind === 'statement' && part.key === log.key);
}
