// The facts about a host as units of systemd-networkd: a .netdev file for each device that it makes, a .network file for
// each interface.
import { formatAddress } from '../../datatype/address.ts';
import type { SettingValue } from '../../device/device.ts';
import { deviceKinds } from '../../device/registry.ts';
import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts';
import { formatMac } from '../../packet/link-text.ts';
import type { HostFacts, InterfaceFacts } from '../../topology/facts.ts';
import { addressSection, routeSection, ruleSection, type SectionText } from './networkd-sections.ts';
import { kindNameOf, ownerOf, withLoopback } from './owner.ts';
import { noteSysctls, refuseIn, refuseNames, type Writing } from './refusal.ts';

/** A file of the result. */
export interface UnitText {
  readonly name: string;
  readonly text: string;
}

/** The units by the names of their files, in the order in which systemd reads them. */
export function writeNetworkd(facts: HostFacts): Outcome<readonly UnitText[]> {
  const found: Diagnostic[] = [];
  const writing: Writing = { form: 'systemd-networkd', found };
  refuseNames(writing, facts);
  noteSysctls(writing, facts);
  const units = [
    ...facts.interfaces.flatMap((link) => netdevOf(link, facts, writing)),
    ...withLoopback(facts).map((link) => networkOf(link, facts, writing)),
  ];
  return { value: hasErrors(found) ? undefined : units, diagnostics: found };
}

function unit(name: string, sections: readonly SectionText[]): UnitText {
  const full = sections.filter(([, lines]) => lines.length > 0);
  return { name, text: full.map(([title, lines]) => `[${title}]\n${lines.join('\n')}\n`).join('\n') };
}

function netdevOf(link: InterfaceFacts, facts: HostFacts, writing: Writing): readonly UnitText[] {
  const { name, type, mac, mtu } = link;
  const kind = deviceKinds.get(kindNameOf(link, facts) ?? '');
  if (!kind) return [];
  const section = kind.networkd;
  if (section === undefined || kind.kind === 'veth') {
    refuseIn(writing, `what it needs to make the ${kind.kind} \`${name}\``);
    return [];
  }
  const head = [
    `Name=${name}`,
    `Kind=${kind.kind}`,
    ...(mtu === undefined ? [] : [`MTUBytes=${mtu}`]),
    ...(mac === undefined ? [] : [`MACAddress=${formatMac(mac)}`]),
  ];
  const settings = kind.settings.flatMap(({ word, networkd }) => {
    const value = type?.settings[word];
    if (value === undefined || word === 'dev') return [];
    if (networkd === undefined) refuseIn(writing, `\`${word}\` of \`${name}\``);
    return [`${networkd}=${settingText(value)}`];
  });
  const peers = (type?.peers ?? []).map(({ endpoint, allowed }): SectionText => {
    const networks = allowed.map((one) => `${formatAddress(one)}/${one.length}`);
    const host = endpoint && formatAddress(endpoint);
    const at = endpoint && `Endpoint=${endpoint.family === 6 ? `[${host}]` : host}:${endpoint.port}`;
    return ['WireGuardPeer', [`AllowedIPs=${networks.join(', ')}`, ...(at === undefined ? [] : [at])]];
  });
  return [unit(`10-${name}.netdev`, [['NetDev', head], [section, settings], ...peers])];
}

function settingText(value: SettingValue): string {
  if (typeof value === 'object') return formatAddress(value);
  return value === true ? 'yes' : value.toString();
}

function networkOf(link: InterfaceFacts, facts: HostFacts, writing: Writing): UnitText {
  const { name, addresses } = link;
  const { routes = [], rules = [] } = facts;
  const port = [...(link.hairpin ? ['HairPin=yes'] : []), ...(link.isolated ? ['Isolated=yes'] : [])];
  return unit(`20-${name}.network`, [
    ['Match', [`Name=${name}`]],
    ['Link', linkLines(link, facts)],
    ['Network', networkLines(link, facts)],
    ['Bridge', port],
    ...addresses.map((one) => addressSection(one)),
    ...routes.filter((route) => ownerOf(route) === name).map((route) => routeSection(route, writing)),
    ...(name === 'lo' ? rules.map((rule) => ruleSection(rule)) : []),
  ]);
}

/** Devices that it makes have their size and address in their own files. */
function linkLines(link: InterfaceFacts, facts: HostFacts): readonly string[] {
  const { mtu, mac, group, up } = link;
  const isMade = kindNameOf(link, facts) !== undefined;
  return [
    ...(mtu === undefined || isMade ? [] : [`MTUBytes=${mtu}`]),
    ...(mac === undefined || isMade ? [] : [`MACAddress=${formatMac(mac)}`]),
    ...(group ? [`Group=${group}`] : []),
    ...(up === false ? ['ActivationPolicy=down'] : []),
  ];
}

function networkLines({ name, master }: InterfaceFacts, facts: HostFacts): readonly string[] {
  const { interfaces } = facts;
  const owner = interfaces.find((one) => one.name === master);
  const key = { bond: 'Bond', vrf: 'VRF' }[owner?.type?.kind ?? ''] ?? 'Bridge';
  const above = interfaces.filter(
    ({ type }) => type?.lower?.device === name || type?.settings['dev'] === name,
  );
  return [
    ...(master === undefined ? [] : [`${key}=${master}`]),
    ...above.map((one) => `${deviceKinds.get(one.type?.kind ?? '')?.networkd ?? 'Tunnel'}=${one.name}`),
    ...(name === 'lo' ? [] : ['LinkLocalAddressing=no', 'IPv6AcceptRA=no']),
  ];
}
