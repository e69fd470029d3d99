// Jumps of a whole text: each goes to a chain of its table that hangs at no hook.
import { isJsonArray, isJsonObject, type JsonValue } from '../json-value.ts';
import { fail } from './problem.ts';
import type { ListedTable } from './ruleset.ts';
import type { Place } from './syntax.ts';

/** Throws for the first jump that the kernel refuses (net/netfilter/nf_tables_api.c: nft_verdict_init). */
export function checkJumps(table: ListedTable): void {
  for (const { rules } of table.chains.values())
    for (const { expr, at } of rules) checkTargets(table, expr, at);
  for (const { elements, at } of table.sets.values())
    for (const { data } of elements) if (data?.kind === 'verdict') checkTargets(table, data.json, at);
}

/** Checks the verdicts anywhere in a value. It sees all of a rule set, so it makes no lists. */
function checkTargets(table: ListedTable, value: JsonValue, at: Place): void {
  if (isJsonArray(value)) for (const item of value) checkTargets(table, item, at);
  else if (isJsonObject(value)) for (const key of Object.keys(value)) checkEntry(table, key, value[key], at);
}

function checkEntry(table: ListedTable, key: string, body: JsonValue | undefined, at: Place): void {
  const target = isJsonObject(body) && (key === 'jump' || key === 'goto') ? body.target : undefined;
  if (typeof target === 'string') checkTarget(table, target, at);
  else if (typeof body === 'object' && body !== null) checkTargets(table, body, at);
}

function checkTarget({ family, name, chains }: ListedTable, target: string, at: Place): void {
  const chain = chains.get(target);
  if (!chain) fail('HK5606', `chain \`${target}\` is not declared in table \`${family} ${name}\``, at);
  if (chain.body.hook !== undefined)
    fail('HK5606', `chain \`${target}\` hangs at a hook: no rule can go to it`, at);
}
