// A listing of nft with other addresses and names: each object and each expression by its kind.
import { addressWidth, formatAddress, parseAddress } from '../../datatype/address.ts';
import { toPrefixes } from '../../datatype/range.ts';
import { readJson } from '../../nft/json-reader.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import { writeJson } from '../../nft/json-writer.ts';
import { type Disguise, disguiseText, type NameKind } from './disguise.ts';

/** What cannot be read is left out. */
export function disguiseNft(text: string, disguise: Disguise): string {
  const { value } = readJson({ name: 'nft', text });
  return value ? writeJson(rewrite(value.value, [], disguise)) : '';
}

/** What the words of a value are: those of interfaces are names. */
type Kinds = readonly ('device' | 'other')[];

/** Under these keys stands a name, wherever it is. */
const nameKeys: Readonly<Record<string, NameKind>> = {
  table: 'table',
  chain: 'chain',
  target: 'chain',
  comment: 'comment',
  counter: 'object',
  quota: 'object',
  limit: 'object',
  'ct helper': 'object',
  'ct timeout': 'object',
  'ct expectation': 'object',
  synproxy: 'object',
  secmark: 'object',
  tunnel: 'object',
  context: 'name',
};

/** What the `name` of an object is. */
const objectNames: Readonly<Record<string, NameKind>> = {
  table: 'table',
  chain: 'chain',
  set: 'set',
  map: 'set',
  meter: 'set',
  flowtable: 'set',
  counter: 'object',
  quota: 'object',
  limit: 'object',
  'ct helper': 'object',
  'ct timeout': 'object',
  'ct expectation': 'object',
  synproxy: 'object',
  secmark: 'object',
};

const deviceKeys = new Set(['dev', 'devices', 'ifname']);

const deviceFields = new Set([
  'iif',
  'oif',
  'iifname',
  'oifname',
  'ibrname',
  'obrname',
  'ibriport',
  'obriport',
  'sdif',
  'sdifname',
]);

function rewrite(value: JsonValue, kinds: Kinds, disguise: Disguise): JsonValue {
  if (typeof value === 'string') return word(value, kinds, disguise);
  if (typeof value === 'number' && Number.isInteger(value)) return Number(disguise.number(BigInt(value)));
  if (isJsonArray(value)) return value.map((item) => rewrite(item, kinds, disguise));
  return isJsonObject(value) ? object(value, kinds, disguise) : value;
}

function word(text: string, kinds: Kinds, disguise: Disguise): string {
  if (text.startsWith('@')) return `@${disguise.name('set', text.slice(1))}`;
  if (kinds[0] === 'device') return disguise.device(text);
  return disguiseText(text, disguise);
}

function object(value: JsonObject, kinds: Kinds, disguise: Disguise): JsonValue {
  const { match, vmap, map, prefix, range, concat, elem, xt } = value;
  if (isJsonObject(match)) return { match: compared(match, 'left', ['right'], disguise) };
  if (isJsonObject(vmap)) return { vmap: compared(vmap, 'key', ['data'], disguise) };
  if (isJsonObject(map) && map.key !== undefined) return { map: compared(map, 'key', ['data'], disguise) };
  if (isJsonObject(prefix)) return { prefix: prefixed(prefix, disguise) };
  if (isJsonArray(range)) return { range: ranged(range, kinds, disguise) };
  if (isJsonArray(value.set)) return { ...value, set: members(value.set, kinds, disguise) };
  if (isJsonArray(concat))
    return { concat: concat.map((item, at) => rewrite(item, kinds.slice(at, at + 1), disguise)) };
  if (elem !== undefined && isJsonObject(elem) && elem.val !== undefined)
    return { ...value, elem: { ...plain(elem, kinds, disguise), val: rewrite(elem.val, kinds, disguise) } };
  if (xt !== undefined) return value;
  if (value['&'] !== undefined) refuseMask(value['&'], disguise);
  return plain(value, kinds, disguise);
}

/** A rule compares a field with values, whose kinds are those of the field. */
function compared(body: JsonObject, left: string, right: readonly string[], disguise: Disguise): JsonObject {
  const kinds = kindsOf(body[left]);
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      if (!right.includes(key)) return [key, rewrite(value, [], disguise)];
      if (key === 'data') return [key, mapped(value, kinds, disguise)];
      return [key, rewrite(key === 'right' ? compareWith(value) : value, kinds, disguise)];
    }),
  );
}

function members(set: readonly JsonValue[], kinds: Kinds, disguise: Disguise): readonly JsonValue[] {
  return set.flatMap(prefixesOf).map((one) => rewrite(one, kinds, disguise));
}

/** A range that a field is compared with alone. */
function compareWith(value: JsonValue): JsonValue {
  const prefixes = prefixesOf(value);
  const [only = value] = prefixes;
  return prefixes.length > 1 ? { set: prefixes } : only;
}

/** `{"set": [[key, data], …]}`, or the name of a map. */
function mapped(value: JsonValue, kinds: Kinds, disguise: Disguise): JsonValue {
  const pairs = isJsonObject(value) ? value.set : undefined;
  if (!isJsonArray(pairs)) return rewrite(value, [], disguise);
  return {
    set: pairs.map((pair) => {
      if (!isJsonArray(pair)) return rewrite(pair, kinds, disguise);
      const [key = null, ...data] = pair;
      return [rewrite(key, kinds, disguise), ...data.map((one) => rewrite(one, [], disguise))];
    }),
  };
}

function kindsOf(field: JsonValue | undefined): Kinds {
  if (!isJsonObject(field)) return [];
  if (isJsonArray(field.concat)) return field.concat.map((one) => kindsOf(one)[0] ?? 'other');
  const key = isJsonObject(field.meta) ? field.meta.key : isJsonObject(field.rt) ? field.rt.key : undefined;
  const result = isJsonObject(field.fib) ? field.fib.result : undefined;
  const isDevice = typeof key === 'string' && deviceFields.has(key);
  return [isDevice || result === 'oifname' || result === 'oif' ? 'device' : 'other'];
}

/** The types of a set as nft lists them. */
function kindsOfType(type: JsonValue | undefined): Kinds {
  if (isJsonObject(type) && type.typeof !== undefined) return kindsOf(type.typeof);
  if (isJsonObject(type)) return kindsOf(type);
  const types = isJsonArray(type) ? type : [type];
  return types.map((one) => (one === 'ifname' || one === 'iface_index' ? 'device' : 'other'));
}

function prefixed(body: JsonObject, disguise: Disguise): JsonObject {
  const { addr, len } = body;
  if (typeof addr !== 'string' || typeof len !== 'number' || !parseAddress(addr))
    return plain(body, [], disguise);
  return { addr: disguiseText(`${addr}/${len}`, disguise).replace(/\/.*/, ''), len };
}

/** Where the range has to stay one, its ends do; both are known to be of one family. */
function ranged(range: readonly JsonValue[], kinds: Kinds, disguise: Disguise): JsonValue {
  const [first, last] = range.map((one) => (typeof one === 'string' ? parseAddress(one) : undefined));
  if (first && last?.family === first.family) disguise.range(first.family, first.value, last.value);
  return range.map((item) => rewrite(item, kinds, disguise));
}

/** A range of addresses in a set as the prefixes that it consists of: no bit of them need stay. */
function prefixesOf(item: JsonValue): readonly JsonValue[] {
  const range = isJsonObject(item) && Object.keys(item).length === 1 ? item.range : undefined;
  const [first, last] = isJsonArray(range)
    ? range.map((one) => (typeof one === 'string' ? parseAddress(one) : undefined))
    : [];
  if (!first || last?.family !== first.family) return [item];
  const { family } = first;
  const width = addressWidth(family);
  return toPrefixes({ lo: first.value, hi: last.value }, width).map(({ lo, hi }) => {
    const len = width - (hi - lo).toString(2).replace(/^0$/, '').length;
    const addr = formatAddress({ family, value: lo });
    return len === width ? addr : { prefix: { addr, len } };
  });
}

/** nft lists prefixes as such; another mask picks bits that have no place of their own in other addresses. */
function refuseMask(operands: JsonValue, disguise: Disguise): void {
  const masks = isJsonArray(operands) ? operands.filter((one) => typeof one === 'string') : [];
  if (masks.some((mask) => parseAddress(mask)))
    disguise.refuse(`a rule of nft looks at single bits of addresses: ${writeJson(operands)}`);
}

function plain(value: JsonObject, kinds: Kinds, disguise: Disguise): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, member(key, one, kinds, disguise)]),
  );
}

function member(key: string, one: JsonValue, kinds: Kinds, disguise: Disguise): JsonValue {
  if (Object.hasOwn(objectNames, key) && isJsonObject(one)) return declared(key, one, disguise);
  if (typeof one === 'string') {
    const kind = Object.hasOwn(nameKeys, key) ? nameKeys[key] : undefined;
    if (kind) return disguise.name(kind, one);
    if (deviceKeys.has(key)) return disguise.device(one);
    if (key === 'log-prefix') return disguise.name('prefix', one);
    if (key === 'l3proto' || key === 'type' || key === 'family') return one;
  }
  if (key === 'log' && isJsonObject(one) && typeof one.prefix === 'string')
    return { ...one, prefix: disguise.name('prefix', one.prefix) };
  if (deviceKeys.has(key) && isJsonArray(one)) return rewrite(one, ['device'], disguise);
  if (key === 'handle' || key === 'mangle') return key === 'handle' ? one : changed(one, disguise);
  return rewrite(one, kinds, disguise);
}

function changed(body: JsonValue, disguise: Disguise): JsonValue {
  return isJsonObject(body) ? compared(body, 'key', ['value'], disguise) : body;
}

/** An object of a table; the elements of a set are of its type. */
function declared(kind: string, body: JsonObject, disguise: Disguise): JsonObject {
  const kinds = kind === 'set' || kind === 'map' ? kindsOfType(body.type) : [];
  return Object.fromEntries(
    Object.entries(body).map(([key, one]) => {
      if (key === 'name' && typeof one === 'string')
        return [key, disguise.name(objectNames[kind] ?? 'name', one)];
      if (key === 'elem') return [key, elements(one, kinds, kindsOfType(body.map), disguise)];
      if (key === 'set' && typeof one === 'string')
        return [key, `@${disguise.name('set', one.replace(/^@/, ''))}`];
      return [key, member(key, one, [], disguise)];
    }),
  );
}

/** Those of a map are pairs. */
function elements(list: JsonValue, kinds: Kinds, data: Kinds, disguise: Disguise): JsonValue {
  if (!isJsonArray(list)) return rewrite(list, kinds, disguise);
  return list.flatMap(prefixesOf).map((one) => {
    if (!isJsonArray(one)) return rewrite(one, kinds, disguise);
    const [key = null, value = null] = one;
    return [rewrite(key, kinds, disguise), rewrite(value, data, disguise)];
  });
}
