// The commands of libnftables-json(5). An object without a command is added.
import { z } from 'zod';
import { metainfoObject, type NftObject, objects } from './object.ts';
import { anyJson, openObject, type Tagged, tagged } from './tagged.ts';

/** What names an object without describing it: `{ "family": …, "table": …, "name": …, "handle": … }`. */
const named = tagged('an object', {
  ...Object.fromEntries(Object.keys(objects).map((key) => [key, openObject])),
  ruleset: anyJson,
});

const added = tagged('an object', objects);

const commands = {
  add: added,
  create: added,
  insert: tagged('a rule', { rule: objects.rule }),
  replace: tagged('a rule', { rule: objects.rule }),
  delete: named,
  /** As `delete`, without an error where there is nothing (not in nft 1.0.6). */
  destroy: named,
  list: named,
  reset: named,
  flush: named,
  rename: tagged('a chain', { chain: objects.chain.extend({ newname: z.string() }) }),
};

/** Something to be done. */
export type Command = Tagged<typeof commands>;

/** The names of all commands. */
export const commandNames: ReadonlySet<string> = new Set(Object.keys(commands));

/** One item of a document. */
export type Item = NftObject | Command;

const item: z.ZodType<Item> = tagged('a command or an object', {
  ...metainfoObject,
  ...objects,
  ...commands,
});

/** A whole document. */
export const nftables = z.looseObject({ nftables: z.array(item).readonly() });
