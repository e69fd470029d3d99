// Whether nft takes a rule that the optimiser made.
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, Rule, Table } from '../ir/ruleset.ts';
import { selectorsOfKeys } from '../match/find-selector.ts';
import { ruleText } from '../nft/emit-text.ts';
import type { NftForm } from '../nft/limits.ts';
import { spellRule } from '../nft/spell-rule.ts';

/** Without anything to complain of, and as one rule. */
export function sayableInNft(rule: Rule, chain: Chain, table: Table, form: NftForm): boolean {
  const problems: Diagnostic[] = [];
  const report = (problem: Diagnostic): void => {
    problems.push(problem);
  };
  const spelled = spellRule(rule, 0, chain, table, { form, report });
  if (form === 'text') for (const one of spelled) ruleText(one, report);
  return problems.length === 0 && spelled.length === 1;
}

/** Bytes of all fields together (include/uapi/linux/netfilter/nf_tables.h: NFT_DATA_VALUE_MAXLEN). */
const mostBytes = 64;

/** Whether nft can look these fields up together, or in a map: whole bytes each, and not too many. */
export function isNftKey(keys: readonly string[]): boolean {
  const widths = selectorsOfKeys(keys).map(({ field }) => field.type.width);
  // Each field begins at a register of four bytes.
  const bytes = widths.reduce((sum, width) => sum + Math.ceil(width / 32) * 4, 0);
  return widths.length === keys.length && widths.every((width) => width % 8 === 0) && bytes <= mostBytes;
}
