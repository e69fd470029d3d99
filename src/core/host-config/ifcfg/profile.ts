// The variables of a file ifcfg-*: what each does, and the addresses that several make together.
import { deviceKinds } from '../../device/registry.ts';
import { settingOf } from '../device.ts';
import { addAddress, complain, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { type Entry, lastOf } from '../ini.ts';
import { atRunTime, ignored, type KeyEffect, type KeyTable } from '../keys.ts';
import { booleanOf, deviceOf, lengthOf, macOf, numberOf } from '../value.ts';
import { partOf, type Word } from '../word.ts';
import { readAddress } from '../words/address.ts';
import { readRoute } from '../words/route.ts';

/** A file while it is read. */
export interface IfcfgProfile {
  readonly link: InterfaceDraft;
  readonly entries: readonly Entry[];
  /** Of an alias: `eth0:1`. */
  readonly label?: string;
}

const master: KeyEffect<IfcfgProfile> = (value, { link }, draft, { text }) => {
  const name = deviceOf(value, draft);
  if (name === undefined) return;
  link.master = name;
  const owner = interfaceIn(draft, name, value.span);
  const kind = { BRIDGE: 'bridge', MASTER: 'bond', TEAM_MASTER: 'team', VRF: 'vrf' }[text];
  if (kind && kind !== 'vrf') owner.type ??= { kind, settings: {} };
};

/** Options of the bonding driver: `mode=active-backup miimon=100`. */
const bonding: KeyEffect<IfcfgProfile> = (value, { link }, draft) => {
  const settings = { ...(link.type?.kind === 'bond' ? link.type.settings : {}) };
  for (const option of value.text.split(/\s+/)) {
    const [word = '', said = ''] = option.split('=');
    const known = deviceKinds.get('bond')?.settings.find((one) => one.word === word);
    const modes = Array.isArray(known?.value) ? known.value : [];
    const read = known && settingOf(partOf(value, modes[Number(said)] ?? said), known, draft);
    if (read !== undefined) settings[word] = read;
  }
  link.type = { kind: 'bond', settings };
};

/** What teamd reads: of its JSON the name of the runner (teamd.conf(5)). */
const team: KeyEffect<IfcfgProfile> = (value, { link }, draft) => {
  const [, name] = /"runner"\s*:\s*\{[^}]*?"name"\s*:\s*"(\w+)"/.exec(value.text.replaceAll('\\', '')) ?? [];
  const runner = deviceKinds.get('team')?.settings.find(({ word }) => word === 'runner');
  const read = name !== undefined && runner && settingOf(partOf(value, name), runner, draft);
  link.type = { kind: 'team', settings: read ? { runner: read } : {} };
};

export const ifcfgKeys: KeyTable<IfcfgProfile> = {
  ...ignored(
    'DEVICE',
    'NAME',
    'UUID',
    'ONBOOT',
    'USERCTL',
    'NM_CONTROLLED',
    'TYPE',
    'DEVICETYPE',
    'TEAM_PORT_CONFIG',
    'PEERDNS',
    'PEERROUTES',
    'DOMAIN',
    'SEARCH',
  ),
  ...ignored(
    'DEFROUTE',
    'IPV4_FAILURE_FATAL',
    'IPV6_FAILURE_FATAL',
    'IPV6_DEFROUTE',
    'IPV6_ADDR_GEN_MODE',
    'PROXY_METHOD',
    'HOTPLUG',
  ),
  ...ignored(
    'BROWSER_ONLY',
    'ZONE',
    'ETHTOOL_OPTS',
    'ARPCHECK',
    'ARPUPDATE',
    'DELAY',
    'STP',
    'VLAN',
    'PHYSDEV',
    'VLAN_ID',
    'SLAVE',
  ),
  ...ignored(
    'IPV6INIT',
    'IPV6_PRIVACY',
    'IPV6_PEERDNS',
    'IPV6_PEERROUTES',
    'DHCPV6_OPTIONS',
    'DHCP_CLIENT_ID',
    'DHCP_HOSTNAME',
    'METRIC',
  ),
  ...ignored(
    'GATEWAYDEV',
    'SUBCHANNELS',
    'NETTYPE',
    'OPTIONS',
    'LINKDELAY',
    'AUTOCONNECT_PRIORITY',
    'NOZEROCONF',
    'CONNECTION_METERED',
  ),
  ...ignored(
    'IPV6ADDR',
    'IPV6ADDR_SECONDARIES',
    'IPV6_DEFAULTGW',
    'BONDING_MASTER',
    'REORDER_HDR',
    'MULTI_CONNECT',
    'WAIT_DEVICE_TIMEOUT',
  ),
  ...ignored(
    'SCOPE',
    'SRCADDR',
    'KEY_MGMT',
    'ESSID',
    'MODE',
    'BRIDGING_OPTS',
    'BRIDGE_MACADDR',
    'NO_ALIASROUTING',
    'DHCPV6C_OPTIONS',
    'BOOTPROTOv6',
  ),
  BOOTPROTO: (value, { link }, draft) => {
    if (!/^(?:none|static|off|no)$/i.test(value.text))
      atRunTime(draft, `what \`${value.text}\` gives \`${link.name}\` is`, value);
  },
  IPV6_AUTOCONF: (value, _profile, draft) => {
    if (booleanOf(value, draft)) atRunTime(draft, 'addresses and routes that routers advertise are', value);
  },
  DHCPV6C: (value, _profile, draft) => {
    if (booleanOf(value, draft)) atRunTime(draft, 'addresses by DHCP are', value);
  },
  HWADDR: setMac,
  MACADDR: setMac,
  MTU: (value, { link }, draft) => {
    const mtu = numberOf(value, draft);
    if (mtu !== undefined) link.mtu = mtu;
  },
  BRIDGE: master,
  MASTER: master,
  TEAM_MASTER: master,
  TEAM_CONFIG: team,
  VRF: master,
  BONDING_OPTS: bonding,
};

function setMac(value: Word, { link }: IfcfgProfile, draft: HostDraft): void {
  const mac = /^(?:permanent|preserve|random|stable)$/.test(value.text) ? undefined : macOf(value, draft);
  if (mac !== undefined) link.mac = mac;
}

/** Addresses with their masks by number, gateways, and the kind of device. */
export function finishProfile(profile: IfcfgProfile, draft: HostDraft): void {
  readKind(profile, draft);
  for (const { key, value } of profile.entries) {
    const [, number] = /^IPADDR(\d*)$/.exec(key.text) ?? [];
    if (number !== undefined) readIpv4(value, number, profile, draft);
  }
  const six = ['IPV6ADDR', 'IPV6ADDR_SECONDARIES'].flatMap((name) => lastOf(profile.entries, name) ?? []);
  for (const value of six)
    for (const text of value.text.split(/\s+/)) addOne([partOf(value, text)], profile, draft);
  const gateways = profile.entries.filter(({ key }) => /^(?:GATEWAY\d*|IPV6_DEFAULTGW)$/.test(key.text));
  for (const { value } of gateways) readGateway(value, profile, draft);
}

function addOne(words: readonly Word[], { link }: IfcfgProfile, draft: HostDraft): void {
  const [first] = words;
  if (!first) return;
  const read = readAddress({ all: words, at: 0, span: first.span }, draft);
  if (read) addAddress(link, read.facts);
}

/** Without a mask it is that of the address's class (ipcalc). */
function readIpv4(value: Word, number: string, profile: IfcfgProfile, draft: HostDraft): void {
  const { entries, label } = profile;
  const mask = lastOf(entries, `PREFIX${number}`) ?? lastOf(entries, `NETMASK${number}`);
  const length = mask ? lengthOf(mask, draft, 4) : classLength(value.text);
  if (length === undefined) return;
  const named = label === undefined ? [] : ['label', label].map((text) => partOf(value, text));
  addOne([partOf(value, `${value.text}/${length}`), ...named], profile, draft);
}

function classLength(text: string): number {
  const first = Number(/^\d+/.exec(text)?.[0]);
  if (first < 128) return 8;
  return first < 192 ? 16 : 24;
}

/** IPv6 may say the interface behind `%`. */
function readGateway(value: Word, { link, entries }: IfcfgProfile, draft: HostDraft): void {
  const no = lastOf(entries, value.text.includes(':') ? 'IPV6_DEFROUTE' : 'DEFROUTE');
  if (no && booleanOf(no, draft) === false) return;
  const metric = lastOf(entries, 'METRIC');
  const [gateway = '', device = link.name] = value.text.split('%');
  const all = [
    ...['default', 'via', gateway, 'dev', device].map((text) => partOf(value, text)),
    ...(metric ? [partOf(metric, 'metric'), metric] : []),
  ];
  const route = readRoute({ all, at: 0, span: value.span }, draft, gateway.includes(':') ? 6 : 4);
  if (route) draft.routes.push(route);
}

/** `TYPE=Bridge`, `VLAN=yes` with the name `eth0.7`, or `PHYSDEV` and `VLAN_ID`. */
function readKind({ link, entries }: IfcfgProfile, draft: HostDraft): void {
  const type = lastOf(entries, 'TYPE');
  const lower = type?.text.toLowerCase() ?? '';
  const stp = lastOf(entries, 'STP');
  if (lower === 'bridge') {
    const on = stp && booleanOf(stp, draft);
    link.type = { kind: 'bridge', settings: on ? { stp_state: 1 } : {} };
  } else if (lower === 'team' || lastOf(entries, 'DEVICETYPE')?.text === 'Team')
    link.type ??= { kind: 'team', settings: {} };
  else if (lower === 'bond') link.type ??= { kind: 'bond', settings: {} };
  else if (lower === 'vlan' || lastOf(entries, 'VLAN')?.text === 'yes') readVlan(link, entries, draft);
  else if (type && !/^(?:ethernet|wireless|infiniband|loopback|team|ovs\w*|dummy)?$/.test(lower))
    complain(draft, 'HK8004', `that \`${link.name}\` is of type \`${type.text}\` is left out`, type.span);
}

function readVlan(link: InterfaceDraft, entries: readonly Entry[], draft: HostDraft): void {
  const [, base, dotted] = /^(.+)\.(\d{1,4})$/.exec(link.name) ?? [];
  const raw = lastOf(entries, 'PHYSDEV');
  const id = lastOf(entries, 'VLAN_ID');
  const device = raw?.text ?? base;
  const number = id ? numberOf(id, draft, 12) : Number(dotted ?? /\d+$/.exec(link.name)?.[0]);
  if (device === undefined || number === undefined || Number.isNaN(number) || !link.span) return;
  interfaceIn(draft, device, raw?.span ?? link.span);
  link.type = { kind: 'vlan', settings: { id: number }, lower: { device } };
}
