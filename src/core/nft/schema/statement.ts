// The statements of libnftables-json(5): what a rule consists of.
import { z } from 'zod';
import { expression } from './expression.ts';
import { reference, stateful, statefulStatement } from './stateful.ts';
import { anyJson, integer, oneOrMore, type Tagged, tagged } from './tagged.ts';
import { verdict } from './verdict.ts';

const flags = oneOrMore(z.string());

const nat = z.union([
  z.null(),
  z.strictObject({
    family: z.string().optional(),
    addr: expression.optional(),
    port: expression.optional(),
    flags: flags.optional(),
    type_flags: flags.optional(),
  }),
]);

const setUpdate = z.strictObject({
  op: z.string(),
  elem: expression,
  /** With `@`. */
  set: z.string(),
  stmt: z.array(statefulStatement).readonly().optional(),
});

const statements = {
  ...verdict,
  ...stateful,
  match: z.strictObject({ op: z.string(), left: expression, right: expression }),
  mangle: z.strictObject({ key: expression, value: expression }),
  vmap: z.strictObject({ key: expression, data: expression }),
  snat: nat,
  dnat: nat,
  masquerade: nat,
  redirect: nat,
  reject: z.union([z.null(), z.strictObject({ type: z.string(), expr: expression.optional() })]),
  log: z.union([
    z.null(),
    z.strictObject({
      prefix: z.string().optional(),
      group: integer.optional(),
      snaplen: integer.optional(),
      'queue-threshold': integer.optional(),
      level: z.string().optional(),
      flags: flags.optional(),
    }),
  ]),
  notrack: z.null(),
  queue: z.union([z.null(), z.strictObject({ num: expression.optional(), flags: flags.optional() })]),
  dup: z.strictObject({ addr: expression, dev: expression.optional() }),
  fwd: z.strictObject({ dev: expression, family: z.string().optional(), addr: expression.optional() }),
  tproxy: z.strictObject({
    family: z.string().optional(),
    addr: expression.optional(),
    port: expression.optional(),
  }),
  synproxy: z.union([
    z.null(),
    reference,
    z.strictObject({ mss: integer.optional(), wscale: integer.optional(), flags: flags.optional() }),
  ]),
  set: setUpdate,
  /** Updates a map by the packet (nft 1.0.9 and later). */
  map: z.strictObject({ op: z.string(), elem: expression, data: expression, map: z.string() }),
  meter: z.strictObject({
    name: z.string(),
    key: expression,
    stmt: statefulStatement,
    size: integer.optional(),
  }),
  flow: z.strictObject({ op: z.string(), flowtable: z.string() }),
  reset: expression,
  'ct helper': expression,
  'ct timeout': expression,
  'ct expectation': expression,
  secmark: expression,
  /** An iptables extension; nft prints it and does not read it. */
  xt: anyJson,
};

/** One item of a rule's `expr`. */
export type Statement = Tagged<typeof statements>;

/** Validates a statement with all its expressions. */
export const statement: z.ZodType<Statement> = tagged('a statement', statements);
