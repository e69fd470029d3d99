// The draft of an imported rule set as a rule set, once everything is there.
import {
  type Chain,
  findMap,
  findSet,
  type NamedMap,
  type NamedSet,
  type OpaqueObject,
  type RuleSet,
  type Table,
} from '../ir/ruleset.ts';
import { setFlags } from '../ir/set.ts';
import { jumpsOf } from '../statement/chains.ts';
import { markUpdated, updatedSets } from '../statement/updates.ts';
import {
  type ChainDraft,
  complain,
  complainOfMissing,
  type Draft,
  type SetDraft,
  type TableDraft,
} from './import-draft.ts';
import { equalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { refusedJumps } from './jumps.ts';
import type { PartReader } from './read-part.ts';
import { type Spelling, spellChain, spellHeader } from './spell.ts';
import { bodyOf } from './spell-object.ts';
import { readMap, readSet, spellMap, spellSet } from './spell-set.ts';

/** All tables in order; complains of jumps to nowhere and says how much was not understood. */
export function finish(draft: Draft): RuleSet {
  const tables = [...draft.tables.values()].map((table) => finishTable(draft, table));
  noteOpaqueRules(draft, tables);
  return { tables };
}

function finishTable(draft: Draft, from: TableDraft): Table {
  const { family, name, span } = from;
  const drafts = [...from.sets.values()];
  const chains = [...from.chains.values()].map(finishChain);
  const updated = updatedSets(chains);
  const sets = drafts.flatMap((one) => (one.kind === 'set' ? located(one, readSet, draft, updated) : []));
  const maps = drafts.flatMap((one) => (one.kind === 'map' ? located(one, readMap, draft, updated) : []));
  const objects = [...from.objects.values()].map(({ object }) => object);
  const table: Table = {
    family,
    name,
    ...(from.flags.length > 0 && { flags: from.flags }),
    ...(from.comment !== undefined && { comment: from.comment }),
    chains,
    sets,
    ...(maps.length > 0 && { maps }),
    ...(objects.length > 0 && { objects }),
    opaque: [],
    ...(span && { span }),
  };
  checkJumps(draft, table);
  noteOpaqueSets(draft, drafts, [...sets, ...maps]);
  return { ...table, opaque: [...from.opaque, ...keptWhole(from, table)] };
}

function finishChain({ name, comment, base, rules, span }: ChainDraft): Chain {
  const comments = comment === undefined ? {} : { comment };
  return { name, ...comments, rules, ...(base && { base }), ...(span && { span }) };
}

/** A set or map that is understood, with its place. */
function located<Read extends NamedSet | NamedMap>(
  { name, body, span }: SetDraft,
  read: (name: string, body: JsonObject, readPart: PartReader) => Read | undefined,
  { readPart }: Draft,
  updated: ReadonlySet<string>,
): Read[] {
  const found = read(name, body, readPart);
  return found ? [{ ...markUpdated(found, updated), ...(span && { span }) }] : [];
}

/** Word for word what our types do not say all of: keys that a later version of nft adds. */
function keptWhole(from: TableDraft, table: Table): OpaqueObject[] {
  const spelling: Spelling = { form: 'json', report: () => {} };
  const { name } = table;
  const chains = table.chains.map((chain) => {
    const given = from.chains.get(chain.name)?.body ?? {};
    const body = chain.base ? { policy: 'accept', ...given } : given;
    return { kind: 'chain', name: chain.name, body, typed: spellChain(chain, table, spelling) };
  });
  const sets = [...from.sets.values()].map(({ kind, name: setName, body }) => {
    const set = kind === 'set' ? findSet(table, setName) : undefined;
    const map = kind === 'map' ? findMap(table, setName) : undefined;
    const typed = set ? spellSet(set, table, spelling) : map && spellMap(map, table, spelling);
    return { kind, name: setName, body, typed };
  });
  const objects = [...from.objects.values()].map(({ object, body }) => ({
    kind: object.kind,
    name: object.name,
    body,
    typed: bodyOf(object, table),
  }));
  const header = { kind: 'table', name, body: from.body, typed: spellHeader(table, spelling) };
  return [header, ...chains, ...sets, ...objects]
    .filter(({ body, typed }) => !typed || !equalJson(typed, comparable(body)))
    .map((one) => ({ origin: 'nft', content: { [one.kind]: one.body }, text: `${one.kind} ${one.name}` }));
}

/** As ours are written: what nft lists otherwise without meaning anything else. */
function comparable(body: JsonObject): JsonObject {
  return withFlags(body.map === undefined ? body : withHosts(body));
}

/** Beside ranges, nft lists one address that a map leads to as a network of one. */
function withHosts(body: JsonObject): JsonObject {
  if (!isJsonArray(body.elem)) return body;
  const elem = body.elem.map((pair) => (isJsonArray(pair) ? [pair[0] ?? null, hostOf(pair[1])] : pair));
  return { ...body, elem };
}

function hostOf(value: JsonValue = null): JsonValue {
  if (isJsonObject(value) && isJsonArray(value.concat)) return { concat: value.concat.map(hostOf) };
  const prefix = isJsonObject(value) ? value.prefix : undefined;
  if (!isJsonObject(prefix) || typeof prefix.addr !== 'string') return value;
  return prefix.len === (prefix.addr.includes(':') ? 128 : 32) ? prefix.addr : value;
}

/** nft gives flags in no certain order, one alone also as a string, and `dynamic` only since 1.0.9. */
function withFlags(body: JsonObject): JsonObject {
  if (body.flags === undefined || body.type === undefined) return body;
  const { flags, ...rest } = body;
  const listed = isJsonArray(flags) ? flags : [flags];
  const known = setFlags.filter((flag) => flag !== 'dynamic' && listed.includes(flag));
  const strange = listed.filter((flag) => !setFlags.some((one) => one === flag));
  return known.length + strange.length > 0 ? { ...rest, flags: [...known, ...strange] } : rest;
}

/** Jumps to nowhere, and those that the kernel refuses, so that no listing of it has them. */
function checkJumps(draft: Draft, table: Table): void {
  const { family, name } = table;
  for (const jump of [...jumpsOf(table).values()].flat())
    if (!jump.to)
      complainOfMissing(draft, `chain \`${jump.name}\` of table \`${family} ${name}\``, jump.rule.span);
  draft.diagnostics.push(...refusedJumps(table));
}

function noteOpaqueSets(
  draft: Draft,
  drafts: readonly SetDraft[],
  known: readonly (NamedSet | NamedMap)[],
): void {
  const names = new Set(known.map(({ name }) => name));
  for (const { kind, name, span } of drafts)
    if (!names.has(name))
      complain(draft, 'HK5508', `${kind} \`${name}\` is kept without being understood`, { span });
}

function noteOpaqueRules(draft: Draft, tables: readonly Table[]): void {
  const rules = tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  const strange = rules.filter(({ parts }) => parts.some((part) => part.kind === 'opaque'));
  const [first] = strange;
  const part = first?.parts.find(({ kind }) => kind === 'opaque');
  if (part?.kind !== 'opaque') return;
  const message = `${strange.length} of ${rules.length} rules hold something that is not understood, first \`${part.text}\``;
  complain(draft, 'HK5508', message, { span: first?.span });
}
