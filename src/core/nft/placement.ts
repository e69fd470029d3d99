// In which families of tables the kernel and nft take what stands in a rule. The keys are those of its JSON.
import type { Family } from '../ir/ruleset.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './json-value.ts';

const ofIp: readonly Family[] = ['ip', 'ip6', 'inet'];

/** Where not all families have it (the `validate` and `init` functions of net/netfilter/nft_*.c, nft's src/rule.c). */
const places: ReadonlyMap<string, readonly Family[]> = new Map([
  ['socket', ofIp],
  ['rt', ofIp],
  ['osf', ofIp],
  ['ipsec', ofIp],
  ['synproxy', ofIp],
  ['tproxy', ofIp],
  ['fib', [...ofIp, 'netdev']],
  ['queue', [...ofIp, 'bridge']],
  ['reject', [...ofIp, 'bridge', 'netdev']],
  ['dup', ['ip', 'ip6', 'netdev']],
  ['fwd', ['netdev']],
]);

/** What makes the kernel track connections, which it does for no other families (nf_conntrack_proto.c: nf_ct_netns_get). */
const conntrackKeys: ReadonlySet<string> = new Set([
  'ct',
  'ct count',
  'ct helper',
  'ct timeout',
  'ct expectation',
]);

/** Why a table of this family can't hold a statement; undefined where it can. */
export function misplacedStatement(family: Family, statement: JsonValue): string | undefined {
  if (isJsonArray(statement)) {
    for (const item of statement) {
      const problem = misplacedStatement(family, item);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isJsonObject(statement)) return undefined;
  for (const key of Object.keys(statement)) {
    const value = statement[key] ?? null;
    const problem = misplacedKey(family, key, value) ?? misplacedStatement(family, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function misplacedKey(family: Family, key: string, value: JsonValue): string | undefined {
  const families = places.get(key);
  if (families && !families.includes(family)) return refusal(key, families);
  if (conntrackKeys.has(key) && (family === 'netdev' || family === 'arp'))
    return `the kernel tracks no connections for tables of family ${family}, and refuses \`${key}\``;
  return key === 'meta' && isJsonObject(value) ? misplacedMeta(family, value['key']) : undefined;
}

const bridgeKeys: ReadonlySet<string> = new Set(['ibrname', 'obrname', 'ibrpvid', 'ibrvproto', 'ibrhwaddr']);

function misplacedMeta(family: Family, key: JsonValue | undefined): string | undefined {
  // nft's src/meta.c: `meta nfproto is only useful in the inet family`.
  if (key === 'nfproto' && family !== 'inet')
    return 'nft compares `meta nfproto` in tables of family inet only';
  return typeof key === 'string' && bridgeKeys.has(key) && family !== 'bridge'
    ? refusal(`meta ${key}`, ['bridge'])
    : undefined;
}

function refusal(key: string, families: readonly Family[]): string {
  const last = families.at(-1);
  const names = families.length > 1 ? `${families.slice(0, -1).join(', ')} and ${last}` : last;
  return `\`${key}\` works in tables of family ${names} only`;
}
