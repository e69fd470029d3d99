// The public entry `hookline/nftables-json`: libnftables-json(5) as types, and a validator that says what is wrong where.
//
// Complete for documents, commands, objects, statements and expressions up to nft 1.1, after nft's own parser and
// printer where the manual is silent (`flow`, `tproxy`, `synproxy`, `secmark`, `reset`, `ip option`, `ipsec`, `socket`).
// Objects may have further keys, which are kept. Not looked into: the
// statements of an element, the policy of a `ct timeout`, what `delete`, `list`, `reset` and `flush` name, and `xt`, which nft prints but refuses.
// Whether names of fields, flags and constants exist is for nft to say: they differ between its versions.
import type { z } from 'zod';
import { nftables } from './schema/command.ts';

export type { JsonObject, JsonValue } from './json-value.ts';
export type { Command, Item } from './schema/command.ts';
export type { Combination, Expression, Selector, SetElement, SetExpression } from './schema/expression.ts';
export type { NftObject } from './schema/object.ts';
export type { StatefulStatement } from './schema/stateful.ts';
export type { Statement } from './schema/statement.ts';
export type { Verdict } from './schema/verdict.ts';

/** A document as `nft -j list ruleset` prints and `nft -j -f` reads it. */
export type Nftables = z.infer<typeof nftables>;

/** One thing that is not as the format has it. */
export interface NftablesProblem {
  /** From the document inwards: `['nftables', 3, 'rule', 'expr', 0, 'match', 'op']`. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The document, or all problems. */
export type ParsedNftables =
  | { readonly success: true; readonly document: Nftables }
  | { readonly success: false; readonly problems: readonly NftablesProblem[] };

/** Validates a parsed JSON document; the value is returned as it is, with a type. */
export function parseNftables(json: unknown): ParsedNftables {
  const result = nftables.safeParse(json);
  if (result.success) return { success: true, document: result.data };
  return { success: false, problems: result.error.issues.map(({ path, message }) => ({ path, message })) };
}
