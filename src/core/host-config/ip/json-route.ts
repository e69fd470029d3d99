// Rows of `ip -j route` (iproute2 ip/iproute.c: print_route).
import { isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import type { Span } from '../../text/source.ts';
import type { HostDraft } from '../draft.ts';
import { readRoute } from '../words/route.ts';
import { flag, listed, named, type RowKeys, rowsIn, scalarText, silent, wordsAt, wordsOfRow } from './row.ts';

const metricWords = (value: JsonValue): readonly string[] =>
  rowsIn(value).flatMap((metrics) =>
    Object.entries(metrics).flatMap(([name, number]) => [name, scalarText(number)]),
  );

/** The next hop of another version of IP. */
const via = (value: JsonValue): readonly string[] =>
  isJsonObject(value) ? ['via', scalarText(value['family']), scalarText(value['host'])] : [];

const hopKeys: RowKeys = {
  gateway: named('via'),
  via,
  dev: named('dev'),
  weight: named('weight'),
  flags: listed,
  ...silent('realms', 'realm', 'mp_cacheinfo'),
  encap: () => ['encap', '…', '…', '…'],
};

/** The type and the network come first, the next hops last. */
const routeKeys: RowKeys = {
  type: (value) => [scalarText(value)],
  dst: (value) => [scalarText(value)],
  src: (value) => (value === 'all' ? [] : ['from', scalarText(value)]),
  tos: named('tos'),
  gateway: named('via'),
  via,
  dev: named('dev'),
  table: named('table'),
  scope: named('scope'),
  prefsrc: named('src'),
  metric: named('metric'),
  priority: named('metric'),
  metrics: metricWords,
  pref: named('pref'),
  flags: listed,
  nhid: named('nhid'),
  encap: () => ['encap', '…', '…', '…'],
  onlink: flag('onlink'),
  ...silent(
    'protocol',
    'realms',
    'flow',
    'expires',
    'error',
    'cache',
    'uid',
    'cacheinfo',
    'ttl-propogate',
    'ttl-propagate',
    'users',
    'age',
    'used',
  ),
  nexthops: () => [],
};

/** Reads a row; only those of IPv6 have a preference. */
export function readRouteRow(row: JsonObject, draft: HostDraft, spanOf: (item: JsonValue) => Span): void {
  const span = spanOf(row);
  const family = scalarText(row['dst']).includes(':') || 'pref' in row ? 6 : undefined;
  const hops = rowsIn(row['nexthops']).flatMap((hop) => [
    'nexthop',
    ...wordsOfRow(hop, hopKeys, draft, spanOf(hop)),
  ]);
  const words = [...wordsOfRow(row, routeKeys, draft, span), ...hops];
  const route = readRoute(wordsAt(words, span), draft, family);
  if (route) draft.listedRoutes.push(route);
}
