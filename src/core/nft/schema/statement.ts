// The statements of libnftables-json(5): what a rule consists of.
import { z } from 'zod';
import { expression } from './expression.ts';
import { reference, stateful, statefulStatement } from './stateful.ts';
import { anyJson, family, integer, list, oneOrMore, type Tagged, tagged, type UnknownKey } from './tagged.ts';
import { verdict } from './verdict.ts';

const flags = oneOrMore(z.string()).optional();

const nat = z.union([
  z.null(),
  z.strictObject({
    family: family.optional(),
    addr: expression.optional(),
    port: expression.optional(),
    flags,
    /** `interval`, `prefix`, `concat`: how the values of a map are meant. */
    type_flags: flags,
  }),
]);

/** Updates a set by the packet; `set` with `@`. */
const setUpdate = z.strictObject({
  op: z.enum(['add', 'update', 'delete']),
  elem: expression,
  set: z.string(),
  stmt: list(statefulStatement).optional(),
});

const mapUpdate = z.strictObject({
  op: z.enum(['add', 'update', 'delete']),
  elem: expression,
  data: expression,
  map: z.string(),
  stmt: list(statefulStatement).optional(),
});

const log = z.strictObject({
  prefix: z.string().optional(),
  group: integer.optional(),
  snaplen: integer.optional(),
  'queue-threshold': integer.optional(),
  level: z.enum(['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit']).optional(),
  flags,
});

const synproxy = z.strictObject({ mss: integer.optional(), wscale: integer.optional(), flags });

/** The schema behind the key of each. */
const statements = {
  ...verdict,
  ...stateful,
  /** `in` is nft's comparison without an operator: of bits, any of them. */
  match: z.strictObject({
    op: z.enum(['==', '!=', '<', '>', '<=', '>=', 'in', '!']),
    left: expression,
    right: expression,
  }),
  mangle: z.strictObject({ key: expression, value: expression }),
  vmap: z.strictObject({ key: expression, data: expression }),
  snat: nat,
  dnat: nat,
  masquerade: nat,
  redirect: nat,
  reject: z.union([z.null(), z.strictObject({ type: z.string().optional(), expr: expression.optional() })]),
  log: z.union([z.null(), log]),
  notrack: z.null(),
  queue: z.union([z.null(), z.strictObject({ num: expression.optional(), flags })]),
  dup: z.strictObject({ addr: expression, dev: expression.optional() }),
  fwd: z.strictObject({ dev: expression, family: family.optional(), addr: expression.optional() }),
  tproxy: z.strictObject({
    family: family.optional(),
    addr: expression.optional(),
    port: expression.optional(),
  }),
  synproxy: z.union([z.null(), reference, synproxy]),
  set: setUpdate,
  /** nft 1.0.9 and later. */
  map: mapUpdate,
  meter: z.strictObject({
    name: z.string(),
    key: expression,
    stmt: statefulStatement,
    size: integer.optional(),
  }),
  /** `flowtable` with `@`. */
  flow: z.strictObject({ op: z.literal('add'), flowtable: z.string() }),
  /** Takes a TCP option out. */
  reset: expression,
  'ct helper': expression,
  'ct timeout': expression,
  'ct expectation': expression,
  secmark: expression,
  /** nft 1.1.6 and later. */
  tunnel: expression,
  /** An extension of iptables, of which nft prints the name at most; it reads none. */
  xt: anyJson,
};

/** One item of a rule's `expr` that this model knows. */
export type KnownStatement = Tagged<typeof statements>;

/** One item of a rule's `expr`. */
export type Statement = KnownStatement | UnknownKey;

/** Validates a statement with all its expressions. */
export const knownStatement: z.ZodType<KnownStatement> = tagged('a statement', statements);
