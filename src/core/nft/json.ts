// The public entry `hookline/nftables-json`: libnftables-json(5) as types, and a validator that says what is wrong where.
//
// The model is complete up to nft 1.1.6, after nft's own parser and printer where the manual is silent. What it promises:
//
// - What a version of nft prints is valid. So is what it reads, but for words that nft takes without looking at them:
//   it reads `"per": "hours"` as a second.
// - A known key holds what it must, however deep; a problem has its path.
// - A key that the model does not know is kept, be it a statement, an expression or a property: a later nft may have it.
//   With `strict` it is a problem, which finds misspelt ones: nft itself ignores properties that it does not know.
// - Whether a field, a flag, a type or a key of `meta` exists is for nft to say, as is what fits together.
import { readJson } from './json-reader.ts';
import { isJson } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { type Item, ruleset } from './schema/command.ts';
import { type NftablesProblem, problemsOf } from './schema/problems.ts';

export type { JsonObject, JsonValue } from './json-value.ts';
export type { Command, Item } from './schema/command.ts';
export type {
  Combination,
  Expression,
  JenkinsHash,
  ObjectMap,
  Selector,
  SetElement,
  SetExpression,
} from './schema/expression.ts';
export type { NftObject, TableObject } from './schema/object.ts';
export type { NftablesProblem } from './schema/problems.ts';
export type { StatefulStatement } from './schema/stateful.ts';
export type { KnownStatement, Statement } from './schema/statement.ts';
export type { UnknownKey } from './schema/tagged.ts';
export type { Verdict } from './schema/verdict.ts';

/** A document as `nft -j list ruleset` prints and `nft -j -f` reads it. */
export interface Ruleset {
  readonly nftables: readonly Item[];
}

/** The document, or all problems. */
export type ParsedNftables =
  | { readonly success: true; readonly document: Ruleset }
  | { readonly success: false; readonly problems: readonly NftablesProblem[] };

/** How much to find wrong. */
export interface NftablesOptions {
  /** Whether keys that the model does not know are problems. */
  readonly strict?: boolean;
}

/** Validates a parsed JSON document; the value is returned as it is, with a type. */
export function parseNftables(json: unknown, options: NftablesOptions = {}): ParsedNftables {
  const problems = problemsIn(json, options);
  return isRuleset(json, problems) ? { success: true, document: json } : { success: false, problems };
}

/** Reads and validates the text of a document. Unlike with JSON.parse no digit of a large number is lost. */
export function readNftables(text: string, options: NftablesOptions = {}): ParsedNftables {
  const { value, diagnostics } = readJson({ name: 'the text', text });
  if (value) return parseNftables(value.value, options);
  const problems = diagnostics.map(({ message }) => ({ path: [], message, unknownKey: false }));
  return { success: false, problems };
}

/** The text of a document, in one line, with every key that it has. Throws where a value is no JSON. */
export function writeNftables(document: Ruleset): string {
  const json: unknown = document;
  if (!isJson(json)) throw new TypeError('the document holds a value that is no JSON');
  return writeJson(json);
}

/** Deeper than any rule set, less deep than the stack. */
const maximalDepth = 500;

function problemsIn(json: unknown, { strict = false }: NftablesOptions): readonly NftablesProblem[] {
  if (nestsDeeper(json, maximalDepth))
    return [{ path: [], message: `nests deeper than ${maximalDepth} levels`, unknownKey: false }];
  const problems = problemsOf(ruleset.safeParse(json).error?.issues ?? []);
  return strict ? problems : problems.filter(({ unknownKey }) => !unknownKey);
}

/** Without problems it is one. */
function isRuleset(_json: unknown, problems: readonly NftablesProblem[]): _json is Ruleset {
  return problems.length === 0;
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}
