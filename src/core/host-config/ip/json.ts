// What `ip -j` prints: arrays of addresses, links, routes, rules or neighbours, told by their keys. A row is turned into the
// words that `ip` would have taken, so that there is one reader of each.
import { readJsonSequence } from '../../nft/json-reader.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import type { Source, Span } from '../../text/source.ts';
import { complain, type HostDraft } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { readAddressRow } from './json-address.ts';
import { readNeighbourRow } from './json-neighbour.ts';
import { readRouteRow } from './json-route.ts';
import { readRuleRow, ruleFamily } from './json-rule.ts';

/** `ip -j address`, `link`, `route`, `rule`, `neigh`; several of them may stand in one file. */
export const ipJson: HostFormat = {
  name: 'ip-json',
  recognises: ({ text }) => /^\s*\[\s*[[{\]]/.test(text),
  read: (sources, draft) => {
    for (const source of sources) readListings(source, draft);
  },
};

/** Rows stand in an array, what they list of their own in an array of theirs. */
const depths = [1, 3];

function readListings(source: Source, draft: HostDraft): void {
  const { value: json, diagnostics } = readJsonSequence(source, depths);
  // The help of these is about rule sets.
  draft.found.push(...diagnostics.map(({ help: _help, ...problem }) => problem));
  if (!json || !isJsonArray(json.value)) return;
  const whole = { source, start: 0, end: Math.min(1, source.text.length) };
  for (const listing of json.value) {
    const rows = isJsonArray(listing) ? listing.filter(isRow) : [];
    if (!isJsonArray(listing)) complain(draft, 'HK8002', 'an array of `ip -j` is missing', whole);
    else if (rows.length < listing.length) complain(draft, 'HK8002', 'a row is no object', whole);
    readRows(rows, draft, (item) => json.spanOf(item) ?? whole);
  }
}

function isRow(item: JsonValue): item is JsonObject {
  return isJsonObject(item);
}

/** `ip -j … show dev` prints empty rows for what it leaves out. */
function readRows(rows: readonly JsonObject[], draft: HostDraft, spanOf: (item: JsonValue) => Span): void {
  const full = rows.filter((row) => Object.keys(row).length > 0);
  const rules = full.filter(isRule);
  const family = rules[0] && ruleFamily(rules, spanOf(rules[0]));
  for (const row of full) {
    const span = spanOf(row);
    if (isRule(row)) readRuleRow(row, draft, span, family);
    else if ('ifname' in row) readAddressRow(row, draft, spanOf);
    else if ('lladdr' in row || 'state' in row || 'proxy' in row) readNeighbourRow(row, draft, span);
    else if ('dst' in row) readRouteRow(row, draft, spanOf);
    else complain(draft, 'HK8002', 'a row is neither an address, link, route, rule nor neighbour', span);
  }
}

function isRule(row: JsonObject): boolean {
  return 'priority' in row && !('ifname' in row);
}
