// The commands of libnftables-json(5). An object without a command is added.
import { z } from 'zod';
import { expression } from './expression.ts';
import { metainfoObject, type NftObject, objects } from './object.ts';
import { family, integer, list, type Tagged, tagged, type UnknownKey } from './tagged.ts';

/** What names an object; the whole object as it was listed does it too. */
export const named = z.strictObject({
  family: family.optional(),
  table: z.string().optional(),
  chain: z.string().optional(),
  name: z.string().optional(),
  handle: integer.optional(),
  elem: z.union([list(expression), expression]).optional(),
});

/** All objects of a kind, of all families, of one or of one table. */
const all = z.union([z.null(), named]);

const singles = {
  table: named,
  chain: named,
  rule: named,
  set: named,
  map: named,
  element: named,
  flowtable: named,
  counter: named,
  quota: named,
  limit: named,
  'ct helper': named,
  'ct timeout': named,
  'ct expectation': named,
  secmark: named,
  synproxy: named,
  tunnel: named,
};

const plurals = {
  ruleset: all,
  tables: all,
  chains: all,
  rules: all,
  sets: all,
  maps: all,
  meters: all,
  flowtables: all,
  counters: all,
  quotas: all,
  limits: all,
  'ct helpers': all,
  secmarks: all,
  tunnels: all,
};

const added = tagged('an object', objects);
const removed = tagged('an object', singles);
const shown = tagged('an object or a kind of objects', { ...singles, ...plurals, meter: named });
const rule = tagged('a rule', { rule: objects.rule });

const commands = {
  add: added,
  create: added,
  insert: rule,
  replace: rule,
  delete: removed,
  /** As `delete`, without an error where there is nothing (nft 1.0.8). */
  destroy: removed,
  list: shown,
  reset: shown,
  flush: shown,
  rename: tagged('a chain', { chain: z.strictObject({ ...objects.chain.shape, newname: z.string() }) }),
};

/** Something to be done. */
export type Command = Tagged<typeof commands>;

/** The names of all commands. */
export const commandNames: ReadonlySet<string> = new Set(Object.keys(commands));

/** One item of a document. */
export type Item = NftObject | Command | UnknownKey;

const item: z.ZodType<Item> = tagged('a command or an object', {
  ...metainfoObject,
  ...objects,
  ...commands,
});

/** A whole document. */
export const ruleset = z.strictObject({ nftables: list(item) });
