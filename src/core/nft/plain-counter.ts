// The counter whose counts belong to its rule.
import { isJsonObject, type JsonValue } from './json-value.ts';

const counts: ReadonlySet<string> = new Set(['packets', 'bytes']);

/** Whether a statement counts without a name and without anything that a later nft may say of it. */
export function isPlainCounter(statement: JsonValue): boolean {
  if (!isJsonObject(statement) || Object.keys(statement).length !== 1) return false;
  const { counter } = statement;
  return counter === null || (isJsonObject(counter) && Object.keys(counter).every((key) => counts.has(key)));
}
