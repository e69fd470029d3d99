// Chains that no base chain leads to.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Chain } from '../../../ir/ruleset.ts';
import type { Finding } from '../define.ts';
import { reachedChains } from '../jumps.ts';
import { nameOfChain, writtenChains } from '../place.ts';

export const unreachedChain: Finding = {
  code: 'HK7107',
  name: 'unreached-chain',
  saidAs: 'HK2013',
  *find({ ruleSet: { tables } }) {
    const reached = new Set(tables.flatMap((table) => [...reachedChains(table)]));
    for (const placed of writtenChains(tables)) {
      const { chain, table } = placed;
      if (reached.has(chain) || mayLeadAnywhere(table.chains)) continue;
      const isEmpty = chain.rules.length === 0;
      yield diagnostic('HK7107', `nothing leads to ${nameOfChain(placed)}`, {
        span: chain.span,
        ...(isEmpty && { severity: 'note' }),
      });
    }
  },
};

/** What is kept word for word may lead anywhere. */
function mayLeadAnywhere(chains: readonly Chain[]): boolean {
  return chains.some(({ rules }) =>
    rules.some(({ parts }) => parts.some((part) => part.kind === 'opaque' && part.role === 'unknown')),
  );
}
