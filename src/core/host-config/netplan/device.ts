// A device of netplan: the properties that all have, and those of its kind.
import type { DeviceKind, Setting } from '../../device/define.ts';
import type { SettingValue } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import { settingOf } from '../device.ts';
import { complain, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { applyKeys, atRunTime, ignored, type KeyEffect, type KeyTable, leave, unsaid } from '../keys.ts';
import { booleanOf, deviceOf, macOf, numberOf } from '../value.ts';
import type { Word } from '../word.ts';
import { bondParameters, bridgeParameters, ofTunnels, passedOver } from './keys.ts';
import { readAddresses, readGateway, readRoutes, readRules } from './lists.ts';
import { readPeers } from './peers.ts';
import type { YamlEntry, YamlNode } from './yaml.ts';

/** A device whose name is known. */
export interface Named {
  /** Of `ethernets`, `bridges` and their like. */
  readonly section: string;
  readonly id: string;
  readonly link: InterfaceDraft;
  readonly node: YamlNode;
}

/** While the properties of a device are read. */
interface Reading extends Named {
  readonly nameOf: (id: string) => string;
}

/** The device that an entry is about; a card may be told by a match. */
export function declareDevice(
  section: string,
  { key, value }: YamlEntry,
  draft: HostDraft,
): Named | undefined {
  if (!value.entries && value.text !== '')
    return complain(draft, 'HK8002', `\`${key.text}\` is not followed by a map`, key.span);
  const name = nameOf(key, value, draft);
  if (name === undefined) return undefined;
  const link = interfaceIn(draft, name, key.span);
  const word = valueAt(value, 'match.macaddress');
  const mac = word && macOf(word, draft);
  if (mac !== undefined) link.mac = mac;
  return { section, id: key.text, link, node: value };
}

function nameOf(id: Word, node: YamlNode, draft: HostDraft): string | undefined {
  const match = valueAt(node, 'match');
  const given = valueAt(node, 'set-name') ?? (match ? valueAt(match, 'name') : id);
  if (given && !/[*?[]/.test(given.text)) return deviceOf(given, draft);
  const word = match && valueAt(match, 'macaddress');
  const mac = word && macOf(word, draft);
  const known = [...draft.interfaces.values()].find((link) => mac !== undefined && link.mac === mac);
  if (known) return known.name;
  const help = 'give what `ip -j link` prints on the machine, too';
  return complain(
    draft,
    'HK8004',
    `\`${id.text}\` matches no interface that is known: it is left out`,
    id.span,
    help,
  );
}

/** The value of a key, in maps within maps by `a.b`. */
function valueAt(node: YamlNode, path: string): YamlNode | undefined {
  return path
    .split('.')
    .reduce<YamlNode | undefined>(
      (inner, name) => inner?.entries?.findLast(({ key }) => key.text === name)?.value,
      node,
    );
}

/** Ports are named by their ids. */
const ports: KeyEffect<Reading, YamlNode> = (list, { link, nameOf: name }, draft) => {
  for (const port of list.items ?? []) {
    const device = deviceOf({ ...port, text: name(port.text) }, draft);
    if (device !== undefined) interfaceIn(draft, device, port.span).master = link.name;
  }
};

const dhcp: KeyEffect<Reading, YamlNode> = (value, _reading, draft) => {
  if (booleanOf(value, draft)) atRunTime(draft, 'addresses and routes by DHCP are', value);
};

const common: KeyTable<Reading, YamlNode> = {
  ...passedOver,
  ...unsaid('openvswitch', 'neigh-suppress'),
  dhcp4: dhcp,
  dhcp6: dhcp,
  'accept-ra': (value, _reading, draft) => {
    if (booleanOf(value, draft)) atRunTime(draft, 'addresses and routes that routers advertise are', value);
  },
  addresses: (list, { link }, draft) => readAddresses(list, link, draft),
  gateway4: (value, { link }, draft) => readGateway(value, link, draft, 4),
  gateway6: (value, { link }, draft) => readGateway(value, link, draft, 6),
  routes: (list, { link }, draft) => readRoutes(list, link, draft),
  'routing-policy': (list, { link }, draft) => readRules(list, link, draft),
  macaddress: (value, { link }, draft) => {
    const mac = /^(?:permanent|random|stable|preserve)$/.test(value.text) ? undefined : macOf(value, draft);
    if (mac !== undefined) link.mac = mac;
  },
  mtu: (value, { link }, draft) => {
    const mtu = numberOf(value, draft);
    if (mtu !== undefined) link.mtu = mtu;
  },
  'activation-mode': ({ text }, { link }) => {
    if (text === 'off') link.up = false;
  },
};

/** What the keys of a kind are for is said by its settings; they are read before all others. */
const own: Readonly<Record<string, KeyTable<Reading, YamlNode>>> = {
  ethernets: { ...ignored('link') },
  'virtual-ethernets': { ...ignored('peer') },
  bridges: { ...ignored('parameters'), interfaces: ports },
  bonds: { ...ignored('parameters'), interfaces: ports },
  vlans: { ...ignored('id', 'link') },
  vrfs: { ...ignored('table'), interfaces: ports },
  tunnels: {
    ...ofTunnels,
    ...unsaid('mark', 'arp-proxy'),
  },
};

/** Reads the properties; a device that is declared again is added to. */
export function applyDevice(named: Named, name: (id: string) => string, draft: HostDraft): void {
  const { section, link, node } = named;
  readKind(named, name, draft);
  const table = { ...common, ...own[section] };
  applyKeys<Reading, YamlNode>(node.entries ?? [], table, { ...named, nameOf: name }, draft);
  const parameters = valueAt(node, 'parameters');
  if (link.type && parameters) checkParameters(section, parameters, draft);
}

/** Those of bridges and bonds; timers and costs are nothing that packets depend on. */
function checkParameters(section: string, { entries = [] }: YamlNode, draft: HostDraft): void {
  applyKeys<undefined, YamlNode>(
    entries,
    section === 'bonds' ? bondParameters : bridgeParameters,
    undefined,
    draft,
  );
}

/** The kind with its settings, where the section or the mode of a tunnel says one. */
function readKind({ section, id, link, node }: Named, name: (id: string) => string, draft: HostDraft): void {
  const mode = section === 'tunnels' ? valueAt(node, 'mode') : undefined;
  const kind = kindOf(section, mode?.text);
  if (mode && !kind) leave(draft, mode);
  if (!kind) return;
  const before = link.type;
  const settings: Record<string, SettingValue> = { ...before?.settings, ...implied(mode?.text) };
  for (const setting of kind.settings) {
    const value = settingIn(node, setting, name, draft);
    if (value !== undefined) settings[setting.word] = value;
  }
  const below = valueAt(node, 'link');
  const lower = below && kind.lower !== 'none' ? { device: name(below.text) } : before?.lower;
  if (below && kind.lower === 'none' && kind.settings.some(({ word }) => word === 'dev'))
    settings.dev = name(below.text);
  const peers = valueAt(node, 'peers');
  const read = peers ? readPeers(peers, draft) : before?.peers;
  if (id !== '')
    link.type = { kind: kind.kind, settings, ...(lower && { lower }), ...(read && { peers: read }) };
}

function settingIn(
  node: YamlNode,
  setting: Setting,
  name: (id: string) => string,
  draft: HostDraft,
): SettingValue | undefined {
  const value = setting.netplan === undefined ? undefined : valueAt(node, setting.netplan);
  if (!value || value.text === '' || value.entries) return undefined;
  return settingOf(setting.value === 'device' ? { ...value, text: name(value.text) } : value, setting, draft);
}

/** The kind of a section, or of a tunnel with this mode. */
function kindOf(section: string, mode: string | undefined): DeviceKind | undefined {
  if (section === 'virtual-ethernets') return deviceKinds.get('veth');
  const kinds = [...deviceKinds.values()].filter(({ netplan }) => netplan === section);
  if (section !== 'tunnels') return kinds[0];
  return kinds.find(({ kind }) => kind === (mode === 'ip6ip6' || mode === 'ipip6' ? 'ip6tnl' : mode));
}

function implied(mode: string | undefined): Readonly<Record<string, SettingValue>> {
  return mode === 'ip6ip6' || mode === 'ipip6' ? { mode } : {};
}
