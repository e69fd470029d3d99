// Pieces of nft JSON that the spellings of modules share, and how a spelling for each family becomes one for both.
import {
  equalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../nft/json-value.ts';
import type { NftSpelled } from '../define.ts';

/** Where a condition stands. */
export interface NftPlace {
  readonly family: 'ip' | 'ip6';
  /** The table sees the packets of both families. */
  readonly isInet: boolean;
  /** What the rule has demanded of the packet so far. */
  readonly protocol: number | undefined;
  /** A name that nothing else in the table has, for a set of the rule's own. */
  readonly uniqueName: string;
}

/** A field of a header. */
export function headerField(protocol: string, field: string): JsonObject {
  return { payload: { protocol, field } };
}

/** Bits of a packet, counted from where a header begins. */
export function rawBits(base: 'nh' | 'th', offset: number, len: number): JsonObject {
  return { payload: { base, offset, len } };
}

/** A field of an extension header of IPv6; without a field, whether the header is there. */
export function extensionHeader(name: string, field?: string): JsonObject {
  return { exthdr: { name, ...(field !== undefined && { field }) } };
}

/** `left` is `right`, or with `negated` something else. */
export function comparison(left: JsonValue, right: JsonValue, negated = false): JsonObject {
  return { match: { op: negated ? '!=' : '==', left, right } };
}

/** Some bits of `left`. */
export function masked(left: JsonValue, mask: JsonValue): JsonObject {
  return { '&': [left, mask] };
}

/** One value as it is, several as a set. */
export function oneOrSet(values: readonly JsonValue[]): JsonValue {
  const [only, ...others] = values;
  return only !== undefined && others.length === 0 ? only : { set: values };
}

/** The packet's transport protocol. */
export function transportIs(name: string): JsonObject {
  return comparison({ meta: { key: 'l4proto' } }, name);
}

/** A number of iptables, `5`, or a range of them, `5:7`. */
export function boundsOf(word: string): readonly [number, number] {
  const [lo = 0, hi = lo] = word.split(':').map(Number);
  return [lo, hi];
}

/**
 * A field in a range as iptables has it, whose numbers may be greater than any of the field's. No statement where it
 * always holds, undefined where it never does.
 */
export function inRange(
  left: JsonValue,
  word: string,
  most: number,
  negated = false,
): readonly JsonObject[] | undefined {
  const [lo, hi] = boundsOf(word);
  if (lo > hi || lo > most) return negated ? [] : undefined;
  const last = Math.min(hi, most);
  if (lo === 0 && last === most) return negated ? undefined : [];
  return [comparison(left, lo === last ? lo : { range: [lo, last] }, negated)];
}

/** Statements that a packet must all pass, such lists of which it must pass one, or why nft can't say it. */
export type NftSaid = readonly JsonValue[] | AnyOf | string;

/** `families`: the lists are one for each family. */
interface AnyOf {
  readonly anyOf: readonly (readonly JsonValue[])[];
  readonly families?: true;
}

/** What can never hold is said by no condition. */
export const never = 'no packet ever meets this, and nft has no condition for that; leave the rule out';

/** All the conditions together, `never` if one of them is. */
export function allOf(...conditions: readonly (readonly JsonValue[] | undefined)[]): NftSaid {
  const known = conditions.filter((one) => one !== undefined);
  return known.length < conditions.length ? never : known.flat();
}

/** All the conditions together; where they ask nothing, what they are about. */
export function aboutA(
  subject: JsonObject,
  ...conditions: readonly (readonly JsonValue[] | undefined)[]
): NftSaid {
  const said = allOf(...conditions);
  return typeof said !== 'string' && 'length' in said && said.length === 0 ? [subject] : said;
}

/** One condition for the packets of both families. `undefined` for a family whose packets never meet it. */
export function acrossFamilies(ip: NftSaid | undefined, ip6: NftSaid | undefined): NftSaid {
  if (ip === undefined) return ip6 === undefined ? never : ofFamily(ip6, 'ipv6');
  if (ip6 === undefined) return ofFamily(ip, 'ipv4');
  if (typeof ip === 'string') return ip;
  if (typeof ip6 === 'string') return ip6;
  const [all, all6] = [alternativesOf(ip), alternativesOf(ip6)];
  if (equalJson(all, all6)) return ip;
  return {
    anyOf: [...all.map((one) => behindFamily(one, 'ipv4')), ...all6.map((one) => behindFamily(one, 'ipv6'))],
  };
}

/** As the definition of a match says it. */
export function spelledOf(said: NftSaid): NftSpelled {
  if (typeof said === 'string') return { unsupported: said };
  const [first = [], ...others] = alternativesOf(said);
  if ('anyOf' in said && others.length > 0)
    return { alternatives: said.anyOf, ...(said.families && { families: true }) };
  const [only, ...more] = first;
  return only !== undefined && more.length === 0 ? { statement: only } : { statements: first };
}

function alternativesOf(said: Exclude<NftSaid, string>): readonly (readonly JsonValue[])[] {
  return 'anyOf' in said ? said.anyOf : [said];
}

function familyIs(name: 'ipv4' | 'ipv6'): JsonObject {
  return comparison({ meta: { key: 'nfproto' } }, name);
}

function ofFamily(said: NftSaid, name: 'ipv4' | 'ipv6'): NftSaid {
  if (typeof said === 'string') return said;
  return { anyOf: alternativesOf(said).map((one) => behindFamily(one, name)) };
}

function behindFamily(statements: readonly JsonValue[], name: 'ipv4' | 'ipv6'): readonly JsonValue[] {
  return isOfFamily(statements[0]) ? statements : [familyIs(name), ...statements];
}

/** Headers of one family, and what nft reads of a connection's addresses. */
const familyFields = /^(?:ip6?|icmp|icmpv6|ip6? [sd]addr)$/;

/** nft itself adds the test of the family to these (src/payload.c: payload_gen_dependency, src/exthdr.c). */
function isOfFamily(statement: JsonValue | undefined): boolean {
  const { payload, exthdr, ct } = firstField(statement);
  const names = [isJsonObject(ct) && ct['key'], isJsonObject(payload) && payload['protocol']];
  return exthdr !== undefined || names.some((name) => typeof name === 'string' && familyFields.test(name));
}

/** What a statement looks at first. */
function firstField(statement: JsonValue | undefined): JsonObject {
  if (!isJsonObject(statement)) return {};
  const { match, meter } = statement;
  if (isJsonObject(match)) return unmasked(match['left']);
  const key = isJsonObject(meter) ? meter['key'] : undefined;
  const element = isJsonObject(key) ? key['elem'] : undefined;
  const value = isJsonObject(element) ? element['val'] : key;
  const parts = isJsonObject(value) ? value['concat'] : undefined;
  return unmasked(isJsonArray(parts) ? parts[0] : value);
}

function unmasked(field: JsonValue | undefined): JsonObject {
  if (!isJsonObject(field)) return {};
  const operands = field['&'];
  return isJsonArray(operands) ? unmasked(operands[0]) : field;
}
