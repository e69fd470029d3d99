// Plain JSON, the form in which foreign data arrives before it is understood.

/** A whole number that a double can't hold, such as a large byte count, is a bigint. */
export type JsonValue = string | number | bigint | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Whether a value consists of nothing but JSON. */
export function isJson(value: unknown): value is JsonValue {
  if (typeof value !== 'object' || value === null) return value === null || scalarTypes.has(typeof value);
  return Object.values(value).every(isJson);
}

const scalarTypes: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean']);

/** Whether a JSON value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is an array. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function equalJson(left: JsonValue, right: JsonValue): boolean {
  if (isJsonArray(left) && isJsonArray(right))
    return left.length === right.length && left.every((item, index) => equalJson(item, right[index] ?? null));
  if (!isJsonObject(left) || !isJsonObject(right)) return left === right;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key] ?? null, right[key] ?? null))
  );
}
