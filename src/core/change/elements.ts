// Which elements of a set or map come and go.
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { writeJson } from '../nft/json-writer.ts';
import { textsOfElements } from '../nft/text/object.ts';
import type { NamedPart } from './parts.ts';

/** Elements in nft text. */
export interface ElementChange {
  readonly added: readonly string[];
  /** Their values alone. */
  readonly removed: readonly string[];
}

/**
 * Between what a machine has and what it is to have. Elements that were added while packets passed stay where the set is
 * made for that, but for those that `applied` says were put there with the rules; undefined where nft text can't say one.
 */
export function elementChange(
  live: NamedPart,
  target: NamedPart,
  applied: NamedPart | undefined,
): ElementChange | undefined {
  const [has, wants] = [live, target].map(({ body }) => elementsOf(body));
  if (!has || !wants) return undefined;
  const isFilled = changesWhilePassing(target.body);
  const asWanted = isFilled ? bareOf : settled;
  const wanted = new Set(wants.map((one) => writeJson(asWanted(one))));
  const present = new Set(has.map((one) => writeJson(asWanted(one))));
  const own = new Set(applied && elementsOf(applied.body).map((one) => writeJson(bareOf(one))));
  const going = has
    .filter((one) => !wanted.has(writeJson(asWanted(one))))
    .map(bareOf)
    .filter((value) => !isFilled || own.has(writeJson(value)));
  const coming = wants.filter((one) => !present.has(writeJson(asWanted(one))));
  const [removed, added] = [textsOf(target, going), textsOf(target, coming)];
  return removed && added && { removed, added };
}

function textsOf({ is, body }: NamedPart, elements: readonly JsonValue[]): readonly string[] | undefined {
  return textsOfElements({ [is]: { ...body, elem: elements } });
}

/** The elements of a set or map. */
export function elementsOf({ elem = [] }: JsonObject): readonly JsonValue[] {
  return isJsonArray(elem) ? elem : [elem];
}

/** Whether rules or time change what is in it. */
function changesWhilePassing({ flags = [] }: JsonObject): boolean {
  const all = isJsonArray(flags) ? flags : [flags];
  return all.includes('dynamic') || all.includes('timeout');
}

/** An element without what it has counted and how long it still stays; of a map with what it leads to. */
function settled(element: JsonValue): JsonValue {
  return changeKey(element, (key) => {
    const { val = null, timeout, comment } = detailsOf(key) ?? { val: key };
    const beside = { ...(timeout !== undefined && { timeout }), ...(comment !== undefined && { comment }) };
    return Object.keys(beside).length === 0 ? val : { elem: { val, ...beside } };
  });
}

/** Nothing but its value; of a map with what it leads to. */
function bareOf(element: JsonValue): JsonValue {
  return changeKey(element, (key) => detailsOf(key)?.['val'] ?? key);
}

function detailsOf(key: JsonValue): JsonObject | undefined {
  const element = isJsonObject(key) ? key['elem'] : undefined;
  return isJsonObject(element) ? element : undefined;
}

/** Elements of maps are pairs. */
function changeKey(element: JsonValue, change: (key: JsonValue) => JsonValue): JsonValue {
  if (!isJsonArray(element)) return change(element);
  const [key = null, ...data] = element;
  return [change(key), ...data];
}
