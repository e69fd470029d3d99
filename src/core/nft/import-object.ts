// One object of a listing into the draft of the rule set; each object is validated here and nowhere else.
import type { z } from 'zod';
import {
  type BaseChain,
  type Counters,
  type Part,
  type Rule,
  type TableFlag,
  tableFlags,
} from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { readBaseChain } from './import-base-chain.ts';
import { complain, complainOfMissing, type Draft, type SetDraft, tableKey, tableOf } from './import-draft.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { isPlainCounter } from './plain-counter.ts';
import { keptKeys } from './rule-keys.ts';
import { envelopes } from './schema/object.ts';
import { readNamed } from './spell-object.ts';

/** Where an object came from. `again`: nft takes it without complaint if it is there already. */
export interface Given {
  readonly span: Span | undefined;
  readonly again: boolean;
}

type Take = (draft: Draft, body: JsonObject, given: Given) => void;

const takers: Readonly<Record<string, Take>> = {
  table: takeTable,
  chain: takeChain,
  rule: takeRule,
  set: (draft, body, given) => takeSet(draft, 'set', body, given),
  map: (draft, body, given) => takeSet(draft, 'map', body, given),
  element: takeElements,
};

/** Takes any object that can be added; what nobody understands is kept word for word. */
export function takeObject(draft: Draft, kind: string, body: JsonValue, given: Given): void {
  if (!isJsonObject(body)) {
    complain(draft, 'HK5502', `\`${kind}\` is not an object`, { span: given.span });
    return;
  }
  const take = Object.hasOwn(takers, kind) ? takers[kind] : undefined;
  if (take) take(draft, body, given);
  else takeOther(draft, kind, body, given);
}

/** A body as its schema has it, or a complaint that names the first key that is wrong. */
function validate<Schema extends z.ZodType>(
  draft: Draft,
  kind: string,
  schema: Schema,
  body: JsonObject,
  span: Span | undefined,
): z.infer<Schema> | undefined {
  const { data, error } = schema.safeParse(body);
  const [issue] = error?.issues ?? [];
  if (!issue) return data;
  const place = issue.path.map(String).join('.');
  complain(draft, 'HK5502', `the \`${place}\` of a ${kind} is not valid: ${issue.message}`, { span });
  return undefined;
}

function takeTable(draft: Draft, body: JsonObject, { span, again }: Given): void {
  const valid = validate(draft, 'table', envelopes.table, body, span);
  if (!valid) return;
  const { family, name } = valid;
  const key = tableKey(family, name);
  if (draft.tables.has(key)) {
    if (!again) complain(draft, 'HK5505', `table \`${key}\` is there twice`, { span });
    return;
  }
  const flags = readTableFlags(body.flags);
  if (!flags)
    complain(draft, 'HK5508', `the flags of table \`${key}\` are kept without being understood`, { span });
  const comment = typeof body.comment === 'string' ? body.comment : undefined;
  const content = { chains: new Map(), sets: new Map(), objects: new Map(), opaque: [] };
  const listed = { ...withoutHandle(body), ...(flags?.length === 1 && { flags: flags[0] ?? '' }) };
  draft.tables.set(key, { family, name, flags: flags ?? [], comment, body: listed, span, ...content });
}

/** nft 1.0.6 prints but the first letter of a flag. */
function readTableFlags(json: JsonValue | undefined): readonly TableFlag[] | undefined {
  const listed = isJsonArray(json) ? json : json === undefined ? [] : [json];
  const known = tableFlags.filter((flag) => listed.some((one) => one === flag || one === flag[0]));
  return known.length === listed.length ? known : undefined;
}

function takeChain(draft: Draft, body: JsonObject, { span }: Given): void {
  if (typeof body.prio === 'string') {
    const help = 'write the number: raw -300, mangle -150, dstnat -100, filter 0, security 50, srcnat 100';
    complain(draft, 'HK5507', `priority \`${body.prio}\` is a string`, { span, help });
    return;
  }
  const valid = validate(draft, 'chain', envelopes.chain, body, span);
  const owner = valid && tableOf(draft, valid.family, valid.table, span);
  if (!owner) return;
  const { name } = valid;
  if (owner.chains.has(name))
    complain(draft, 'HK5505', `chain \`${name}\` of table \`${owner.name}\` is there twice`, { span });
  const base: BaseChain | undefined = readBaseChain(draft, valid, span);
  const comment = typeof body.comment === 'string' ? body.comment : undefined;
  owner.chains.set(name, { name, comment, base, body: withoutHandle(body), rules: [], span });
}

function takeRule(draft: Draft, body: JsonObject, { span }: Given): void {
  const valid = validate(draft, 'rule', envelopes.rule, body, span);
  const owner = valid && tableOf(draft, valid.family, valid.table, span);
  if (!owner) return;
  if (valid.index !== undefined)
    complain(draft, 'HK5504', '`index` puts a rule between others that are there already', { span });
  const into = owner.chains.get(valid.chain);
  if (into) into.rules.push(readRule(draft, body, valid, span));
  else complainOfMissing(draft, `chain \`${valid.chain}\` of table \`${owner.family} ${owner.name}\``, span);
}

function readRule(
  draft: Draft,
  body: JsonObject,
  { comment, expr = [], handle }: z.infer<typeof envelopes.rule>,
  span: Span | undefined,
): Rule {
  const kept = keptKeys(body).map((statement) => draft.readPart(statement, span));
  const parts = expr.map((statement) => draft.readPart(statement, span));
  const note = comment === undefined ? [] : [draft.readPart({ comment }, span)];
  const counters = readCounters(expr);
  return {
    parts: [...kept, ...parts.toSpliced(firstAction(parts), 0, ...note)],
    ...(typeof handle === 'number' && { handle }),
    ...(counters && { counters }),
    ...(span && { span }),
  };
}

/** Where the matches at the beginning of a rule end, behind which people write their comment. */
function firstAction(parts: readonly Part[]): number {
  const at = parts.findIndex(({ kind }) => kind !== 'match');
  return at === -1 ? parts.length : at;
}

/** What the first counter of a rule says; nft prints the upper half of its unsigned numbers as negative. */
function readCounters(statements: readonly JsonValue[]): Counters | undefined {
  for (const statement of statements) {
    const counter = isPlainCounter(statement) && isJsonObject(statement) ? statement.counter : undefined;
    if (!isJsonObject(counter)) continue;
    const { packets, bytes } = counter;
    if (isWhole(packets) && isWhole(bytes)) return { packets: unsigned(packets), bytes: unsigned(bytes) };
  }
  return undefined;
}

function isWhole(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function unsigned(value: number | bigint): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

function takeSet(draft: Draft, kind: 'set' | 'map', body: JsonObject, { span }: Given): void {
  const valid = validate(draft, kind, envelopes.set, body, span);
  const owner = valid && tableOf(draft, valid.family, valid.table, span);
  if (!owner) return;
  const { name } = valid;
  if (owner.sets.has(name))
    complain(draft, 'HK5505', `set \`${name}\` of table \`${owner.name}\` is there twice`, { span });
  owner.sets.set(name, { kind, name, body: withoutHandle(body), span });
}

function takeElements(draft: Draft, body: JsonObject, { span }: Given): void {
  const valid = validate(draft, 'list of elements', envelopes.element, body, span);
  const owner = valid && tableOf(draft, valid.family, valid.table, span);
  if (!owner) return;
  const set = owner.sets.get(valid.name);
  if (!set) {
    complainOfMissing(draft, `set \`${valid.name}\` of table \`${owner.family} ${owner.name}\``, span);
    return;
  }
  for (const element of valid.elem) elementsOf(set).push(element);
}

/** Grows in place: a command may add but one of many thousands. */
function elementsOf(set: SetDraft): JsonValue[] {
  if (set.elements) return set.elements;
  const { elem = [] } = set.body;
  const elements = isJsonArray(elem) ? [...elem] : [elem];
  set.elements = elements;
  set.body = { ...set.body, elem: elements };
  return elements;
}

function takeOther(draft: Draft, kind: string, body: JsonObject, { span, again }: Given): void {
  const valid = validate(draft, kind, envelopes.member, body, span);
  const owner = valid && tableOf(draft, valid.family, valid.table, span);
  if (!owner) return;
  const object = readNamed(kind, body, span);
  const key = `${kind} ${valid.name}`;
  if (object && owner.objects.has(key) && !again)
    complain(draft, 'HK5505', `${kind} \`${valid.name}\` of table \`${owner.name}\` is there twice`, {
      span,
    });
  if (object && owner.objects.has(key)) return;
  if (object) {
    owner.objects.set(key, { object, body: withoutHandle(body) });
    return;
  }
  const content = { [kind]: withoutHandle(body) };
  owner.opaque.push({ origin: 'nft', content, text: `${kind} ${valid.name}` });
  complain(draft, 'HK5508', `${kind} \`${valid.name}\` is kept without being understood`, { span });
}

/** The kernel gives handles; a command that names one means another object. */
function withoutHandle(body: JsonObject): JsonObject {
  const { handle: _, ...rest } = body;
  return rest;
}
