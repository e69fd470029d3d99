// Rows of `ip -j address` and `ip -j link` (iproute2 ip/ipaddress.c: print_linkinfo, print_addrinfo).
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import type { Span } from '../../text/source.ts';
import { addAddress, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { deviceOf, macOf, numberOf } from '../value.ts';
import { marksOfKernel, readAddress } from '../words/address.ts';
import { readLinkInfo } from './json-device.ts';
import { flag, listed, named, type RowKeys, rowsIn, scalarText, silent, wordsAt, wordsOfRow } from './row.ts';

/** What the kernel counts and tunes beside the link. */
const linkKeys: RowKeys = silent(
  'ifindex',
  'ifname',
  'link',
  'link_index',
  'link_netnsid',
  'link_netns',
  'flags',
  'mtu',
  'qdisc',
  'master',
  'operstate',
  'linkmode',
  'group',
  'txqlen',
  'link_type',
  'address',
  'broadcast',
  'link_pointtopoint',
  'permaddr',
  'perm_address',
  'altnames',
  'ifalias',
  'promiscuity',
  'allmulti',
  'min_mtu',
  'max_mtu',
  'linkinfo',
  'inet6_addr_gen_mode',
  'num_tx_queues',
  'num_rx_queues',
  'gso_max_size',
  'gso_max_segs',
  'gso_ipv4_max_size',
  'gro_max_size',
  'gro_ipv4_max_size',
  'tso_max_size',
  'tso_max_segs',
  'phys_port_id',
  'phys_port_name',
  'phys_switch_id',
  'parentbus',
  'parentdev',
  'protodown',
  'proto_down',
  'carrier_changes',
  'carrier_up_count',
  'carrier_down_count',
  'vfinfo_list',
  'num_vf',
  'event',
  'xdp',
  'stats',
  'stats64',
  'xstats',
  'netns-immutable',
  'devlink_port',
  'addr_info',
  'af_spec_mcast',
  'min_pcpu',
  'new-ifindex',
  'target-netnsid',
  'deleted',
);

const addressKeys: RowKeys = {
  local: (value, row) => [`${scalarText(value)}/${scalarText(row['prefixlen'] ?? '')}`.replace(/\/$/, '')],
  address: (value, row) => ['peer', `${scalarText(value)}/${scalarText(row['prefixlen'])}`],
  scope: named('scope'),
  preferred_life_time: named('preferred_lft'),
  metric: named('metric'),
  noprefixroute: flag('noprefixroute'),
  deprecated: flag('deprecated'),
  dynamic: flag('dynamic'),
  dadfailed: flag('dadfailed'),
  temporary: flag('temporary'),
  ...silent(
    'index',
    'dev',
    'family',
    'prefixlen',
    'broadcast',
    'any',
    'anycast',
    'label',
    'valid_life_time',
    ...marksOfKernel,
    'protocol',
    'ifa_flags',
  ),
};

/** Reads a link, with its addresses where they are listed. */
export function readAddressRow(row: JsonObject, draft: HostDraft, spanOf: (item: JsonValue) => Span): void {
  const span = spanOf(row);
  const name = deviceOf({ text: scalarText(row['ifname']), span }, draft);
  if (name === undefined) return;
  const link = interfaceIn(draft, name, span);
  wordsOfRow(row, linkKeys, draft, span);
  if ('flags' in row) readLink(link, row, draft, span);
  const addresses = rowsIn(row['addr_info']).filter((one) => Object.keys(one).length > 0);
  // The kernel lists those of IPv6 in the reverse order of their being added.
  const [ipv4, ipv6] = [addresses.filter((one) => !isIpv6(one)), addresses.filter(isIpv6).toReversed()];
  for (const one of [...ipv4, ...ipv6]) readAddressInfo(link, one, draft, spanOf(one));
}

function isIpv6({ family }: JsonObject): boolean {
  return family === 'inet6';
}

function readLink(link: InterfaceDraft, row: JsonObject, draft: HostDraft, span: Span): void {
  const word = (key: string) => ({ text: scalarText(row[key]), span });
  link.up = listed(row['flags'] ?? []).includes('UP');
  const mtu = 'mtu' in row ? numberOf(word('mtu'), draft) : undefined;
  if (mtu !== undefined) link.mtu = mtu;
  const hasMac = row['link_type'] === 'ether' && 'address' in row;
  const mac = hasMac ? macOf(word('address'), draft) : undefined;
  if (mac !== undefined) link.mac = mac;
  const master = 'master' in row ? deviceOf(word('master'), draft) : undefined;
  if (master !== undefined) link.master = master;
  readLinkInfo(link, row, draft, span);
  const group = row['group'] ?? 'default';
  const number = group === 'default' ? 0 : numberOf(word('group'), draft);
  if (number) link.group = number;
}

function readAddressInfo(link: InterfaceDraft, row: JsonObject, draft: HostDraft, span: Span): void {
  const words = wordsOfRow(row, addressKeys, draft, span);
  const read = readAddress(wordsAt(words, span), draft);
  const label = scalarText(row['label']);
  const aliased = label !== '' && label !== link.name && { label };
  if (read) addAddress(link, { ...read.facts, ...aliased });
}
