// How iptables says a meter: `hashlimit`, with a token bucket for each address and port, or `connlimit`. The other way
// is in match/module/nft-limit.ts and nft-conntrack.ts.
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import { prefixLength } from '../datatype/range.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import type { MatchDefinition } from '../match/define.ts';
import {
  type Condition,
  type GivenOption,
  type IptablesTarget,
  isRefusal,
} from '../match/iptables-spelling.ts';
import { connlimitMatch } from '../match/module/connection.ts';
import { hashlimitMatch } from '../match/module/hashlimit.ts';
import { complete } from '../match/tuple-json.ts';
import { isJsonObject, type JsonObject } from '../nft/json-value.ts';
import { type ElementKey, statefulToJson } from './element-key.ts';

/** What a rule of nft has in a set of its own. */
interface Meter {
  readonly name: string;
  readonly size?: number;
  readonly element: ElementKey;
}

/** The most elements that a meter takes unless it says otherwise, which iptables does not limit at all. */
const usualSize = 65535;

/** The condition of iptables that holds where the rule of the meter goes on. */
export function meterCondition(meter: Meter, target: IptablesTarget): Condition {
  const [stmt] = statefulToJson(meter.element);
  const { limit, 'ct count': count } = stmt ?? {};
  if (meter.size !== undefined && meter.size !== usualSize)
    return cant(
      `when it has counted for ${meter.size} values, a meter holds for no others, and iptables drops their packets; leave out \`size\``,
    );
  if (isJsonObject(limit)) return bucket(meter, limit, target);
  return isJsonObject(count) ? connections(meter, count, target) : cant('iptables counts only packets here');
}

function cant(why: string): Condition {
  return { kind: 'unsupported', why };
}

/** One field of the key. */
interface Field {
  readonly mode: string;
  readonly family?: string;
  /** How much of an address counts, where not all does. */
  readonly prefix?: number;
  /** That the packet must be of. */
  readonly protocol?: number;
}

const modes: Readonly<Record<string, string>> = {
  saddr: 'srcip',
  daddr: 'dstip',
  sport: 'srcport',
  dport: 'dstport',
};

/** net/netfilter/xt_hashlimit.c: hashlimit_init_dst finds the ports of these. */
const ported = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp']);

function fieldOf(key: string): Field | undefined {
  const [, header = '', name = '', mask] =
    /^(\w+) ([sd](?:addr|port))(?: and (0x[0-9a-f]+))?$/.exec(key) ?? [];
  const mode = modes[name];
  if (mode === undefined) return undefined;
  const protocol = ported.has(header) ? protocolType.constants?.get(header) : undefined;
  if (name.endsWith('port'))
    return protocol === undefined || mask !== undefined ? undefined : { mode, protocol: Number(protocol) };
  const prefix = mask === undefined ? undefined : lengthOf(BigInt(mask), header === 'ip' ? 4 : 6);
  if (mask !== undefined && prefix === undefined) return undefined;
  return { mode, family: header, ...(prefix !== undefined && { prefix }) };
}

/** `0xffffff00` as 24. */
function lengthOf(mask: bigint, family: AddressFamily): number | undefined {
  const width = addressWidth(family);
  const ones = (1n << BigInt(width)) - 1n;
  return prefixLength({ lo: mask, hi: ones }, width);
}

/** A packet of another family has none of the fields, which ends the rule. */
function fieldsOf(
  { element }: Meter,
  { family }: IptablesTarget,
): { fields: readonly Field[] } | { condition: Condition } {
  const fields = complete(element.keys.map(fieldOf));
  if (!fields) return { condition: cant('iptables counts for addresses and ports only') };
  const isForeign = fields.some((field) => field.family !== undefined && field.family !== family);
  return isForeign ? { condition: { kind: 'never' } } : { fields };
}

const units: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** A bucket that was not asked for until it is full again is like a new one, so that iptables may forget it. */
function bucket(meter: Meter, limit: JsonObject, target: IptablesTarget): Condition {
  const found = fieldsOf(meter, target);
  if ('condition' in found) return found.condition;
  const { rate, burst, per, inv, rate_unit: unit } = limit;
  const period = typeof per === 'string' ? per : '';
  const seconds = units[period];
  if (unit !== undefined) return cant('iptables counts bytes here in steps of 16, nft one by one');
  if (seconds === undefined) return cant(`iptables' \`hashlimit\` has no rates per ${period}`);
  const refill = Math.ceil((Number(burst) * seconds * 1000) / Number(rate));
  const { timeout } = meter.element;
  const expire = timeout === undefined ? Math.max(refill, seconds * 1000) : timeout * 1000;
  const options = {
    [`--hashlimit-${inv === true ? 'above' : 'upto'}`]: `${Number(rate)}/${period}`,
    '--hashlimit-burst': `${Number(burst)}`,
    '--hashlimit-mode': found.fields.map(({ mode }) => mode).join(','),
    '--hashlimit-name': meter.name.replace(new RegExp(`^hashlimit_${target.family}_`), ''),
    '--hashlimit-htable-expire': `${expire}`,
    ...masks(found.fields),
  };
  return inModule(hashlimitMatch, options, found.fields, target);
}

function masks(fields: readonly Field[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap(({ mode, prefix }) =>
      prefix === undefined ? [] : [[`--hashlimit-${mode.slice(0, 3)}mask`, `${prefix}`]],
    ),
  );
}

/** net/netfilter/xt_connlimit.c and nft_connlimit.c count alike. */
function connections(meter: Meter, { val, inv }: JsonObject, target: IptablesTarget): Condition {
  const found = fieldsOf(meter, target);
  if ('condition' in found) return found.condition;
  const [field, ...others] = found.fields;
  if (!field?.family || others.length > 0 || meter.element.timeout !== undefined)
    return cant('iptables counts connections of one address, as long as there are any');
  const options = {
    [`--connlimit-${inv === true ? 'above' : 'upto'}`]: `${Number(val)}`,
    ...(field.prefix !== undefined && { '--connlimit-mask': `${field.prefix}` }),
    [field.mode === 'srcip' ? '--connlimit-saddr' : '--connlimit-daddr']: undefined,
  };
  return inModule(connlimitMatch, options, found.fields, target);
}

/** In the words of a module, as iptables-save prints them. */
function inModule(
  { iptables }: MatchDefinition<unknown>,
  options: Readonly<Record<string, string | undefined>>,
  fields: readonly Field[],
  target: IptablesTarget,
): Condition {
  const given: readonly GivenOption[] = Object.entries(options).map(([option, word]) => ({
    option,
    negated: false,
    words: word === undefined ? [] : [word],
  }));
  const protocol = fields.find((field) => field.protocol !== undefined)?.protocol;
  const settings = iptables.readers[0]?.read(given, { family: target.family, protocol });
  if (settings === undefined || isRefusal(settings)) return cant(`in iptables, ${settings?.refused ?? ''}`);
  const condition = iptables.write(settings, target);
  return protocol === undefined || condition.kind !== 'any' ? condition : { ...condition, protocol };
}
