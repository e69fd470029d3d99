// Named sets in libnftables JSON, both ways.
import type { DataType } from '../datatype/define.ts';
import * as types from '../datatype/types.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Elements, NamedSet, Table } from '../ir/ruleset.ts';
import { rangeToJson, valueFromJson } from '../match/field-json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { Spelling } from './spell.ts';

const typesByName: ReadonlyMap<string, DataType> = new Map(
  Object.values(types).map((type) => [type.name, type]),
);

/** The set with all its elements, `{ "set": … }` being around it; a report where its type is none of nft's. */
export function spellSet(set: NamedSet, table: Table, spelling: Spelling): JsonObject {
  const { name } = set;
  const elements = elementsToJson(set.elements, typesByName.get(set.type));
  if (!elements) {
    const message = `set \`${name}\` has the type \`${set.type}\`, which nft does not have`;
    spelling.report(diagnostic('HK4501', message, { span: set.span }));
  }
  return {
    family: table.family,
    table: table.name,
    name,
    type: set.type,
    ...(elements?.some(isInterval) && { flags: ['interval'] }),
    ...(elements && elements.length > 0 && { elem: elements }),
  };
}

function elementsToJson(elements: Elements, type: DataType | undefined): readonly JsonValue[] | undefined {
  if (elements.kind === 'names') return elements.names;
  return type && elements.ranges.map((range) => rangeToJson(type, range, false));
}

/** Prefixes, ranges and wildcards are kept as intervals (src/evaluate.c: expr_evaluate_set). */
function isInterval(element: JsonValue): boolean {
  return isJsonObject(element) || (typeof element === 'string' && element.endsWith('*'));
}

/** What a listed set holds; undefined where elements come and go or are more than values of one known type. */
export function readElements(set: JsonObject): Elements | undefined {
  const type = typeof set.type === 'string' ? typesByName.get(set.type) : undefined;
  const listed = set.elem ?? [];
  if (!type || isTransient(set) || !isJsonArray(listed)) return undefined;
  const value = valueFromJson(type, { set: listed.map(withoutComment) });
  if (value?.kind === 'names') return { kind: 'names', names: value.names };
  return value?.kind === 'ranges' ? { kind: 'ranges', ranges: value.ranges } : undefined;
}

/** Whether elements time out, or are added by the packets that meet a rule. */
function isTransient({ flags, timeout, stmt }: JsonObject): boolean {
  const listed = isJsonArray(flags) ? flags : [flags];
  return (
    timeout !== undefined || stmt !== undefined || listed.includes('timeout') || listed.includes('dynamic')
  );
}

function withoutComment(element: JsonValue): JsonValue {
  if (!isJsonObject(element) || !isJsonObject(element.elem)) return element;
  const { val, comment, ...more } = element.elem;
  return val !== undefined && comment !== undefined && Object.keys(more).length === 0 ? val : element;
}
