// What a later nft may say of a rule beside its statements: kept in the rule as `{ "rule": { … } }`, which no statement is.
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

const known: ReadonlySet<string> = new Set(['family', 'table', 'chain', 'handle', 'comment', 'expr']);

/** The keys of a rule that are not known, as what stands for them among the statements; none if there are none. */
export function keptKeys(rule: JsonObject): readonly JsonObject[] {
  if (Object.keys(rule).every((key) => known.has(key))) return [];
  return [{ rule: Object.fromEntries(Object.entries(rule).filter(([key]) => !known.has(key))) }];
}

/** The other way round: the keys that statements stand for. What is known is said elsewhere, and not changed here. */
export function keysFrom(statements: readonly JsonValue[]): JsonObject {
  const kept = statements.flatMap((one) => Object.entries(keysOf(one) ?? {}));
  return Object.fromEntries(kept.filter(([key]) => !known.has(key)));
}

/** Whether it stands for keys of the rule. */
export function isKeptKeys(statement: JsonValue): boolean {
  return keysOf(statement) !== undefined;
}

function keysOf(statement: JsonValue): JsonObject | undefined {
  const keys = isJsonObject(statement) ? statement['rule'] : undefined;
  return isJsonObject(keys) ? keys : undefined;
}
