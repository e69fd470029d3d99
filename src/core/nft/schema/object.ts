// The objects of libnftables-json(5): what a rule set consists of and what commands act on.
import { z } from 'zod';
import { expression } from './expression.ts';
import { statefulStatement } from './stateful.ts';
import { knownStatement, type Statement } from './statement.ts';
import { anyJson, family, integer, list, oneOrMore, type Tagged, tagged } from './tagged.ts';

const handle = integer.optional();
const flags = oneOrMore(z.string()).optional();
const comment = z.string().optional();

/** What stands in a table has the table's family and name beside its own. */
const member = { family, table: z.string(), name: z.string(), handle, comment };

/** The same schema: which unknown keys to tolerate is for its user to say. */
const statement: z.ZodType<Statement> = knownStatement;

const tableShape = { family, name: z.string(), handle, flags, comment };

const chainShape = {
  ...member,
  type: z.string().optional(),
  hook: z.string().optional(),
  /** Always a number: nft takes a string for no hook at all. */
  prio: z.int().optional(),
  dev: oneOrMore(z.string()).optional(),
  policy: z.enum(['accept', 'drop']).optional(),
  /** `offload`; printed by no version so far. */
  flags,
};

const ruleShape = { family, table: z.string(), chain: z.string(), handle, comment };

/** The name of a type, several for a concatenation, or an expression of the type (nft 1.1.4). */
const dataType = z.union([oneOrMore(z.string()), z.strictObject({ typeof: expression })]);

const setShape = {
  ...member,
  type: dataType.optional(),
  policy: z.enum(['performance', 'memory']).optional(),
  flags,
  /** Seconds. */
  timeout: integer.optional(),
  'gc-interval': integer.optional(),
  size: integer.optional(),
  'auto-merge': z.boolean().optional(),
};

const setContent = {
  elem: z.union([list(expression), expression]).optional(),
  /** Each element has one of each. */
  stmt: list(statefulStatement).optional(),
};

/** Objects whose parts are not looked into and whose further keys are kept, for readers that know better. */
export const envelopes = {
  /** Any object of a table, as far as all of them agree. */
  member: z.looseObject(member),
  table: z.looseObject(tableShape),
  chain: z.looseObject(chainShape),
  rule: z.looseObject({ ...ruleShape, index: z.int().optional(), expr: list(anyJson).optional() }),
  set: z.looseObject({ ...setShape, elem: list(anyJson).optional() }),
  element: z.looseObject({ ...member, elem: list(anyJson) }),
};

const ctShape = { ...member, protocol: z.string().optional(), l3proto: z.string().optional() };

/** Addresses and ports of a tunnel and what its kind needs (nft 1.1.6). */
const tunnel = z.strictObject({
  ...member,
  id: integer.optional(),
  'src-ipv4': z.string().optional(),
  'dst-ipv4': z.string().optional(),
  'src-ipv6': z.string().optional(),
  'dst-ipv6': z.string().optional(),
  sport: integer.optional(),
  dport: integer.optional(),
  ttl: integer.optional(),
  tos: integer.optional(),
  type: z.string().optional(),
  tunnel: anyJson.optional(),
});

/** The schema behind the key of each object that stands in a table. */
export const objects = {
  table: z.strictObject(tableShape),
  /** One with a hook is a base chain. */
  chain: z.strictObject(chainShape),
  rule: z.strictObject({ ...ruleShape, index: z.int().optional(), expr: list(statement).optional() }),
  set: z.strictObject({ ...setShape, ...setContent }),
  /** `map` is the type of the data; elements are pairs of key and data. */
  map: z.strictObject({ ...setShape, ...setContent, map: dataType }),
  /** Elements of a set or map that is there already. */
  element: z.strictObject({ ...member, elem: z.union([list(expression), expression]) }),
  flowtable: z.strictObject({
    ...member,
    hook: z.string().optional(),
    prio: z.int().optional(),
    dev: oneOrMore(z.string()).optional(),
    flags,
    /** Printed by no version so far. */
    counter: z.boolean().optional(),
  }),
  counter: z.strictObject({ ...member, packets: integer.optional(), bytes: integer.optional() }),
  quota: z.strictObject({
    ...member,
    bytes: integer.optional(),
    used: integer.optional(),
    inv: z.boolean().optional(),
  }),
  limit: z.strictObject({
    ...member,
    rate: integer.optional(),
    per: z.enum(['second', 'minute', 'hour', 'day', 'week']).optional(),
    burst: integer.optional(),
    rate_unit: z.string().optional(),
    burst_unit: z.string().optional(),
    /** What the manual calls both units; nft neither reads nor prints it. */
    unit: z.string().optional(),
    inv: z.boolean().optional(),
  }),
  'ct helper': z.strictObject({ ...ctShape, type: z.string().optional() }),
  'ct timeout': z.strictObject({
    ...ctShape,
    policy: z.union([z.null(), z.record(z.string(), integer)]).optional(),
  }),
  'ct expectation': z.strictObject({
    ...ctShape,
    dport: integer.optional(),
    /** Milliseconds. */
    timeout: integer.optional(),
    size: integer.optional(),
  }),
  secmark: z.strictObject({ ...member, context: z.string().optional() }),
  synproxy: z.strictObject({
    ...member,
    mss: integer.optional(),
    wscale: integer.optional(),
    flags,
  }),
  tunnel,
};

/** One object of a table. */
export type TableObject = Tagged<typeof objects>;

/** Validates one object of a table. */
export const tableObject: z.ZodType<TableObject> = tagged('an object', objects);

/** The schema of what comes first in a listing and says by what it was made. */
export const metainfoObject = {
  metainfo: z.strictObject({
    version: z.string().optional(),
    release_name: z.string().optional(),
    json_schema_version: z.int().optional(),
  }),
};

/** One object of a listing. */
export type NftObject = Tagged<typeof objects & typeof metainfoObject>;
