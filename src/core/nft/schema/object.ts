// The objects of libnftables-json(5): what a rule set consists of and what commands act on. Keys that a version of nft
// adds are kept.
import { z } from 'zod';
import { expression } from './expression.ts';
import { statefulStatement } from './stateful.ts';
import { statement } from './statement.ts';
import { anyJson, integer, oneOrMore, type Tagged, tagged } from './tagged.ts';

const family = z.enum(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);
const handle = integer.optional();
const flags = oneOrMore(z.string()).optional();

/** What stands in a table has the table's family and name beside its own. */
const member = { family, table: z.string(), name: z.string(), handle };

/** Any object of a table, as far as all of them agree. */
export const memberEnvelope = z.looseObject(member);

const metainfo = z.looseObject({
  version: z.string().optional(),
  release_name: z.string().optional(),
  json_schema_version: z.int().optional(),
});

/** A table; `name` is missing where a command is for all of a family. */
export const table = z.looseObject({ family, name: z.string(), handle });

/** A chain; one with a hook is a base chain. */
export const chain = z.looseObject({
  ...member,
  type: z.string().optional(),
  hook: z.string().optional(),
  /** Always a number: nft takes a string for no hook at all. */
  prio: z.int().optional(),
  dev: oneOrMore(z.string()).optional(),
  policy: z.string().optional(),
});

/** A rule whose statements are not looked into, for readers that know them better. */
export const ruleEnvelope = z.looseObject({
  family,
  table: z.string(),
  chain: z.string(),
  handle,
  comment: z.string().optional(),
  expr: z.array(anyJson).readonly().optional(),
});

const rule = ruleEnvelope.extend({
  expr: z.array(statement).readonly().optional(),
  index: z.int().optional(),
});

const setProperties = {
  ...member,
  /** The name of a type, or the types of a concatenation. */
  type: oneOrMore(z.string()).optional(),
  policy: z.string().optional(),
  flags,
  timeout: integer.optional(),
  'gc-interval': integer.optional(),
  size: integer.optional(),
};

/** A set whose elements are not looked into. */
export const setEnvelope = z.looseObject({ ...setProperties, elem: z.array(anyJson).readonly().optional() });

const set = setEnvelope.extend({
  elem: z.array(expression).readonly().optional(),
  /** Each element has one of each. */
  stmt: z.array(statefulStatement).readonly().optional(),
});

/** `map`: the type of the data. Elements are pairs of key and data. */
const map = set.extend({ map: expression });

/** Elements of a set or map that is there already. */
export const elementEnvelope = z.looseObject({ ...member, elem: z.array(anyJson).readonly() });

const element = elementEnvelope.extend({ elem: z.array(expression).readonly() });

const flowtable = z.looseObject({
  ...member,
  hook: z.string().optional(),
  prio: z.int().optional(),
  dev: oneOrMore(z.string()).optional(),
});

const counter = z.looseObject({ ...member, packets: integer.optional(), bytes: integer.optional() });

const quota = z.looseObject({
  ...member,
  bytes: integer.optional(),
  used: integer.optional(),
  inv: z.boolean().optional(),
});

const limit = z.looseObject({
  ...member,
  rate: integer.optional(),
  per: z.string().optional(),
  burst: integer.optional(),
  unit: z.string().optional(),
  inv: z.boolean().optional(),
});

const ctObject = { ...member, protocol: z.string().optional(), l3proto: z.string().optional() };
const ctHelper = z.looseObject({ ...ctObject, type: z.string().optional() });
const ctTimeout = z.looseObject({ ...ctObject, policy: anyJson.optional() });
const ctExpectation = z.looseObject({
  ...ctObject,
  dport: integer.optional(),
  timeout: integer.optional(),
  size: integer.optional(),
});

const secmark = z.looseObject({ ...member, context: z.string().optional() });

const synproxy = z.looseObject({
  ...member,
  mss: integer.optional(),
  wscale: integer.optional(),
  flags,
});

/** The schema behind the key of each object that stands in a table. */
export const objects = {
  table,
  chain,
  rule,
  set,
  map,
  element,
  flowtable,
  counter,
  quota,
  limit,
  'ct helper': ctHelper,
  'ct timeout': ctTimeout,
  'ct expectation': ctExpectation,
  secmark,
  synproxy,
};

/** One object of a table. */
export type TableObject = Tagged<typeof objects>;

/** Validates one object of a table. */
export const tableObject: z.ZodType<TableObject> = tagged('an object', objects);

/** The schema of what comes first in a listing and says by what it was made. */
export const metainfoObject = { metainfo };

/** One object of a listing. */
export type NftObject = Tagged<typeof objects & typeof metainfoObject>;
