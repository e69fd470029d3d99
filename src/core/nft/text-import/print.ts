// Terms as the JSON of nft (nftables: src/json.c).
import type { JsonObject, JsonValue } from '../json-value.ts';
import type { Payload } from './selector.ts';
import type { Constant, Element, Term } from './term.ts';
import { type NftType, types } from './types.ts';

/** Recognises a header field, which may be named by then. */
export type Recognise = (payload: Payload) => Payload;

/** A term; of `type` where what it is compared with turned out to be of another one than it was read as. */
export function termJson(term: Term, recognise: Recognise, type?: NftType): JsonValue {
  const inner = (one: Term): JsonValue => termJson(one, recognise, type);
  switch (term.kind) {
    case 'constant':
      return constantJson(term, type ?? term.type);
    case 'text':
      return textJson(term.text, term.type);
    case 'range':
      return { range: [rangeEnd(term.low, type), rangeEnd(term.high, type)] };
    case 'prefix':
      return { prefix: { addr: inner(term.base), len: term.length } };
    case 'concat':
      return { concat: term.items.map(inner) };
    case 'set':
      return { set: term.items.map((item) => elementJson(item, inner)) };
    case 'reference':
      return `@${term.name}`;
    case 'map': {
      const key = inner(term.key);
      return { map: { key, data: inner(term.data) } };
    }
    case 'operation': {
      const left = termJson(term.left, recognise);
      return { [term.operator]: [left, inner(term.right)] };
    }
    case 'payload':
      return payloadJson(recognise(term));
    case 'reading':
      return term.json;
    case 'hash':
      return { jhash: { expr: termJson(term.of, recognise), ...term.settings } };
    case 'verdict':
      return term.json;
    case 'any':
      return '*';
  }
}

/** A field by its names, or the bits. */
export function payloadJson({ protocol, field, layer, offset, bits }: Payload): JsonObject {
  if (protocol !== undefined && field !== undefined) return { payload: { protocol, field } };
  return { payload: { base: layer, offset, len: bits } };
}

/** Several bits of a type of bits are combined. */
export function constantJson({ value }: Constant, type: NftType): JsonValue {
  if (type.base !== 'bitmask' || type === types.ctLabel) return type.json(value);
  const [first = type.json(0n), ...rest] = bitsOf(value).map((bit) => type.json(bit));
  return rest.reduce<JsonValue>((left, right) => ({ '|': [left, right] }), first);
}

/** Each bit that is set, from the lowest on. */
function bitsOf(value: bigint): readonly bigint[] {
  return Array.from(value.toString(2))
    .toReversed()
    .flatMap((digit, index) => (digit === '1' ? [1n << BigInt(index)] : []));
}

/** The bits of a constant as a list, or the only one. */
export function bitListJson(constant: Constant): JsonValue {
  const bits = bitsOf(constant.value).map((bit) => constant.type.json(bit));
  const [only] = bits;
  return bits.length === 1 && only !== undefined ? only : bits;
}

/** Ends of ranges of protocols are numbers. */
function rangeEnd(end: Constant, type: NftType = end.type): JsonValue {
  return type.name === 'inet_proto' ? Number(end.value) : constantJson(end, type);
}

/** A number is an index, of which only that of the loopback interface means the same everywhere. */
function textJson(text: string, type: NftType): JsonValue {
  if (type !== types.ifindex || !/^\d+$/.test(text)) return text;
  return text === '1' ? 'lo' : text;
}

function elementJson({ key, data, extra }: Element, inner: (term: Term) => JsonValue): JsonValue {
  const bare = inner(key);
  const element = Object.keys(extra).length === 0 ? bare : { elem: { val: bare, ...extra } };
  return data ? [element, termDataJson(data)] : element;
}

/** Data of maps are of their own types. */
export function termDataJson(data: Term): JsonValue {
  return termJson(data, (payload) => payload);
}

/** The elements of a named set as JSON. */
export function elementsJson(items: readonly Element[]): readonly JsonValue[] {
  return items.map((item) => elementJson(item, termDataJson));
}
