// `[Address]`, `[Route]` and `[RoutingPolicyRule]` of a .network file, in the words of `ip`.
import type { AddressFamily } from '../../datatype/address.ts';
import { addAddress, complain, type HostDraft, type InterfaceDraft } from '../draft.ts';
import { type Entry, lastOf, type Section } from '../ini.ts';
import { atRunTime, leave, type WordKey, wordsOfEntries } from '../keys.ts';
import { booleanOf } from '../value.ts';
import { cutAt, partOf, type Word, wordsIn } from '../word.ts';
import { readAddress } from '../words/address.ts';
import { readRoute } from '../words/route.ts';
import { readRule } from '../words/rule.ts';
import { bytesOf } from './value.ts';

/** A word where a setting is yes, or where it is no. */
function when(isYes: boolean, word: string): WordKey {
  return (value, draft) => (booleanOf(value, draft) === isYes ? [partOf(value, word)] : []);
}

const addressKeys: Readonly<Record<string, WordKey>> = {
  Address: (value) => [value],
  Peer: 'peer',
  Broadcast: null,
  Label: 'label',
  PreferredLifetime: (value) => (/^0s?$/.test(value.text) ? [partOf(value, 'deprecated')] : []),
  Scope: 'scope',
  RouteMetric: 'metric',
  HomeAddress: null,
  DuplicateAddressDetection: null,
  ManageTemporaryAddress: null,
  AddPrefixRoute: when(false, 'noprefixroute'),
  AutoJoin: null,
  NetLabel: null,
  NFTSet: (_value, draft, key) => leave(draft, key),
};

/** Reads `[Address]`. */
export function readAddressSection({ name, entries }: Section, link: InterfaceDraft, draft: HostDraft): void {
  const address = lastOf(entries, 'Address');
  if (address) addWords(wordsOfEntries(entries, addressKeys, draft), address, link, draft);
  else complain(draft, 'HK8002', '`[Address]` needs `Address=`', name.span);
}

/** Adds an address by its words; 0.0.0.0 stands for one of a pool. */
export function addWords(
  words: readonly Word[],
  address: Word,
  link: InterfaceDraft,
  draft: HostDraft,
): void {
  if (/^(?:0\.0\.0\.0|::)(?:\/|$)/.test(address.text)) {
    atRunTime(draft, `what \`${address.text}\` stands for is`, address);
    return;
  }
  const read = readAddress({ all: words, at: 0, span: address.span }, draft);
  if (read) addAddress(link, read.facts);
}

/** `Gateway=` may also name what DHCP or a router says. */
const gateway: WordKey = (value, draft) => {
  if (!/^(?:_?dhcp4?|_?ipv6ra|_?dhcp6)$/i.test(value.text)) return [partOf(value, 'via'), value];
  atRunTime(draft, `the gateway \`${value.text}\` is`, value);
  return [];
};

/** `10.0.0.1@eth0 5` is one of several next hops. */
const hop: WordKey = (value) => {
  const [way, weight] = wordsIn(value.span);
  if (!way) return [];
  const [address, device] = cutAt(way, '@');
  return [
    partOf(value, 'nexthop'),
    partOf(value, 'via'),
    address,
    ...(device ? [partOf(value, 'dev'), device] : []),
    ...(weight ? [partOf(value, 'weight'), weight] : []),
  ];
};

const mtu: WordKey = (value, draft) => {
  const bytes = bytesOf(value, draft);
  return bytes === undefined ? [] : [partOf(value, 'mtu'), partOf(value, bytes.toString())];
};

/** The type and the network come first, next hops last. */
const routeKeys: Readonly<Record<string, WordKey>> = {
  Type: null,
  Destination: null,
  Gateway: gateway,
  GatewayOnLink: when(true, 'onlink'),
  GatewayOnlink: when(true, 'onlink'),
  Source: 'from',
  Metric: 'metric',
  IPv6Preference: 'pref',
  Scope: 'scope',
  PreferredSource: 'src',
  Table: 'table',
  Protocol: null,
  MTUBytes: mtu,
  InitialCongestionWindow: null,
  InitialAdvertisedReceiveWindow: null,
  QuickAck: null,
  FastOpenNoCookie: null,
  TTLPropagate: null,
  TCPAdvertisedMaximumSegmentSize: null,
  TCPCongestionControlAlgorithm: null,
  TCPRetransmissionTimeoutSec: null,
  HopLimit: null,
  NextHop: (_value, draft, key) => leave(draft, key),
  MultiPathRoute: hop,
};

/** Reads `[Route]` of an interface; without a destination it is the default route. */
export function readRouteSection(
  { name, entries }: Section,
  device: string | undefined,
  draft: HostDraft,
): void {
  const destination = lastOf(entries, 'Destination') ?? partOf(name, 'default');
  const type = lastOf(entries, 'Type');
  const target = lastOf(entries, 'Gateway') ?? lastOf(entries, 'PreferredSource');
  if (entries.some((entry) => entry.key.text === 'Gateway' && /dhcp|ipv6ra/i.test(entry.value.text))) {
    wordsOfEntries(entries, routeKeys, draft);
    return;
  }
  const said = wordsOfEntries(entries, routeKeys, draft);
  const hasHops = said.some(({ text }) => text === 'nexthop');
  const isRefusing = /^(?:unreachable|blackhole|prohibit|throw)$/.test(type?.text ?? '');
  const own =
    device !== undefined && !hasHops && !isRefusing ? [partOf(name, 'dev'), partOf(name, device)] : [];
  const family: AddressFamily = (target ?? destination).text.includes(':') ? 6 : 4;
  const all = [...(type ? [type] : []), destination, ...own, ...said];
  const route = readRoute({ all, at: 0, span: name.span }, draft, family);
  if (route) draft.routes.push(route);
}

const ruleKeys: Readonly<Record<string, WordKey>> = {
  InvertRule: when(true, 'not'),
  From: 'from',
  To: 'to',
  TypeOfService: (value) => [partOf(value, 'tos'), partOf(value, hexadecimal(value.text))],
  FirewallMark: 'fwmark',
  IncomingInterface: 'iif',
  OutgoingInterface: 'oif',
  IPProtocol: 'ipproto',
  SourcePort: 'sport',
  DestinationPort: 'dport',
  User: 'uidrange',
  Priority: 'priority',
  Table: 'lookup',
  Type: (value) => (value.text === 'table' ? [] : [value]),
  SuppressPrefixLength: 'suppress_prefixlength',
  SuppressInterfaceGroup: 'suppress_ifgroup',
  GoTo: 'goto',
  L3MasterDevice: when(true, 'l3mdev'),
  Family: null,
};

/** systemd takes it as a decimal number. */
function hexadecimal(text: string): string {
  return /^\d+$/.test(text) ? `0x${Number(text).toString(16)}` : text;
}

/** Reads `[RoutingPolicyRule]`; `Family=both` makes two rules. */
export function readRuleSection({ name, entries }: Section, draft: HostDraft): void {
  const words = wordsOfEntries(entries, ruleKeys, draft);
  for (const family of familiesOf(entries)) {
    const rule = readRule({ all: words, at: 0, span: name.span }, draft, family);
    if (rule) draft.rules.push(rule);
  }
}

function familiesOf(entries: readonly Entry[]): readonly (AddressFamily | undefined)[] {
  const family = lastOf(entries, 'Family')?.text;
  if (family === 'both') return [4, 6];
  return family === 'ipv6' ? [6] : [undefined];
}
