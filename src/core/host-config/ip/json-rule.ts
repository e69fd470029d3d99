// Rows of `ip -j rule` (iproute2 ip/iprule.c: print_rule).
import type { AddressFamily } from '../../datatype/address.ts';
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import type { Span } from '../../text/source.ts';
import { table } from '../../topology/inventory.ts';
import type { HostDraft } from '../draft.ts';
import { readRule } from '../words/rule.ts';
import { flag, type KeyWords, named, type RowKeys, scalarText, silent, wordsAt, wordsOfRow } from './row.ts';

/** An address and, beside it, the length of its prefix. */
function network(word: string, lengthKey: string): KeyWords {
  return (value, row) => {
    const length = row[lengthKey];
    return [word, length === undefined ? scalarText(value) : `${scalarText(value)}/${scalarText(length)}`];
  };
}

/** The first of a range; the last stands beside it. */
function range(word: string, lastKey: string): KeyWords {
  return (value, row) => [word, `${scalarText(value)}-${scalarText(row[lastKey])}`];
}

const mark: KeyWords = (value, row) => {
  const mask = row['fwmask'];
  return ['fwmark', mask === undefined ? scalarText(value) : `${scalarText(value)}/${scalarText(mask)}`];
};

/** `to_tbl` is what `ip` calls the table of a rule that does more than look it up. */
const ruleKeys: RowKeys = {
  not: flag('not'),
  src: network('from', 'srclen'),
  dst: network('to', 'dstlen'),
  tos: named('tos'),
  fwmark: mark,
  iif: named('iif'),
  oif: named('oif'),
  uid_start: range('uidrange', 'uid_end'),
  ipproto: named('ipproto'),
  sport: named('sport'),
  sport_start: range('sport', 'sport_end'),
  dport: named('dport'),
  dport_start: range('dport', 'dport_end'),
  l3mdev: flag('l3mdev'),
  tun_id: named('tun_id'),
  priority: named('priority'),
  table: named('lookup'),
  suppress_prefixlen: named('suppress_prefixlength'),
  suppress_ifgroup: named('suppress_ifgroup'),
  action: (value) => [scalarText(value)],
  goto: named('goto'),
  nop: flag('nop'),
  ...silent(
    'srclen',
    'dstlen',
    'fwmask',
    'uid_end',
    'sport_end',
    'dport_end',
    'iif_detached',
    'oif_detached',
    'unresolved',
    'protocol',
    'flow',
    'flow_from',
    'flow_to',
  ),
};

/** Reads a row. */
export function readRuleRow(row: JsonObject, draft: HostDraft, span: Span, family?: AddressFamily): void {
  const rule = readRule(wordsAt(wordsOfRow(row, ruleKeys, draft, span), span), draft, family);
  if (rule) draft.listedRules.push(rule);
}

/**
 * The family of a listing: that of its addresses, else that of the rules that the kernel begins with, of which only
 * IPv4 has one for the table `default`.
 */
export function ruleFamily(rows: readonly JsonObject[], { source }: Span): AddressFamily {
  const addresses = rows.flatMap(({ src, dst }) => [src, dst].filter(isAddress));
  if (addresses.length > 0) return addresses.some((text) => text.includes(':')) ? 6 : 4;
  if (rows.some((row) => leadsTo(row, 'default', table.default))) return 4;
  const isWhole = rows.some((row) => row['priority'] === 32766 && leadsTo(row, 'main', table.main));
  return isWhole || /6[^/]*$/.test(source.name) ? 6 : 4;
}

function isAddress(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== 'all';
}

function leadsTo(row: JsonObject, name: string, number: number): boolean {
  const said = scalarText(row['table']);
  return said === name || said === number.toString();
}
