// What becomes of the sets, maps and objects of a table.
import { isJsonArray, isJsonObject, type JsonObject } from '../nft/json-value.ts';
import { wordsOf } from '../source-map/meaning.ts';
import type { PartChange } from './change.ts';
import { elementChange, elementsOf } from './elements.ts';
import { textsIn } from './spelled.ts';

/** A set, map or object: its kind and what nft has of it. */
export interface NamedPart {
  readonly is: string;
  readonly name: string;
  readonly body: JsonObject;
}

/** Parts of a table by what they are called; those of different kinds may have one name. */
export type Parts = ReadonlyMap<string, NamedPart>;

/** The parts that nft's objects are. */
export function partsOf(objects: readonly JsonObject[]): Parts {
  const parts = objects.flatMap((object) => {
    const [is = '', body] = Object.entries(object)[0] ?? [];
    if (!isJsonObject(body) || typeof body['name'] !== 'string') return [];
    return [{ is, name: body['name'], body }];
  });
  return new Map(parts.map((part) => [`${part.is} ${part.name}`, part]));
}

/** The parts of a table as it is, as it is to be, and as it was to be before. */
export interface PartSides {
  readonly live: Parts;
  readonly target: Parts;
  readonly applied: Parts;
}

/**
 * What is to be done to the parts. `remade` has the names of chains that are made again: a map that leads to one of them
 * is made again as well, and so is what leads to that.
 */
export function partChanges(sides: PartSides, remade: ReadonlySet<string>): readonly PartChange[] {
  const all = new Set([...sides.live.keys(), ...sides.target.keys()]);
  const names = new Set(remade);
  const found = [...all].flatMap((call) => partChange(sides, call));
  for (const one of found) if (one.kind === 'remade') names.add(one.name);
  const maps = [...sides.target].flatMap(([call, part]) => (sides.live.has(call) ? [part] : []));
  const led = maps.filter((part) => mentions(elementsOf(part.body), names) && !isRemade(found, part));
  const others = found.filter((one) => !led.some((part) => isOf(one, part)));
  return [...others, ...led.map((part): PartChange => ({ ...callOf(part), ...none, kind: 'remade' }))];
}

const none = { added: [], removed: [] };

function partChange({ live, target, applied }: PartSides, call: string): readonly PartChange[] {
  const [is, wants] = [live.get(call), target.get(call)];
  if (!wants) return is ? [{ ...callOf(is), ...none, kind: 'removed' }] : [];
  if (!is) return [{ ...callOf(wants), ...none, kind: 'made' }];
  if (declarationOf(is) !== declarationOf(wants)) return [{ ...callOf(is), ...none, kind: 'remade' }];
  if (!isSetOrMap(wants)) return [];
  const change = elementChange(is, wants, applied.get(call));
  if (!change) return [{ ...callOf(is), ...none, kind: 'remade' }];
  const isSame = change.added.length + change.removed.length === 0;
  return isSame ? [] : [{ ...callOf(is), ...change, kind: 'edited' }];
}

function callOf({ is, name }: NamedPart): Pick<PartChange, 'is' | 'name'> {
  return { is, name };
}

/** All of it but the elements, and but what changes as packets pass. */
function declarationOf(part: NamedPart): string {
  return wordsOf({ ...defaultsOf(part), ...part.body, elem: null });
}

/** What nft fills in and lists: the size of a set that rules add to (src/evaluate.c: set_evaluate). */
function defaultsOf(part: NamedPart): JsonObject {
  const { flags = [] } = part.body;
  const isDynamic = (isJsonArray(flags) ? flags : [flags]).includes('dynamic');
  return isDynamic && isSetOrMap(part) ? { size: 65_535 } : {};
}

/** Only these have elements. */
export function isSetOrMap({ is }: Pick<PartChange, 'is'>): boolean {
  return is === 'set' || is === 'map';
}

function isRemade(found: readonly PartChange[], part: NamedPart): boolean {
  return found.some((one) => isOf(one, part) && one.kind === 'remade');
}

function isOf(change: PartChange, { is, name }: NamedPart): boolean {
  return change.is === is && change.name === name;
}

/** Whether a value may refer to one of the names. */
export function mentions(value: unknown, names: ReadonlySet<string>): boolean {
  return names.size > 0 && textsIn(value).some((text) => names.has(text.replace(/^@/, '')));
}
