// A rule set while it is being read: objects come in any order and may refer to what came before.

import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, type DiagnosticDetails, diagnostic } from '../diagnostic/diagnostic.ts';
import type { BaseChain, Family, NamedObject, OpaqueObject, Rule, TableFlag } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import { makePartReader, type PartReader } from './read-part.ts';

export interface Draft {
  /** By family and name. */
  readonly tables: Map<string, TableDraft>;
  readonly readPart: PartReader;
  readonly diagnostics: Diagnostic[];
  /** What was said to be missing; once is enough for a thousand rules. */
  readonly missing: Set<string>;
}

export interface TableDraft {
  readonly family: Family;
  readonly name: string;
  readonly body: JsonObject;
  readonly chains: Map<string, ChainDraft>;
  readonly sets: Map<string, SetDraft>;
  readonly flags: readonly TableFlag[];
  readonly comment: string | undefined;
  /** By kind and name. */
  readonly objects: Map<string, ObjectDraft>;
  readonly opaque: OpaqueObject[];
  readonly span: Span | undefined;
}

export interface ChainDraft {
  readonly name: string;
  readonly comment: string | undefined;
  readonly base: BaseChain | undefined;
  readonly body: JsonObject;
  readonly rules: Rule[];
  readonly span: Span | undefined;
}

/** An object and its JSON. */
export interface ObjectDraft {
  readonly object: NamedObject;
  readonly body: JsonObject;
}

/** A set or map. */
export interface SetDraft {
  readonly kind: 'set' | 'map';
  readonly name: string;
  body: JsonObject;
  /** The list `elem` of the body once `element` commands add to it. */
  elements?: JsonValue[];
  readonly span: Span | undefined;
}

/** An empty rule set. */
export function newDraft(): Draft {
  return { tables: new Map(), readPart: makePartReader(), diagnostics: [], missing: new Set() };
}

/** Adds a diagnostic. */
export function complain(draft: Draft, code: Code, message: string, details?: DiagnosticDetails): void {
  draft.diagnostics.push(diagnostic(code, message, details));
}

/** The name under which a table is known. */
export function tableKey(family: string, name: string): string {
  return `${family} ${name}`;
}

/** The table that an object stands in, or a complaint. */
export function tableOf(draft: Draft, family: string, name: string, span: Span | undefined) {
  const key = tableKey(family, name);
  const table = draft.tables.get(key);
  if (!table) complainOfMissing(draft, `table \`${key}\``, span);
  return table;
}

/** Says once that something is not in the dump. */
export function complainOfMissing(draft: Draft, what: string, span: Span | undefined): void {
  if (draft.missing.has(what)) return;
  draft.missing.add(what);
  const help = 'import the whole of `nft -j list ruleset`';
  complain(draft, 'HK5506', `${what} is referred to before it is there`, { span, help });
}
