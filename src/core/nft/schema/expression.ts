// The expressions of libnftables-json(5): everything that has a value. They nest, so their types are written out and
// the schemas look each other up when they are used.
import { z } from 'zod';
import { type PlainSelector, selectors } from './selector.ts';
import { type ElementState, elementState } from './state.ts';
import { integer, list, tagged, type UnknownKey } from './tagged.ts';
import { type Verdict, verdict } from './verdict.ts';

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
  | Verdict
  | UnknownKey;

/** Values put together from other values. */
export type SetExpression =
  | { readonly concat: readonly Expression[] }
  /** An anonymous set; in a map each item is a pair of key and data. A set of one may stand without the list. */
  | { readonly set: Expression }
  | ObjectMap
  | { readonly prefix: { readonly addr: Expression; readonly len: number } }
  | { readonly range: readonly [Expression, Expression] }
  | { readonly elem: SetElement };

/** An element with properties of its own; its statements stand beside them. */
export interface SetElement extends ElementState {
  readonly val: Expression;
  /** Seconds. */
  readonly timeout?: number | bigint | undefined;
  /** Seconds that are left. */
  readonly expires?: number | bigint | undefined;
  readonly comment?: string | undefined;
}

/** Two or more operands. */
export type Combination =
  | { readonly '|': readonly Expression[] }
  | { readonly '^': readonly Expression[] }
  | { readonly '&': readonly Expression[] }
  | { readonly '<<': readonly Expression[] }
  | { readonly '>>': readonly Expression[] };

/** What a map has for a key: values, or names of objects. */
export interface ObjectMap {
  readonly map: { readonly key: Expression; readonly data: Expression };
}

/** What is read from the packet, its connection, its socket or its route. */
export type Selector = PlainSelector | { readonly jhash: JenkinsHash };

/** A hash of what the expression reads, below `mod`. */
export interface JenkinsHash {
  readonly expr: Expression;
  readonly mod: number | bigint;
  readonly offset?: number | bigint | undefined;
  readonly seed?: number | bigint | undefined;
}

type ExpressionSchema = z.ZodType<Expression>;
type Operands = z.ZodType<readonly Expression[]>;

const pair = z.strictObject({
  get key(): ExpressionSchema {
    return expression;
  },
  get data(): ExpressionSchema {
    return expression;
  },
});

const objectExpression: z.ZodType<SetExpression | Combination | Selector | Verdict> = tagged(
  'an expression',
  {
    ...selectors,
    ...verdict,
    jhash: z.strictObject({
      get expr(): ExpressionSchema {
        return expression;
      },
      mod: integer,
      offset: integer.optional(),
      seed: integer.optional(),
    }),
    get concat(): Operands {
      return operands;
    },
    get set(): ExpressionSchema {
      return expression;
    },
    map: pair,
    prefix: z.strictObject({
      get addr(): ExpressionSchema {
        return expression;
      },
      len: z.int(),
    }),
    get range(): z.ZodType<readonly [Expression, Expression]> {
      return bounds;
    },
    elem: z.strictObject({
      get val(): ExpressionSchema {
        return expression;
      },
      timeout: integer.optional(),
      expires: integer.optional(),
      comment: z.string().optional(),
      ...elementState,
    }),
    get '|'(): Operands {
      return operands;
    },
    get '^'(): Operands {
      return operands;
    },
    get '&'(): Operands {
      return operands;
    },
    get '<<'(): Operands {
      return operands;
    },
    get '>>'(): Operands {
      return operands;
    },
  },
);

/** Validates an expression however deep it nests. */
export const expression: ExpressionSchema = z
  .union([
    z.string(),
    integer,
    z.boolean(),
    list(z.lazy((): ExpressionSchema => expression)),
    objectExpression,
  ])
  .meta({ id: 'expression' });

const operands = z.array(expression).min(2);
const bounds = z.tuple([expression, expression]);
