// The fields by their keys and by their expressions in nft JSON.
import type { JsonValue } from '../nft/json-value.ts';
import { selectors } from './registry.ts';
import type { Selector } from './selector.ts';

/** The field of a key. */
export function findSelector(key: string): Selector | undefined {
  return selectors.find(key)?.selector;
}

/** The fields of some keys. */
export function selectorsOfKeys(keys: readonly string[]): readonly Selector[] {
  return keys.flatMap((key) => findSelector(key) ?? []);
}

/** The field of an expression without arithmetic. */
export function selectorOfJson(json: JsonValue): Selector | undefined {
  return selectors.fieldsOfJson(json)[0]?.selector;
}

/** Whether reading a field has the kernel track connections. */
export function readsConntrack(key: string): boolean {
  return selectors.find(key)?.usesConntrack === true;
}
