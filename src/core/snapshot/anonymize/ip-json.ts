// What `ip -j` printed, with other addresses and names. What is not known is left out: nothing says what it tells.
import { parseAddress } from '../../datatype/address.ts';
import { readJsonSequence } from '../../nft/json-reader.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import { writeJson } from '../../nft/json-writer.ts';
import { type Disguise, disguiseText, learnNetwork } from './disguise.ts';

/** Several listings may stand one behind the other; what cannot be read is left out. */
export function disguiseIpJson(text: string, disguise: Disguise): string {
  const { value } = readJsonSequence({ name: 'ip', text }, []);
  const listings = value && isJsonArray(value.value) ? value.value : [];
  return listings.map((one) => writeJson(rewrite(one, disguise))).join('\n');
}

const deviceKeys = new Set([
  'ifname',
  'dev',
  'link',
  'master',
  'iif',
  'oif',
  'label',
  'lower',
  'upper',
  'peer_ifname',
]);

/** Words of the kernel, or of `ip`. */
const plainKeys = new Set(
  'flags qdisc operstate linkmode link_type family scope type protocol state info_kind info_slave_kind pref encap action ipproto inet6_addr_gen_mode'.split(
    ' ',
  ),
);

const tableKeys = new Set(['table', 'goto']);

function rewrite(value: JsonValue, disguise: Disguise): JsonValue {
  if (isJsonArray(value)) return value.map((one) => rewrite(one, disguise));
  return isJsonObject(value) ? row(value, disguise) : value;
}

function row(value: JsonObject, disguise: Disguise): JsonObject {
  learnRow(value, disguise);
  const members = Object.entries(value).flatMap(([key, one]) => {
    const kept = member(key, one, disguise);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return { ...Object.fromEntries(members), ...withLength(value, disguise) };
}

/** The networks of interfaces. */
function learnRow({ local, prefixlen }: JsonObject, disguise: Disguise): void {
  const address = typeof local === 'string' ? parseAddress(local) : undefined;
  if (address && typeof prefixlen === 'number')
    learnNetwork(address.family, address.value, prefixlen, disguise);
}

/** A prefix whose length stands beside it: `{"src": "10.0.0.0", "srclen": 8}`. */
function withLength(value: JsonObject, disguise: Disguise): JsonObject {
  const changed = (['src', 'dst'] as const).flatMap((key) => {
    const [text, length] = [value[key], value[`${key}len`]];
    if (typeof text !== 'string' || typeof length !== 'number' || !parseAddress(text)) return [];
    return [[key, disguiseText(`${text}/${length}`, disguise).replace(/\/.*/, '')] as const];
  });
  return Object.fromEntries(changed);
}

function member(key: string, one: JsonValue, disguise: Disguise): JsonValue | undefined {
  if (key === 'info_data' || key === 'info_slave_data') return settings(one, disguise);
  if (key === 'altnames' || key === 'ifalias') return undefined;
  if (typeof one !== 'string') return plainKeys.has(key) ? one : rewrite(withoutTexts(key, one), disguise);
  if (key === 'label') return label(one, disguise);
  if (deviceKeys.has(key)) return disguise.device(one);
  if (tableKeys.has(key)) return /^\d+$/.test(one) ? one : disguise.name('routing', one);
  if (plainKeys.has(key)) return one;
  const text = disguiseText(one, disguise);
  return isAddressText(one) ? text : undefined;
}

/** Lists of texts that nothing is known of. */
function withoutTexts(key: string, one: JsonValue): JsonValue {
  if (!isJsonArray(one) || plainKeys.has(key)) return one;
  return one.filter((item) => typeof item !== 'string' || isAddressText(item));
}

function isAddressText(text: string): boolean {
  return /^(?:default|all|any|[\dA-Fa-f:./]+)$/.test(text);
}

/** `eth0:web` is of the interface `eth0`. */
function label(text: string, disguise: Disguise): string {
  const [device = '', ...alias] = text.split(':');
  const name = disguise.device(device);
  return alias.length === 0 ? name : `${name}:${disguise.name('name', alias.join(':'))}`.slice(0, 15);
}

/** Settings of a device are words of the kernel, but for addresses and other devices. */
function settings(value: JsonValue, disguise: Disguise): JsonValue {
  if (isJsonArray(value)) return value.map((one) => settings(one, disguise));
  if (!isJsonObject(value)) return typeof value === 'string' ? disguiseText(value, disguise) : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (typeof one === 'string' && deviceKeys.has(key)) return [key, disguise.device(one)];
      return [key, settings(one, disguise)];
    }),
  );
}
