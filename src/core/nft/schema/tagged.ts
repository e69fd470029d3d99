// The form of almost everything in libnftables JSON: an object of one key, which says what stands behind it.
import { z } from 'zod';
import { isJson, isJsonObject, type JsonObject, type JsonValue } from '../json-value.ts';

/** What each key holds. */
type Cases = Readonly<Record<string, z.ZodType>>;

/** An object with exactly one of the keys. */
export type Tagged<Table extends Cases> = {
  [Key in keyof Table]: { readonly [Tag in Key]: z.infer<Table[Key]> };
}[keyof Table];

/** Picks the schema by the key, so that a problem is told of that one and not of every alternative. */
export function tagged<const Table extends Cases>(what: string, cases: Table): z.ZodType<Tagged<Table>> {
  return z.custom<Tagged<Table>>().check(({ value, issues }) => {
    const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
    const [key, body] = entries[0] ?? [''];
    const schema = entries.length === 1 && Object.hasOwn(cases, key) ? cases[key] : undefined;
    if (!schema) issues.push({ code: 'custom', input: value, message: `not ${what} of one known key` });
    for (const issue of schema?.safeParse(body).error?.issues ?? [])
      issues.push({ code: 'custom', input: body, message: issue.message, path: [key, ...issue.path] });
  });
}

type KeyOf<Union> = Union extends unknown ? keyof Union : never;

/** What stands behind each key of a tagged union, turned into something. */
export type Visitor<Union, Result> = {
  readonly [Key in KeyOf<Union>]: (body: Extract<Union, Readonly<Record<Key, unknown>>>[Key]) => Result;
};

/** Applies what a visitor has for the key of a validated value. */
export function visit<Union extends object, Result>(value: Union, visitor: Visitor<Union, Result>): Result {
  const [[key, body] = ['', undefined]] = Object.entries(value);
  // The key and the body belong together; the type system cannot follow that through a lookup.
  const functions: object = visitor;
  const apply: (body: unknown) => Result = Reflect.get(functions, key);
  return apply(body);
}

/** Any JSON, not looked into. */
export const anyJson: z.ZodType<JsonValue> = z.custom<JsonValue>(isJson, 'not JSON');

/** A JSON object whose keys depend on the version of nft; not looked into. */
export const openObject: z.ZodType<JsonObject> = z.custom<JsonObject>(
  (value) => isJson(value) && isJsonObject(value),
  'not an object',
);

/** One value or a list of values, as nft prints flags. */
export function oneOrMore<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.array(schema).readonly()]);
}

/** A whole number; those above 2^53 arrive as bigint where the reader keeps them exact. */
export const integer = z.custom<number | bigint>(
  (value) => typeof value === 'bigint' || Number.isInteger(value),
  'not a whole number',
);
