// The form of almost everything in libnftables JSON: an object of one key, which says what stands behind it.
import { z } from 'zod';
import { isJson, type JsonValue } from '../json-value.ts';

/** What each key holds. A case that holds itself in the end is a getter, so that it is looked up only when needed. */
type Cases = Readonly<Record<string, z.ZodType>>;

/** An object with exactly one of the keys. */
export type Tagged<Table extends Cases> = {
  [Key in keyof Table]: { readonly [Tag in Key]: z.infer<Table[Key]> };
}[keyof Table];

declare const unknownKey: unique symbol;

/**
 * An object of one key that a later nft may have and this model has not: kept as it is. It has no key that a program
 * could name, so `'match' in statement` leaves it out.
 */
export interface UnknownKey {
  readonly [unknownKey]?: never;
}

/** Like a union of one object for each key, but for picking by the key, so that only what stands there is looked at. */
const ByKey = z.core.$constructor<z.ZodUnion, ByKeyDefinition>('NftByKey', (schema, definition) => {
  z.ZodUnion.init(schema, definition);
  const { what, byKey } = definition;
  const { _zod: internals } = schema;
  internals.parse = (payload, context) => {
    const { value } = payload;
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (keys.length !== 1 || Array.isArray(value))
      payload.issues.push({ code: 'custom', input: value, inst: schema, message: `not ${what} of one key` });
    else {
      const { _zod: option } = byKey.get(keys[0] ?? '') ?? {};
      if (option) return option.run(payload, context);
      payload.issues.push({ code: 'unrecognized_keys', keys, input: value, inst: schema });
    }
    return payload;
  };
});

interface ByKeyDefinition extends z.core.$ZodUnionDef {
  readonly what: string;
  readonly byKey: ReadonlyMap<string, z.ZodType>;
}

/**
 * One of the cases. Another key is an issue `unrecognized_keys`, as it is inside of the cases. What the parser takes is
 * what the cases take; the type system cannot follow the table through the map, so that the signature says it.
 */
export function tagged<const Table extends Cases>(what: string, cases: Table): z.ZodType<Tagged<Table>>;
export function tagged(what: string, cases: Cases): z.ZodType {
  const options = Object.keys(cases).map((key) => {
    const shape: Record<string, z.ZodType> = {};
    Object.defineProperty(shape, key, { enumerable: true, get: () => cases[key] });
    return [key, z.strictObject(shape)] as const;
  });
  const byKey = new Map<string, z.ZodType>(options);
  return new ByKey({ type: 'union', options: [...byKey.values()], what, byKey });
}

type KeyOf<Union> = Union extends unknown ? keyof Union & string : never;

/** What stands behind each key of a tagged union, turned into something. */
export type Visitor<Union, Result> = {
  readonly [Key in KeyOf<Union>]: (body: Extract<Union, Readonly<Record<Key, unknown>>>[Key]) => Result;
};

/** Applies what a visitor has for the key of a value that was validated without unknown keys. */
export function visit<Union extends object, Result>(value: Union, visitor: Visitor<Union, Result>): Result {
  const [[key, body] = ['', undefined]] = Object.entries(value);
  // The key and the body belong together; the type system cannot follow that through a lookup.
  const functions: object = visitor;
  const apply: (body: unknown) => Result = Reflect.get(functions, key);
  return apply(body);
}

/** Any JSON, not looked into. */
export const anyJson: z.ZodType<JsonValue> = z.custom<JsonValue>(isJson, 'not JSON');

/** A list; the type is that of one nobody changes. */
export function list<Schema extends z.ZodType>(schema: Schema): z.ZodType<readonly z.infer<Schema>[]> {
  return z.array(schema);
}

/** One value or a list of values, as nft prints flags. */
export function oneOrMore<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodType<z.infer<Schema> | readonly z.infer<Schema>[]> {
  return z.union([schema, z.array(schema)]);
}

/** A whole number; those above 2^53 arrive as bigint where the reader keeps them exact. */
export const integer: z.ZodType<number | bigint> = z
  .custom<number | bigint>(
    (value) => typeof value === 'bigint' || Number.isInteger(value),
    'not a whole number',
  )
  .meta({ type: 'integer' });

/** The families of tables. */
export const family = z.enum(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);
