// Objects of a table in nft text, in the layout of `nft list ruleset`.
import { typeSeparator } from '../../datatype/by-name.ts';
import { milliseconds } from '../../datatype/milliseconds.ts';
import type { JsonObject, JsonValue } from '../json-value.ts';
import { type TableObject, tableObject } from '../schema/object.ts';
import { type Visitor, visit } from '../schema/tagged.ts';
import { elementTexts, expressionText } from './expression.ts';
import { rateText, statefulText } from './stateful.ts';
import type { Style } from './style.ts';
import { listOf, name, option, phrase, quoted, refuse, seconds, spoken, word } from './words.ts';

/** A set, map, counter … as a block with its lines indented once; undefined where text can't say it. */
export function objectText(object: JsonValue): string | undefined {
  const { data } = tableObject.safeParse(object);
  return data && spoken(() => visit(data, objects));
}

/** The lines that say what a table is beside its family and name; undefined where text can't say it. */
export function tableLines(object: JsonObject): string | undefined {
  const { data } = tableObject.safeParse(object);
  if (!data || !('table' in data)) return undefined;
  const { flags, comment } = data.table;
  return spoken(() => {
    const flagged = flags !== undefined && `flags ${listOf(flags).map(word).join(',')}`;
    const lines = [flagged, comment !== undefined && `comment ${quoted(comment)}`];
    return lines.map((line) => (line === false ? '' : `\t${line}\n`)).join('');
  });
}

/** The lines that say what a chain is, without its rules; undefined where text can't say it. */
export function chainLines(object: JsonObject): string | undefined {
  const { data } = tableObject.safeParse(object);
  return data && 'chain' in data ? spoken(() => headLines(data.chain).join('\n')) : undefined;
}

/** Each element of a set or map; undefined where text can't say one of them, or it is neither. */
export function textsOfElements(object: JsonValue): readonly string[] | undefined {
  const { data } = tableObject.safeParse(object);
  if (!data) return undefined;
  if ('set' in data) return spoken(() => elementsOf(data.set));
  return 'map' in data ? spoken(() => elementsOf(data.map, dataTypes(typesOf(data.map.map)))) : undefined;
}

type Chain = Extract<TableObject, { chain: unknown }>['chain'];

function headLines({ type, hook, prio, dev, policy, flags, comment }: Chain): readonly string[] {
  const devices = listOf(dev).map(quoted);
  const device =
    devices.length > 1 ? `devices = { ${devices.join(', ')} }` : devices[0] && `device ${devices[0]}`;
  const base = hook !== undefined && [
    phrase('type', word(type ?? ''), 'hook', word(hook), device, 'priority', `${word(prio ?? 0)};`),
    policy !== undefined && `policy ${word(policy)};`,
  ];
  const flagged = flags === undefined ? '' : `flags ${listOf(flags).map(word).join(',')};`;
  return [base ? phrase(...base) : '', flagged, commentLine(comment)].filter(Boolean);
}

function commentLine(comment: string | undefined): string {
  return comment !== undefined ? `comment ${quoted(comment)}` : '';
}

function block(head: string, lines: readonly (string | undefined | false)[]): string {
  const inside = lines.filter((line) => line !== undefined && line !== false && line !== '');
  return [`\t${head} {`, ...inside.map((line) => `\t\t${line}`), '\t}\n'].join('\n');
}

type SetBody = Extract<TableObject, { set: unknown }>['set'];

function setBlock(keyword: string, body: SetBody, data?: string | readonly string[]): string {
  const { flags, timeout, size, policy, elem = [], stmt = [], comment } = body;
  const type = typesOf(body.type ?? []);
  const elements = elementsOf(body, data);
  const dataType =
    data === undefined
      ? ''
      : ` : ${hasIntervals(elem) ? 'interval ' : ''}${listOf(data).map(word).join(' . ')}`;
  const flagged = listOf(flags).map(word).join(',');
  return block(`${keyword} ${name(body.name)}`, [
    `type ${listOf(type).map(word).join(' . ')}${dataType}`,
    option('size', size),
    option('policy', policy),
    flagged !== '' && `flags ${flagged}`,
    seconds('timeout', timeout),
    seconds('gc-interval', body['gc-interval']),
    body['auto-merge'] === true && 'auto-merge',
    ...stmt.map((one) => statefulText(one, expressionText)),
    commentLine(comment),
    elements.length > 0 && `elements = { ${elements.join(', ')} }`,
  ]);
}

function elementsOf({ type, elem = [] }: SetBody, data?: string | readonly string[]): readonly string[] {
  const styles = listOf(typesOf(type ?? [])).map(styleOfType);
  const isObject = data !== undefined && typeof data === 'string' && objectTypes.has(data);
  return elementTexts(
    Array.isArray(elem) ? elem : [elem],
    styles.length > 1 ? styles : (styles[0] ?? 'bare'),
    isObject ? 'quoted' : 'bare',
  );
}

/** Whether a map leads to ranges or networks, which its type says before anything else. */
function hasIntervals(elem: NonNullable<SetBody['elem']>): boolean {
  const pairs: readonly unknown[] = Array.isArray(elem) ? elem : [];
  return pairs.some((pair) => Array.isArray(pair) && isInterval(pair[1]));
}

function isInterval(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('concat' in value) return Array.isArray(value.concat) && value.concat.some(isInterval);
  return 'prefix' in value || 'range' in value;
}

/** What a map may refer to by name. */
const objectTypes = new Set(['counter', 'quota', 'limit', 'ct helper', 'ct timeout', 'secmark', 'synproxy']);

function styleOfType(type: string): Style {
  return type === 'ifname' || type === 'string' ? 'quoted' : 'bare';
}

const objects: Visitor<TableObject, string> = {
  set: (set) => setBlock('set', set),
  map: (map) => setBlock('map', map, dataTypes(typesOf(map.map))),
  counter: (counter) =>
    block(`counter ${name(counter.name)}`, [
      commentLine(counter.comment),
      phrase(option('packets', counter.packets ?? 0), option('bytes', counter.bytes ?? 0)),
    ]),
  quota: (quota) =>
    block(`quota ${name(quota.name)}`, [
      commentLine(quota.comment),
      phrase(
        quota.inv && 'over',
        word(quota.bytes ?? 0),
        'bytes',
        quota.used !== undefined && Number(quota.used) !== 0 && `used ${word(quota.used)} bytes`,
      ),
    ]),
  limit: ({ name: own, rate = 0, per, burst, unit = 'packets', inv, comment, ...more }) =>
    block(`limit ${name(own)}`, [
      commentLine(comment),
      rateText({
        rate,
        unit: unitOf(more.rate_unit, unit),
        per,
        burst,
        burstUnit: unitOf(more.burst_unit, unit),
        inv,
      }),
    ]),
  'ct helper': ({ name: own, type, protocol, l3proto, comment }) =>
    block(`ct helper ${name(own)}`, [
      commentLine(comment),
      phrase(`type ${quoted(type ?? '')}`, option('protocol', protocol) ?? refuse()),
      option('l3proto', l3proto),
    ]),
  'ct timeout': ({ name: own, protocol, l3proto, policy, comment }) =>
    block(`ct timeout ${name(own)}`, [
      commentLine(comment),
      `${option('protocol', protocol) ?? refuse()};`,
      option('l3proto', l3proto),
      policyText(policy) !== '' && `policy = { ${policyText(policy)} }`,
    ]),
  'ct expectation': ({ name: own, protocol, l3proto, dport, timeout, size, comment }) =>
    block(`ct expectation ${name(own)}`, [
      commentLine(comment),
      option('protocol', protocol),
      option('dport', dport),
      timeout !== undefined && `timeout ${milliseconds.format(BigInt(timeout))}`,
      option('size', size),
      option('l3proto', l3proto),
    ]),
  secmark: ({ name: own, context, comment }) =>
    block(`secmark ${name(own)}`, [commentLine(comment), quoted(context ?? '')]),
  // nft takes both numbers or neither; two zeros are what it prints where none is set.
  synproxy: ({ name: own, mss, wscale, flags, comment }) =>
    block(`synproxy ${name(own)}`, [
      commentLine(comment),
      ...(Number(mss ?? 0) === 0 && Number(wscale ?? 0) === 0
        ? []
        : [option('mss', mss ?? 0), option('wscale', wscale ?? 0)]),
      listOf(flags).map(word).join(' '),
    ]),
  flowtable: ({ name: own, hook, prio = 0, dev, flags, counter }) =>
    block(`flowtable ${name(own)}`, [
      `hook ${word(hook ?? 'ingress')} priority ${word(prio)}`,
      dev !== undefined && `devices = { ${listOf(dev).map(quoted).join(', ')} }`,
      counter === true && 'counter',
      flags !== undefined && `flags ${listOf(flags).map(word).join(',')}`,
    ]),
  tunnel: () => refuse(),
  table: () => refuse(),
  chain: () => refuse(),
  rule: () => refuse(),
  element: () => refuse(),
};

function unitOf(given: unknown, otherwise: string): string {
  return typeof given === 'string' ? given : otherwise;
}

/** `typeof` is refused: what it means depends on the version. */
function typesOf(type: NonNullable<SetBody['type']>): string | readonly string[] {
  return typeof type === 'object' && 'typeof' in type ? refuse() : type;
}

/** JSON has the types of a concatenation that is found as one text. */
function dataTypes(type: string | readonly string[]): string | readonly string[] {
  return typeof type === 'string' && type.includes(typeSeparator) ? type.split(typeSeparator) : type;
}

function policyText(policy: JsonValue | undefined): string {
  const entries = typeof policy === 'object' && policy !== null ? Object.entries(policy) : [];
  return entries
    .map(([state, limit]) => `${word(state)} : ${typeof limit === 'number' ? limit : refuse()}`)
    .join(', ');
}
