// What a rule puts into a set: the values of some fields, how long they stay, and what each keeps for itself.
import { duration } from '../datatype/duration.ts';
import { isUnknown } from '../field/view.ts';
import type { Part } from '../ir/ruleset.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { EvaluationContext } from '../match/define.ts';
import type { TermReader } from '../match/reader.ts';
import { findMatch, matches, selectors } from '../match/registry.ts';
import type { Selector } from '../match/selector.ts';
import { complete, selectorsFromJson, selectorsToJson } from '../match/tuple-json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { counter } from './counter.ts';
import type { StatementDefinition } from './define.ts';

/** An element that is made of a packet. */
export interface ElementKey {
  /** The keys of the fields. */
  readonly keys: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  /** Each element has one of each; a limit that is reached ends the rule. */
  readonly statements: readonly Part[];
}

const statements: readonly StatementDefinition<unknown>[] = [counter];

/** The fields of an element. */
export function fieldsOf(keys: readonly string[]): readonly Selector[] {
  return keys.flatMap((key) => findMatch(key)?.selector ?? []);
}

/** Whether connections have to be tracked for its fields or for what it counts. */
export function needsConntrack({ keys, statements: own }: ElementKey): boolean {
  const matched = own.flatMap((part) => (part.kind === 'match' ? [part.key] : []));
  return [...keys, ...matched].some((key) => findMatch(key)?.usesConntrack === true);
}

/** Takes the fields and what stands behind them, up to the end. */
export function readElementKey(reader: TermReader): ElementKey | undefined {
  const fields = reader.selectors();
  if (!fields) return undefined;
  const timeout = reader.word('timeout') ? reader.single(duration) : null;
  if (timeout === undefined) return undefined;
  const own: Part[] = [];
  while (!reader.atEnd) {
    const part = reader.stateful();
    if (!part) return undefined;
    const { span: _, ...bare } = part;
    own.push(bare);
  }
  return {
    keys: fields.map(({ key }) => key),
    ...(timeout !== null && { timeout: Number(timeout) }),
    statements: own,
  };
}

/** The same in the language. */
export function writeElementKey({ keys, timeout, statements: own }: ElementKey): string {
  const stay = timeout === undefined ? [] : [`timeout ${duration.format(BigInt(timeout))}`];
  return [keys.join(' . '), ...stay, ...own.map(writePart)].join(' ');
}

function definitionOf(part: Part) {
  if (part.kind === 'opaque') return undefined;
  return part.kind === 'match' ? findMatch(part.key) : statements.find(({ key }) => key === part.key);
}

function writePart(part: Part): string {
  return part.kind === 'opaque' ? part.text : (definitionOf(part)?.write(part.args) ?? part.key);
}

/** The fields with their timeout; the statements stand elsewhere. */
export function elementKeyToJson({ keys, timeout }: ElementKey): JsonValue {
  const val = selectorsToJson(fieldsOf(keys));
  return timeout === undefined ? val : { elem: { val, timeout } };
}

/** The statements of each element; what counts begins with nothing. */
export function statefulToJson({ statements: own }: ElementKey): readonly JsonObject[] {
  return own.flatMap((part) => {
    const spelled = part.kind === 'opaque' ? undefined : definitionOf(part)?.nft.write(part.args);
    const json = spelled && 'statement' in spelled ? spelled.statement : undefined;
    return isJsonObject(json) ? [isJsonObject(json['counter']) ? { counter: null } : json] : [];
  });
}

/** An element and its statements, if all of them are understood. */
export function elementKeyFromJson(
  json: JsonValue | undefined,
  stmt: JsonValue = [],
): ElementKey | undefined {
  const element = isJsonObject(json) && isJsonObject(json['elem']) ? json['elem'] : { val: json ?? null };
  const { val, timeout, ...others } = element;
  const fields = selectorsFromJson(selectors, val);
  const own = isJsonArray(stmt) ? complete(stmt.map(statefulFromJson)) : undefined;
  const isTime = timeout === undefined || (typeof timeout === 'number' && Number.isSafeInteger(timeout));
  if (!fields || !own || !isTime || Object.keys(others).length > 0) return undefined;
  return { keys: fields.map(({ key }) => key), ...(timeout !== undefined && { timeout }), statements: own };
}

const statefulKeys = new Set(['limit', 'quota', 'ct count', 'counter', 'last']);

function statefulFromJson(json: JsonValue): Part | undefined {
  if (!isJsonObject(json) || !Object.keys(json).every((key) => statefulKeys.has(key))) return undefined;
  for (const { key, nft } of matches) {
    const args = nft.read(json);
    if (args !== undefined) return { kind: 'match', key, args };
  }
  for (const { key, nft } of statements) {
    const args = nft.read(json);
    if (args !== undefined) return { kind: 'statement', key, args };
  }
  return undefined;
}

/** What the packet has for the fields. */
export type ElementValues =
  | { readonly kind: 'values'; readonly tuple: Tuple; readonly text: string }
  | { readonly kind: 'missing'; readonly actual: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** The values of some fields; a missing one ends the rule (net/netfilter/nft_payload.c: NFT_BREAK). */
export function valuesOf(fields: readonly Selector[], { view }: EvaluationContext): ElementValues {
  const tuple: Atom[] = [];
  const texts: string[] = [];
  for (const { field } of fields) {
    const value = field.read(view);
    if (value === undefined) return { kind: 'missing', actual: `no ${field.name}` };
    if (isUnknown(value)) return { kind: 'unknown', why: value.unknown };
    tuple.push(typeof value === 'string' ? value : { lo: value, hi: value });
    texts.push(typeof value === 'string' ? value : field.type.format(value));
  }
  return { kind: 'values', tuple, text: texts.join(' . ') };
}
