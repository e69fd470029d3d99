// `nft -j list ruleset`, or a document of commands that add, as a rule set.
import { hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Source, Span } from '../text/source.ts';
import { complain, type Draft, newDraft, tableKey } from './import-draft.ts';
import { finish } from './import-finish.ts';
import { takeObject } from './import-object.ts';
import { readJson } from './json-reader.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { commandNames } from './schema/command.ts';

/**
 * Reads a whole rule set; the span of each object is its JSON. Matches and statements are read by their definitions;
 * what none of them understands is kept word for word, so that what is emitted loads to the same rule set.
 * libnftables-json(5).
 */
export function importNftJson(source: Source): Outcome<RuleSet> {
  const { value: json, diagnostics } = readJson(source);
  if (!json) return { value: undefined, diagnostics };
  const draft = newDraft();
  const items = isJsonObject(json.value) ? json.value.nftables : undefined;
  if (isJsonArray(items)) for (const item of items) takeItem(draft, item, json.spanOf(item));
  else complain(draft, 'HK5502', 'there is no list `nftables`', { span: { source, start: 0, end: 1 }, help });
  const ruleSet = finish(draft);
  return { value: hasErrors(draft.diagnostics) ? undefined : ruleSet, diagnostics: draft.diagnostics };
}

const help = 'the output of `nft -j list ruleset` begins with `{"nftables": [`';

type TakeCommand = (draft: Draft, kind: string, body: JsonValue, span: Span | undefined) => void;

/** Others are refused: their meaning depends on what is loaded. */
const commands: Readonly<Record<string, TakeCommand>> = {
  add: (draft, kind, body, span) => takeObject(draft, kind, body, { span, again: true }),
  create: (draft, kind, body, span) => takeObject(draft, kind, body, { span, again: false }),
  delete: deleteTable,
  destroy: deleteTable,
  flush: flushRuleSet,
};

function takeItem(draft: Draft, item: JsonValue, span: Span | undefined): void {
  const entry = onlyEntry(item);
  if (!entry) {
    complain(draft, 'HK5502', 'an item is not an object with one key', { span });
    return;
  }
  const [key, body] = entry;
  if (key === 'metainfo') checkVersion(draft, body, span);
  else if (commandNames.has(key)) takeCommand(draft, key, body, span);
  else takeObject(draft, key, body, { span, again: false });
}

function onlyEntry(item: JsonValue): readonly [string, JsonValue] | undefined {
  const entries = isJsonObject(item) ? Object.entries(item) : [];
  return entries.length === 1 ? entries[0] : undefined;
}

function checkVersion(draft: Draft, body: JsonValue, span: Span | undefined): void {
  const version = isJsonObject(body) ? (body.json_schema_version ?? 1) : undefined;
  if (version === 1) return;
  complain(draft, 'HK5503', `the schema version is \`${writeJson(version ?? null)}\`, only \`1\` is known`, {
    span,
  });
}

function takeCommand(draft: Draft, command: string, body: JsonValue, span: Span | undefined): void {
  const object = onlyEntry(body);
  const take = commands[command];
  if (take && object) take(draft, object[0], object[1], span);
  else refuse(draft, command, object?.[0] ?? '', span);
}

function refuse(draft: Draft, command: string, kind: string, span: Span | undefined): void {
  const message = `\`${`${command} ${kind}`.trim()}\` does not state what a rule set consists of`;
  const away =
    'load the document into a network namespace and import what `nft -j list ruleset` prints there';
  complain(draft, 'HK5504', message, { span, help: away });
}

function deleteTable(draft: Draft, kind: string, body: JsonValue, span: Span | undefined): void {
  const { family, name } = isJsonObject(body) ? body : {};
  if (kind !== 'table' || typeof family !== 'string' || typeof name !== 'string')
    refuse(draft, 'delete', kind, span);
  else draft.tables.delete(tableKey(family, name));
}

function flushRuleSet(draft: Draft, kind: string, body: JsonValue, span: Span | undefined): void {
  const family = isJsonObject(body) ? body.family : undefined;
  if (kind !== 'ruleset') refuse(draft, 'flush', kind, span);
  else
    for (const [key, table] of draft.tables)
      if (family === undefined || family === table.family) draft.tables.delete(key);
}
