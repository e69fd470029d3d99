// How nft says `hashlimit`: a set that fills itself, with a token bucket for each element (net/netfilter/xt_hashlimit.c,
// nft_limit.c, nft_dynset.c). An element goes when it was not asked for so long, and begins anew with a full bucket.
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import { headerField, type NftPlace, type NftSaid } from './nft.ts';
import { networkField } from './nft-conntrack.ts';
import { portedHeaders } from './nft-header.ts';
import { has, type Settings, wordOf } from './settings.ts';

const periods: Readonly<Record<string, readonly [per: string, seconds: number]>> = {
  sec: ['second', 1],
  min: ['minute', 60],
  hour: ['hour', 3600],
  day: ['day', 86400],
};

/** The most keys that a set takes unless somebody says otherwise. */
const usualSize = 65535;

export function bucketForEach(settings: Settings, place: NftPlace): NftSaid {
  const above = wordOf(settings, '--hashlimit-above');
  const [, rate, unit = ''] =
    /^(\d+)\/(\w+)$/.exec(above ?? wordOf(settings, '--hashlimit-upto') ?? '') ?? [];
  const [per, seconds] = periods[unit] ?? [];
  if (has(settings, '--hashlimit-rate-match'))
    return 'nft has no limit that measures the rate without taking from it';
  if (rate === undefined || per === undefined)
    return 'iptables counts bytes here in steps of 16, nft one by one';
  const burst = Number(wordOf(settings, '--hashlimit-burst') ?? 5);
  const limit = { limit: { rate: Number(rate), burst, per, ...(above !== undefined && { inv: true }) } };
  const mode = wordOf(settings, '--hashlimit-mode');
  const fields = mode === undefined ? [] : mode.split(',').map((one) => keyField(one, settings, place));
  if (fields.includes(undefined))
    return 'nft finds ports only behind a test of the protocol; add `-p tcp` or the like to the rule';
  const [only, ...others] = fields.flatMap((one) => one ?? []);
  if (only === undefined) return [limit];
  const val = others.length === 0 ? only : { concat: [only, ...others] };
  const expire = Number(wordOf(settings, '--hashlimit-htable-expire') ?? (seconds ?? 1) * 1000);
  return [
    meter(settings, place.family, { elem: { val, timeout: Math.max(1, Math.ceil(expire / 1000)) } }, limit),
  ];
}

/** Rules of one name share their buckets, as in iptables, where the families have names of their own. */
function meter(settings: Settings, family: 'ip' | 'ip6', key: JsonObject, stmt: JsonObject): JsonObject {
  const name = (wordOf(settings, '--hashlimit-name') ?? '').replaceAll(
    /[^A-Za-z0-9_]/g,
    (character) => `_${character.codePointAt(0)?.toString(16)}_`,
  );
  const size = Number(wordOf(settings, '--hashlimit-htable-max') ?? usualSize);
  return { meter: { key, stmt, size, name: `hashlimit_${family}_${name}` } };
}

function keyField(mode: string, settings: Settings, { family, protocol }: NftPlace): JsonValue | undefined {
  if (mode === 'srcip') return networkField(family, 'saddr', wordOf(settings, '--hashlimit-srcmask'));
  if (mode === 'dstip') return networkField(family, 'daddr', wordOf(settings, '--hashlimit-dstmask'));
  const header = portedHeaders[protocol ?? 0];
  return header === undefined ? undefined : headerField(header, mode === 'srcport' ? 'sport' : 'dport');
}
