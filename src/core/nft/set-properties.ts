// How sets and maps are kept, and what stands beside their elements, in libnftables JSON, both ways.
import type { Part } from '../ir/ruleset.ts';
import type { ElementDetails, SetFlag, SetProperties } from '../ir/set.ts';
import { setFlags } from '../ir/set.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { PartReader } from './read-part.ts';
import { stateful } from './schema/stateful.ts';
import type { Spelling } from './spell.ts';
import { spellStateful } from './spell-stateful.ts';

/** What the elements or other properties say already. */
export interface Implied {
  readonly interval: boolean;
  readonly timeout: boolean;
}

/** The keys of a set or map that say how it is kept. */
export function propertiesToJson(
  properties: SetProperties,
  intervals: boolean,
  where: string,
  spelling: Spelling,
): JsonObject {
  const { timeout, gcInterval, size, policy, autoMerge, comment, statements = [] } = properties;
  const flags = flagsToJson(properties, intervals, spelling);
  return {
    ...(flags.length > 0 && { flags }),
    ...(size !== undefined && { size }),
    ...(policy && { policy }),
    ...(timeout !== undefined && { timeout }),
    ...(gcInterval !== undefined && { 'gc-interval': gcInterval }),
    ...(autoMerge && { 'auto-merge': true }),
    ...(comment !== undefined && { comment }),
    ...(statements.length > 0 && {
      stmt: statements.flatMap((part) => fresh(spellStateful(part, where, spelling))),
    }),
  };
}

/** nft 1.0.6 takes no `dynamic` in JSON: it sees by the rules which sets packets add to. */
function flagsToJson(
  { flags = [], timeout }: SetProperties,
  intervals: boolean,
  { form }: Spelling,
): readonly SetFlag[] {
  return setFlags.filter((flag) => {
    if (flag === 'dynamic') return form === 'text' && flags.includes(flag);
    if (flag === 'interval' && intervals) return true;
    return flags.includes(flag) || (flag === 'timeout' && timeout !== undefined);
  });
}

/** An element has not counted anything before it is there. */
function fresh(spelled: readonly JsonObject[]): readonly JsonObject[] {
  return spelled.map((one) => (isJsonObject(one['counter']) ? { counter: null } : one));
}

/** The properties of a listed set or map; undefined where one of them is of no known form. */
export function propertiesFromJson(
  body: JsonObject,
  implied: Implied,
  readPart: PartReader,
): SetProperties | undefined {
  const { timeout, size, policy, comment } = body;
  const gcInterval = body['gc-interval'];
  const flags = flagsFromJson(body.flags, implied);
  const statements = readStatements(isJsonArray(body.stmt) ? body.stmt : [], readPart);
  if (!flags || !statements || ![timeout, size, gcInterval].every(isCountOrAbsent)) return undefined;
  return {
    ...(flags.length > 0 && { flags }),
    ...(typeof timeout === 'number' && { timeout }),
    ...(typeof gcInterval === 'number' && { gcInterval }),
    ...(typeof size === 'number' && { size }),
    ...((policy === 'memory' || policy === 'performance') && { policy }),
    ...(body['auto-merge'] === true && { autoMerge: true }),
    ...(typeof comment === 'string' && { comment }),
    ...(statements.length > 0 && { statements }),
  };
}

/** What each element has; undefined where one of them is not understood, and so neither is the set. */
function readStatements(list: readonly JsonValue[], readPart: PartReader): readonly Part[] | undefined {
  const parts = list.map((one) => readPart(one, undefined));
  return parts.some(({ kind }) => kind === 'opaque') ? undefined : parts;
}

function isCountOrAbsent(json: JsonValue | undefined): boolean {
  return json === undefined || (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0);
}

function flagsFromJson(json: JsonValue | undefined, implied: Implied): readonly SetFlag[] | undefined {
  const listed = json === undefined ? [] : isJsonArray(json) ? json : [json];
  if (!listed.every((flag) => setFlags.some((one) => one === flag))) return undefined;
  return setFlags.filter(
    (flag) =>
      listed.includes(flag) &&
      !(flag === 'interval' && implied.interval) &&
      !(flag === 'timeout' && implied.timeout),
  );
}

/** An element with what stands beside it. */
export function elementToJson(
  value: JsonValue,
  details: ElementDetails | undefined,
  where: string,
  spelling: Spelling,
): JsonValue {
  const { timeout, expires, comment, statements = [] } = details ?? {};
  const beside: JsonObject = {
    ...(timeout !== undefined && { timeout }),
    ...(expires !== undefined && { expires }),
    ...(comment !== undefined && { comment }),
    ...Object.assign({}, ...statements.flatMap((part) => spellStateful(part, where, spelling))),
  };
  return Object.keys(beside).length === 0 ? value : { elem: { val: value, ...beside } };
}

/** An element as it is listed: its value and what stands beside it. */
export interface ListedElement {
  readonly value: JsonValue;
  readonly details: ElementDetails;
}

/** The value and the rest; undefined where something stands there that is not known. */
export function elementFromJson(json: JsonValue, readPart: PartReader): ListedElement | undefined {
  const element = isJsonObject(json) ? json['elem'] : undefined;
  if (!isJsonObject(element) || element['val'] === undefined) return { value: json, details: {} };
  const { val, timeout, expires, comment, ...others } = element;
  const known = Object.keys(others).every((key) => Object.hasOwn(stateful, key));
  if (!known || ![timeout, expires].every(isCountOrAbsent)) return undefined;
  const statements = readStatements(
    Object.entries(others).map(([key, body]) => ({ [key]: body })),
    readPart,
  );
  if (!statements) return undefined;
  const details = {
    ...(typeof timeout === 'number' && { timeout }),
    ...(typeof expires === 'number' && { expires }),
    ...(typeof comment === 'string' && { comment }),
    ...(statements.length > 0 && { statements }),
  };
  return { value: val, details };
}
