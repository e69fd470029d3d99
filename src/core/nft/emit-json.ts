// The rule set as a document for `nft -j -f`.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { countRules } from './count-rules.ts';
import type { JsonObject } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { type SpelledTable, spellRuleSet } from './spell.ts';

/**
 * One transaction, a command a line, always the same for the same rule set. It replaces exactly the tables that it
 * names: each is added (so that it is there), deleted with all that it holds, and added anew. Tables of others, such as
 * Docker's, are not touched, and at no moment is there no rule set or half of one. nft 1.0.6 has no `destroy`, and
 * `flush table` would leave chains and sets that are gone from the policy.
 *
 * Two things a reload does: what sets had learned and counters had counted since starts afresh, and base chains are
 * registered anew, so that they run before chains of others with the same hook and priority.
 */
export function emitNftJson(ruleSet: RuleSet, options: EmitOptions = {}): Outcome<string> {
  const { value, diagnostics } = spellRuleSet(options.counters ? countRules(ruleSet) : ruleSet, 'json');
  return { value: value && writeDocument(value.flatMap(commandsFor)), diagnostics };
}

/** What something refers to stands before it: jumps go forward, and verdict maps name chains. */
function commandsFor({ table, objects, chains, sets }: SpelledTable): readonly JsonObject[] {
  const heads = chains.map(({ chain }) => chain);
  const rules = chains.flatMap((chain) => chain.rules.map(({ body }) => ({ rule: body })));
  const added = [table, ...objects, ...heads, ...sets, ...rules].map((add) => ({ add }));
  return [{ add: table }, { delete: table }, ...added];
}

function writeDocument(commands: readonly JsonObject[]): string {
  const items = [{ metainfo: { json_schema_version: 1 } }, ...commands].map((item) => `  ${writeJson(item)}`);
  return `{"nftables": [\n${items.join(',\n')}\n]}\n`;
}
