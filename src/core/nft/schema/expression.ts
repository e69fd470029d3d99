// The expressions of libnftables-json(5): everything that has a value. They nest, so the types are written out.
import { z } from 'zod';
import { integer, type Tagged, tagged } from './tagged.ts';
import type { Verdict } from './verdict.ts';
import { verdict } from './verdict.ts';

/** A value: immediate (`22`, `"10.0.0.1"`, `"@set"`), a list, or an object of one key. */
export type Expression =
  | string
  | number
  | bigint
  | boolean
  | readonly Expression[]
  | SetExpression
  | Combination
  | Selector
  | Verdict;

/** Values put together from other values. */
export type SetExpression =
  | { readonly concat: readonly Expression[] }
  /** An anonymous set; in a map each item is a pair of key and data. A set of one may stand without the list. */
  | { readonly set: Expression }
  | { readonly map: { readonly key: Expression; readonly data: Expression } }
  | { readonly prefix: { readonly addr: Expression; readonly len: number } }
  | { readonly range: readonly [Expression, Expression] }
  | { readonly elem: SetElement };

/** An element with properties of its own; further keys are its statements (`counter`, `limit` …). */
export interface SetElement {
  readonly val: Expression;
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Seconds that are left. */
  readonly expires?: number | undefined;
  readonly comment?: string | undefined;
  readonly [statement: string]: unknown;
}

/** Two or more operands. */
export type Combination =
  | { readonly '|': readonly Expression[] }
  | { readonly '^': readonly Expression[] }
  | { readonly '&': readonly Expression[] }
  | { readonly '<<': readonly Expression[] }
  | { readonly '>>': readonly Expression[] };

/** A map whose data are names of objects. */
export type ObjectMap = { readonly map: { readonly key: Expression; readonly data: Expression } };

/** Validates an expression however deep it nests. */
export const expression: z.ZodType<Expression> = z.lazy(() =>
  z.union([z.string(), integer, z.boolean(), z.array(expression), objectExpression]),
);

/** Validates an object map. */
export const objectMap: z.ZodType<ObjectMap> = z.lazy(() =>
  z.strictObject({ map: z.strictObject({ key: expression, data: expression }) }),
);

const operands = z.array(expression).min(2);

const selectors = {
  /** A header field by name, or raw bits. */
  payload: z.union([
    z.strictObject({ protocol: z.string(), field: z.string() }),
    z.strictObject({ base: z.string(), offset: z.int(), len: z.int() }),
  ]),
  exthdr: z.strictObject({ name: z.string(), field: z.string().optional(), offset: z.int().optional() }),
  'tcp option': z.union([
    z.strictObject({ name: z.string(), field: z.string().optional() }),
    z.strictObject({ base: z.int(), offset: z.int(), len: z.int() }),
  ]),
  'ip option': z.strictObject({ name: z.string(), field: z.string().optional() }),
  'sctp chunk': z.strictObject({ name: z.string(), field: z.string().optional() }),
  'dccp option': z.strictObject({ type: z.int() }),
  meta: z.strictObject({ key: z.string() }),
  osf: z.strictObject({ key: z.string(), ttl: z.string().optional() }),
  ipsec: z.strictObject({
    key: z.string(),
    family: z.string().optional(),
    dir: z.string().optional(),
    spnum: z.int().optional(),
  }),
  socket: z.strictObject({ key: z.string(), level: z.int().optional() }),
  rt: z.strictObject({ key: z.string(), family: z.string().optional() }),
  ct: z.strictObject({ key: z.string(), family: z.string().optional(), dir: z.string().optional() }),
  numgen: z.strictObject({ mode: z.string(), mod: integer, offset: integer.optional() }),
  symhash: z.strictObject({ mod: integer, offset: integer.optional() }),
  fib: z.strictObject({
    result: z.string(),
    flags: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  }),
};

/** What is read from the packet, its connection, its socket or its route. */
export type Selector = Tagged<typeof selectors> | { readonly jhash: JenkinsHash };

/** A hash of what the expression reads, below `mod`. */
export interface JenkinsHash {
  readonly expr: Expression;
  readonly mod: number | bigint;
  readonly offset?: number | bigint | undefined;
  readonly seed?: number | bigint | undefined;
}

const objectExpression: z.ZodType<SetExpression | Combination | Selector | Verdict> = tagged(
  'an expression',
  {
    ...selectors,
    ...verdict,
    jhash: z.strictObject({
      expr: expression,
      mod: integer,
      offset: integer.optional(),
      seed: integer.optional(),
    }),
    concat: z.array(expression),
    set: expression,
    map: z.strictObject({ key: expression, data: expression }),
    prefix: z.strictObject({ addr: expression, len: z.int() }),
    range: z.tuple([expression, expression]),
    elem: z.looseObject({
      val: expression,
      timeout: z.int().optional(),
      expires: z.int().optional(),
      comment: z.string().optional(),
    }),
    '|': operands,
    '^': operands,
    '&': operands,
    '<<': operands,
    '>>': operands,
  },
);
