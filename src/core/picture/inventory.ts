// What of a network is drawn: hosts, interfaces and links with their text, and what is connected with what.
import { formatAddress } from '../datatype/address.ts';
import type { Setting } from '../device/define.ts';
import type { DeviceType, SettingValue } from '../device/device.ts';
import { kindOf } from '../device/registry.ts';
import type { Link } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Network, NetworkHost } from '../network/network.ts';
import { dhcpText } from '../topology/dhcp.ts';
import type { Host, Interface, InterfaceAddress } from '../topology/host.ts';
import { forwards } from '../topology/sysctl.ts';
import {
  type Box,
  boxKey,
  deviceKey,
  type Edge,
  hostKey,
  type Line,
  linkKey,
  type PictureNode,
} from './picture.ts';

/** All boxes, of hosts in the order of the file. A host that stands in none of the others, or in itself, stands alone. */
export function boxesOf({ hosts }: Network): readonly Box[] {
  const within = new Map(hosts.map(({ host }) => [host.name, host.within]));
  return hosts.map(({ host: { name, within: outer } }) => {
    const isThere = outer !== undefined && within.has(outer) && !chainOf(outer, within).includes(name);
    return { key: boxKey(name), name, ...(isThere && { inside: boxKey(outer) }) };
  });
}

/** A thing and those that it stands in, the innermost first; each once, should they stand in each other. */
function chainOf(inner: string, outer: ReadonlyMap<string, string | undefined>): readonly string[] {
  const found: string[] = [];
  for (let one: string | undefined = inner; one !== undefined && !found.includes(one); one = outer.get(one))
    found.push(one);
  return found;
}

/** All nodes: each host, its interfaces, then the links. */
export function nodesOf(network: Network): readonly PictureNode[] {
  const { hosts, links } = network;
  const outer = new Map(boxesOf(network).map(({ key, inside }) => [key, inside]));
  return [
    ...hosts.flatMap((one) => [hostNode(one), ...devicesOf(one.host).map(deviceNode)]),
    ...links.map((link) => linkNode(link, outer)),
  ];
}

/** All edges, both ways alike. */
export function edgesOf({ hosts, links }: Network): readonly Edge[] {
  const wires = links.flatMap(({ name, ends }) =>
    ends.map((end): Edge => ({ from: linkKey(name), to: deviceKey(end), kind: 'plain' })),
  );
  return [...hosts.flatMap(({ host }) => innerEdges(host)), ...wires];
}

/** A device of a host. */
interface Device {
  readonly host: Host;
  readonly one: Interface;
}

/** Every host has `lo`; it is drawn where somebody gave it addresses. */
function devicesOf(host: Host): readonly Device[] {
  return host.interfaces
    .filter(({ name, addresses }) => name !== 'lo' || addresses.some(({ scope }) => scope !== 'host'))
    .map((one) => ({ host, one }));
}

/** A port belongs to its master; a device that only carries others is reached by them. */
function innerEdges(host: Host): readonly Edge[] {
  const devices = devicesOf(host);
  const carried = new Set(devices.flatMap(({ one }) => lowerKey(host, one) ?? []));
  return devices.flatMap(({ one }): readonly Edge[] => {
    const own = deviceKey({ host: host.name, device: one.name });
    const lower = lowerKey(host, one);
    const isOnlyCarrier = carried.has(own) && one.addresses.length === 0;
    const above =
      one.master === undefined ? hostKey(host.name) : deviceKey({ host: host.name, device: one.master });
    return [
      ...(one.master === undefined && isOnlyCarrier
        ? []
        : [{ from: above, to: own, kind: 'plain' } as const]),
      ...(lower === undefined ? [] : [{ from: own, to: lower, kind: 'stands-on' } as const]),
    ];
  });
}

function lowerKey({ name }: Host, { type }: Interface): string | undefined {
  return type?.lower && deviceKey({ host: type.lower.host ?? name, device: type.lower.device });
}

function hostNode({ host, ruleSet }: NetworkHost): PictureNode {
  const facts = [rulesText(ruleSet), forwardingText(host)].flatMap((text) => text ?? []);
  const lines: readonly Line[] = [
    { role: 'name', text: host.name },
    ...facts.map((text): Line => ({ role: 'aside', text })),
  ];
  return {
    key: hostKey(host.name),
    kind: 'host',
    box: boxKey(host.name),
    lines,
    ...(countRules(ruleSet) > 0 && { hasRules: true }),
  };
}

function countRules({ tables }: RuleSet): number {
  return tables.flatMap(({ chains }) => chains).reduce((sum, { rules }) => sum + rules.length, 0);
}

/** `3 rules, NAT`; nothing without rules, unless a policy drops. */
function rulesText(ruleSet: RuleSet): string | undefined {
  const bases = ruleSet.tables.flatMap(({ chains }) => chains.map((chain) => ({ chain, base: chain.base })));
  const count = countRules(ruleSet);
  const words = [
    ...(count > 0 ? [count === 1 ? '1 rule' : `${count} rules`] : []),
    ...(bases.some(({ chain, base }) => base?.type === 'nat' && chain.rules.length > 0) ? ['NAT'] : []),
    ...(count === 0 && bases.some(({ base }) => base?.policy === 'drop') ? ['drops'] : []),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

/** Of a host with several ways out it is always said, of others only where it is on. */
function forwardingText(host: Host): string | undefined {
  const devices = devicesOf(host).filter(({ one }) => one.addresses.length > 0);
  const families = ([4, 6] as const).filter((family) =>
    devices.some(
      ({ one }) =>
        one.addresses.some(({ address }) => address.family === family) && forwards(host, one.name, family),
    ),
  );
  if (families.length > 0) return `forwards ${families.map((family) => `IPv${family}`).join(', ')}`;
  return devices.length > 1 ? 'does not forward' : undefined;
}

function deviceNode({ host, one }: Device): PictureNode {
  const words = [...kindWords(one.type), ...flagWords(one)];
  const lines: readonly Line[] = [
    { role: 'name', text: one.name },
    ...(words.length === 0 ? [] : [{ role: 'aside', text: words.join(', ') } as const]),
    ...one.addresses.filter(({ scope }) => scope !== 'host').map(addressLine),
    ...(one.dhcp ?? []).map((range): Line => ({ role: 'aside', text: `DHCP gives ${dhcpText(range)}` })),
  ];
  return {
    key: deviceKey({ host: host.name, device: one.name }),
    kind: 'device',
    box: boxKey(host.name),
    lines,
    ...(!one.up && { isDown: true }),
  };
}

function flagWords({ up, hairpin, isolated }: Interface): readonly string[] {
  return [...(up ? [] : ['down']), ...(hairpin ? ['hairpin'] : []), ...(isolated ? ['isolated'] : [])];
}

/** `macvlan bridge on eth0`, `vlan 10 on eth0`. */
function kindWords(type: DeviceType | undefined): readonly string[] {
  if (!type) return [];
  const { settings } = kindOf({ type });
  const [main, others] = [settings.filter(isMain), settings.filter((one) => !isMain(one))];
  const words = (some: readonly Setting[], withWord: boolean): readonly string[] =>
    some.flatMap(({ word }) => {
      const value = type.settings[word];
      return value === undefined ? [] : [settingText(withWord ? word : '', value)];
    });
  const on = type.lower
    ? [`on ${type.lower.host === undefined ? '' : `${type.lower.host} `}${type.lower.device}`]
    : [];
  return [[type.kind, ...words(main, false), ...on].join(' '), ...words(others, true)];
}

/** What a device can't be without, or is one of a few words, needs no name. */
function isMain({ needed, value }: Setting): boolean {
  return needed === true || typeof value === 'object';
}

function settingText(word: string, value: SettingValue): string {
  if (value === true) return word;
  return `${word} ${typeof value === 'object' ? formatAddress(value) : value}`.trim();
}

function addressLine(entry: InterfaceAddress): Line {
  const { address, prefixLength, peer, label } = entry;
  const words = [
    `${formatAddress(address)}/${prefixLength}`,
    ...(peer === undefined ? [] : [`peer ${formatAddress({ family: address.family, value: peer })}`]),
    ...(label === undefined ? [] : [label]),
    ...addressMarks.filter(([, mark]) => entry[mark]).map(([word]) => word),
  ];
  return { role: 'fact', text: words.join(' ') };
}

/** What is said of an address where it is so. */
const addressMarks = [
  ['secondary', 'secondary'],
  ['deprecated', 'deprecated'],
  ['temporary', 'temporary'],
  ['tentative', 'tentative'],
  ['dadfailed', 'dadFailed'],
  ['by DHCP', 'leased'],
] as const;

/** A link whose ends are all in one box is in it, too. */
function linkNode(
  { name, ends, hairpin }: Link,
  outer: ReadonlyMap<string, string | undefined>,
): PictureNode {
  const isCable = ends.length <= 2 && !hairpin;
  const aside: Line = { role: 'aside', text: hairpin ? 'reflecting switch' : 'switch' };
  const [first = [], ...others] = ends.map(({ host }) => chainOf(boxKey(host), outer));
  const box = first.find((one) => others.every((other) => other.includes(one)));
  return {
    key: linkKey(name),
    kind: isCable ? 'cable' : 'switch',
    ...(box !== undefined && { box }),
    lines: [{ role: 'name', text: name }, ...(isCable ? [] : [aside])],
  };
}
