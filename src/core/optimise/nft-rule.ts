// Whether nft takes a rule that the optimiser made.
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, Rule, Table } from '../ir/ruleset.ts';
import type { NftSpelled } from '../match/define.ts';
import { selectorsOfKeys } from '../match/find-selector.ts';
import { findMatch } from '../match/registry.ts';
import { ruleText } from '../nft/emit-text.ts';
import { writeJson } from '../nft/json-writer.ts';
import type { NftForm } from '../nft/limits.ts';
import { spellRule } from '../nft/spell-rule.ts';
import { findStatement } from '../statement/registry.ts';

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

/** How many anonymous sets and maps the rule takes that looks fields up. */
export function nftSetsIn({ parts }: Rule): number {
  return parts.filter((part) => {
    if (part.kind === 'statement') return findStatement(part.key)?.chains !== undefined;
    if (part.kind === 'opaque') return false;
    const definition = findMatch(part.key);
    const values = definition?.selects?.(part.args)?.tuples ?? [];
    return values.length > 1 && isSet(definition?.nft.write(part.args));
  }).length;
}

/** Several bits are compared at once. */
function isSet(spelled: NftSpelled | undefined): boolean {
  return spelled !== undefined && 'statement' in spelled && writeJson(spelled.statement).includes('{"set": ');
}
