// .network files (systemd.network(5)): addresses, routes and switches of an interface. The first file that matches has it.
import { deviceKinds } from '../../device/registry.ts';
import { type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { lastOf } from '../ini.ts';
import { applyKeys, atRunTime, ignored, type KeyEffect, type KeyTable, leave, unsaid } from '../keys.ts';
import { booleanOf, deviceOf, numberOf } from '../value.ts';
import { partOf, type Word, wordsIn } from '../word.ts';
import { readRoute } from '../words/route.ts';
import type { Unit } from './format.ts';
import { setMac } from './link.ts';
import { matchedBy } from './match.ts';
import { checkSections, entriesOf, sectionsOf } from './sections.ts';
import { switches } from './switches.ts';
import { bytesOf } from './value.ts';
import { addWords, readAddressSection, readRouteSection, readRuleSection } from './words.ts';

/** Reads all of them; what none of them is about stays as it is. */
export function readNetworks(units: readonly Unit[], draft: HostDraft): void {
  const taken = new Set<string>();
  for (const unit of units) {
    checkSections(unit, silentSections, leftSections, draft);
    const own = matchedBy(unit, draft).filter(({ name }) => !taken.has(name));
    for (const link of own) {
      taken.add(link.name);
      readNetwork(unit, link, draft);
    }
    if (own.length > 0)
      for (const section of sectionsOf(unit, 'RoutingPolicyRule')) readRuleSection(section, draft);
  }
}

const silentSections = [
  'Match',
  'Link',
  'Network',
  'Address',
  'Route',
  'RoutingPolicyRule',
  'Bridge',
  'DHCPv4',
  'DHCPv6',
  'DHCP',
  'IPv6AcceptRA',
  'DHCPServer',
  'DHCPServerStaticLease',
  'DHCPPrefixDelegation',
  'DHCPv6PrefixDelegation',
  'IPv6SendRA',
  'IPv6Prefix',
  'IPv6RoutePrefix',
  'LLDP',
  'CAN',
  'IPoIB',
  'SR-IOV',
  'QDisc',
  'NetworkEmulator',
  'TokenBucketFilter',
  'PIE',
  'FlowQueuePIE',
  'StochasticFairBlue',
  'BFIFO',
  'PFIFO',
  'CAKE',
  'StochasticFairnessQueueing',
  'PFIFOHeadDrop',
  'PFIFOFast',
  'ControlledDelay',
  'FairQueueing',
  'DeficitRoundRobinScheduler',
  'DeficitRoundRobinSchedulerClass',
  'EnhancedTransmissionSelection',
  'GenericRandomEarlyDetection',
  'FairQueueingControlledDelay',
  'TrivialLinkEqualizer',
  'HierarchyTokenBucket',
  'HierarchyTokenBucketClass',
  'ClassfulMultiQueueing',
  'BandMultiQueueing',
  'HeavyHitterFilter',
  'QuickFairQueueing',
  'QuickFairQueueingClass',
];

const leftSections = [
  'Neighbor',
  'IPv6AddressLabel',
  'NextHop',
  'BridgeVLAN',
  'BridgeFDB',
  'BridgeMDB',
  'IPv6PREF64Prefix',
];

const linkKeys: KeyTable<InterfaceDraft> = {
  ...ignored(
    'RequiredForOnline',
    'RequiredFamilyForOnline',
    'Multicast',
    'AllMulticast',
    'Promiscuous',
    'Unmanaged',
  ),
  ARP: (value, _link, draft, key) => {
    if (booleanOf(value, draft) === false) leave(draft, key);
  },
  MACAddress: setMac,
  MTUBytes: (value, link, draft) => {
    const mtu = bytesOf(value, draft);
    if (mtu !== undefined) link.mtu = mtu;
  },
  Group: (value, link, draft) => {
    const group = numberOf(value, draft);
    if (group !== undefined) link.group = group;
  },
  ActivationPolicy: ({ text }, link) => {
    if (text === 'down' || text === 'always-down') link.up = false;
  },
};
const bridgeKeys: KeyTable<InterfaceDraft> = {
  ...ignored(
    'UnicastFlood',
    'MulticastFlood',
    'MulticastToUnicast',
    'Learning',
    'UseBPDU',
    'FastLeave',
    'AllowPortToBeRoot',
  ),
  ...ignored(
    'MulticastRouter',
    'Cost',
    'Priority',
    'Locked',
    'MACAuthenticationBypass',
    'VLANTunnel',
    'LinkLocalLearning',
  ),
  ...unsaid('NeighborSuppression', 'ProxyARP', 'ProxyARPWiFi'),
  HairPin: (value, link, draft) => {
    if (booleanOf(value, draft)) link.hairpin = true;
  },
  Isolated: (value, link, draft) => {
    if (booleanOf(value, draft)) link.isolated = true;
  },
};

/** It becomes a port of another device. */
const enslave: KeyEffect<InterfaceDraft> = (value, link, draft) => {
  const master = deviceOf(value, draft);
  if (master === undefined) return;
  link.master = master;
  interfaceIn(draft, master, value.span);
};

/** Devices that stand on this one; several may be named. */
const carry: KeyEffect<InterfaceDraft> = ({ span }, { name }, draft) => {
  for (const word of wordsIn(span)) {
    const above = draft.interfaces.get(word.text);
    const type = above?.type;
    const kind = type && deviceKinds.get(type.kind);
    if (!above || !type || !kind) continue;
    const standing = kind.lower !== 'none';
    const hasDev = kind.settings.some((setting) => setting.word === 'dev');
    if (standing) above.type = { ...type, lower: { device: name } };
    else if (hasDev) above.type = { ...type, settings: { ...type.settings, dev: name } };
  }
};

const networkKeys: KeyTable<InterfaceDraft> = {
  ...switches,
  ...ignored(
    'Description',
    'DNS',
    'Domains',
    'DNSDefaultRoute',
    'NTP',
    'LLMNR',
    'MulticastDNS',
    'DNSOverTLS',
    'DNSSEC',
  ),
  ...ignored(
    'DNSSECNegativeTrustAnchors',
    'LLDP',
    'EmitLLDP',
    'BindCarrier',
    'ConfigureWithoutCarrier',
    'IgnoreCarrierLoss',
  ),
  ...ignored(
    'KeepConfiguration',
    'IPv6LinkLocalAddressGenerationMode',
    'IPv6StableSecretAddress',
    'LinkLocalAddressing',
  ),
  ...ignored(
    'IPv4LLStartAddress',
    'IPv4LLRoute',
    'IPv6DuplicateAddressDetection',
    'DHCPServer',
    'IPv6SendRA',
    'UseDomains',
  ),
  ...ignored(
    'DHCPPrefixDelegation',
    'IPv6PrefixDelegation',
    'KeepMaster',
    'ActiveSlave',
    'PrimarySlave',
    'IPv6MTUBytes',
    'MPLSRouting',
  ),
  ...unsaid(
    'BatmanAdvanced',
    'IPoIB',
    'MACsec',
    'Xfrm',
    'IPVTAP',
    'IPv6ProxyNDP',
    'IPv6ProxyNDPAddress',
    'DHCPv6PrefixDelegation',
  ),
  Address: (value, link, draft) => addWords([value], value, link, draft),
  Gateway: (value, link, draft) => addGateway(value, link, draft),
  DHCP: (value, _link, draft) => {
    if (!/^(?:no|false|none|0|off)$/i.test(value.text))
      atRunTime(draft, 'addresses and routes by DHCP are', value);
  },
  IPv6AcceptRA: (value, _link, draft) => {
    if (booleanOf(value, draft)) atRunTime(draft, 'addresses and routes that routers advertise are', value);
  },
  DefaultRouteOnDevice: (value, link, draft) => {
    if (booleanOf(value, draft))
      addDefaultRoute([partOf(value, 'dev'), partOf(value, link.name)], value, draft);
  },
  Bridge: enslave,
  Bond: enslave,
  VRF: enslave,
  VLAN: carry,
  MACVLAN: carry,
  MACVTAP: carry,
  IPVLAN: carry,
  VXLAN: carry,
  Tunnel: carry,
};

function addGateway(value: Word, link: InterfaceDraft, draft: HostDraft): void {
  if (/dhcp|ipv6ra/i.test(value.text)) atRunTime(draft, 'the gateway is', value);
  else
    addDefaultRoute(
      [partOf(value, 'via'), value, partOf(value, 'dev'), partOf(value, link.name)],
      value,
      draft,
    );
}

function addDefaultRoute(words: readonly Word[], { span, text }: Word, draft: HostDraft): void {
  const all = [{ text: 'default', span }, ...words];
  const route = readRoute({ all, at: 0, span }, draft, text.includes(':') ? 6 : 4);
  if (route) draft.routes.push(route);
}

function readNetwork(unit: Unit, link: InterfaceDraft, draft: HostDraft): void {
  const linkEntries = entriesOf(unit, 'Link');
  const unmanaged = lastOf(linkEntries, 'Unmanaged');
  if (unmanaged && booleanOf(unmanaged, draft)) return;
  applyKeys(linkEntries, linkKeys, link, draft);
  applyKeys(entriesOf(unit, 'Bridge'), bridgeKeys, link, draft);
  applyKeys(entriesOf(unit, 'Network'), networkKeys, link, draft);
  for (const section of sectionsOf(unit, 'Address')) readAddressSection(section, link, draft);
  for (const section of sectionsOf(unit, 'Route')) readRouteSection(section, link.name, draft);
}
