// Jumps of a whole text: each goes to a chain of its table that hangs at no hook.
import { isJsonArray, isJsonObject, type JsonValue } from '../json-value.ts';
import { fail } from './problem.ts';
import type { ListedTable } from './ruleset.ts';
import type { Place } from './syntax.ts';
import type { Term } from './term.ts';

/** Throws for the first jump that the kernel refuses (net/netfilter/nf_tables_api.c: nft_verdict_init). */
export function checkJumps(table: ListedTable): void {
  for (const { rules } of table.chains.values())
    for (const { expr, at } of rules) for (const target of targetsIn(expr)) checkTarget(table, target, at);
  for (const { elements, at } of table.sets.values())
    for (const { data } of elements) for (const target of targetsOf(data)) checkTarget(table, target, at);
}

function checkTarget({ family, name, chains }: ListedTable, target: string, at: Place): void {
  const chain = chains.get(target);
  if (!chain) fail('HK5606', `chain \`${target}\` is not declared in table \`${family} ${name}\``, at);
  if (chain.body.hook !== undefined)
    fail('HK5606', `chain \`${target}\` hangs at a hook: no rule can go to it`, at);
}

function targetsOf(data: Term | undefined): readonly string[] {
  return data?.kind === 'verdict' ? targetsIn(data.json) : [];
}

/** The chains that verdicts anywhere in a value go to. */
function targetsIn(value: JsonValue): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(targetsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, body]) => {
    const target = isJsonObject(body) && (key === 'jump' || key === 'goto') ? body.target : undefined;
    return typeof target === 'string' ? [target] : targetsIn(body);
  });
}
