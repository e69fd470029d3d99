// The facts about a host as the `host` block of a policy.
import { formatAddress, formatIpv4 } from '../../datatype/address.ts';
import { formatEndpoint } from '../../datatype/endpoint.ts';
import type { DeviceType, SettingValue, TunnelPeer } from '../../device/device.ts';
import { formatMac } from '../../packet/link-text.ts';
import { formatPolicy } from '../../syntax/format.ts';
import type { AddressFacts, HostFacts, InterfaceFacts, RouteFacts, RuleFacts } from '../../topology/facts.ts';
import type { Listener } from '../../topology/host.ts';
import { routeWords, ruleWords } from './ip-words.ts';

/** The block with its name, as the formatter lays it out. */
export function writeHostBlock(facts: HostFacts): string {
  const text = blockText(facts);
  return formatPolicy({ name: 'host', text }).value ?? text;
}

function blockText({ name, interfaces, routes = [], rules = [], ...facts }: HostFacts): string {
  const { sysctls = [], listening, within } = facts;
  const lines = [
    ...(within === undefined ? [] : [`within ${within}`]),
    ...interfaces.map(interfaceLine),
    ...routes.map(routeLine),
    ...rules.map(ruleLine),
    ...sysctls.map((one) => `sysctl ${sysctlName(one.name)} = ${sysctlValue(one.value)}`),
    ...(listening ? listenLines(listening) : []),
  ];
  return `host ${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

function interfaceLine({ name, addresses, mtu, mac, group, master, up, ...facts }: InterfaceFacts): string {
  const { type, hairpin, isolated, dhcp = [] } = facts;
  const parts = [
    ...(type ? [`type ${typeWords(type)}`] : []),
    ...(type?.peers ?? []).map(peerLine),
    ...addresses.map(addressText),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(mac === undefined ? [] : [`mac ${formatMac(mac)}`]),
    ...(group ? [`group ${group}`] : []),
    ...(master === undefined ? [] : [`master ${quoted(master)}`]),
    ...(hairpin ? ['hairpin'] : []),
    ...(isolated ? ['isolated'] : []),
    ...dhcp.map(({ first, last }) => `dhcp ${formatIpv4(first)}-${formatIpv4(last)}`),
    ...(up === false ? ['down'] : []),
  ];
  return `interface ${quoted(name)} { ${parts.join('; ')} }`.replace('{  }', '{ }');
}

/** `macvlan mode bridge link "eth0"`. */
function typeWords({ kind, lower, settings }: DeviceType): string {
  return [
    kind,
    ...Object.entries(settings).flatMap(([word, value]) =>
      value === true ? [word] : [word, settingText(value)],
    ),
    ...(lower ? ['link', ...(lower.host === undefined ? [] : [lower.host]), quoted(lower.device)] : []),
  ].join(' ');
}

/** A bare word is a name, and all others are quoted. */
function settingText(value: SettingValue): string {
  if (typeof value === 'object') return formatAddress(value);
  return typeof value === 'string' && !/^[a-z_][\w-]*$/i.test(value) ? quoted(value) : value.toString();
}

function peerLine({ endpoint, allowed }: TunnelPeer): string {
  const networks = allowed.map(
    ({ family, value, length }) => `${formatAddress({ family, value })}/${length}`,
  );
  const at = endpoint ? `endpoint ${endpointText(endpoint)} ` : '';
  return `peer ${at}allowed-ips ${networks.join(', ')}`;
}

function endpointText({ family, value, port }: NonNullable<TunnelPeer['endpoint']>): string {
  return formatEndpoint(family, { lo: value, hi: value }, { lo: BigInt(port), hi: BigInt(port) });
}

function addressText({ address, prefixLength, ...facts }: AddressFacts): string {
  const { scope, peer, label, metric } = facts;
  const { family } = address;
  return [
    `address ${formatAddress(address)}/${prefixLength}`,
    ...(scope ? [`scope ${scope}`] : []),
    ...(peer === undefined ? [] : [`peer ${formatAddress({ family, value: peer })}`]),
    ...(label === undefined ? [] : [`label ${quoted(label)}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...markWords(facts),
    ...(facts.leased ? ['dhcp'] : []),
  ].join(' ');
}

function markWords(facts: Omit<AddressFacts, 'address' | 'prefixLength'>): readonly string[] {
  const { validLifetime: valid, preferredLifetime: preferred } = facts;
  return [
    ...(facts.noPrefixRoute ? ['noprefixroute'] : []),
    ...(facts.deprecated && preferred === undefined ? ['deprecated'] : []),
    ...(facts.temporary ? ['temporary'] : []),
    ...(facts.home ? ['home'] : []),
    ...(facts.tentative
      ? [facts.dadFailed ? 'dadfailed' : facts.optimistic ? 'optimistic' : 'tentative']
      : []),
    ...(facts.managesTemporary ? ['mngtmpaddr'] : []),
    ...(valid === undefined ? [] : [`valid_lft ${valid}`]),
    ...(preferred === undefined ? [] : [`preferred_lft ${preferred}`]),
  ];
}

/** The family is said where no address shows it. */
function routeLine(route: RouteFacts): string {
  const { family, prefixLength, gateway, source, hops = [] } = route;
  const shows = prefixLength > 0 || gateway !== undefined || source !== undefined;
  const isShown = shows || hops.some((hop) => hop.gateway !== undefined) || family === 4;
  return `route ${isShown ? '' : 'ip6 '}${routeWords(route, quoted)}`;
}

function ruleLine(rule: RuleFacts): string {
  const isShown = rule.family === 4 || rule.from || rule.to;
  return `rule ${isShown ? '' : 'ip6 '}${ruleWords(rule, quoted)}`;
}

function listenLines(listening: readonly Listener[]): readonly string[] {
  if (listening.length === 0) return ['listen none'];
  const devices = [...new Set(listening.map(({ device }) => device))];
  return devices.flatMap((device) =>
    (['tcp', 'udp'] as const).flatMap((protocol) => {
      const those = listening.filter((one) => one.protocol === protocol && one.device === device);
      const ports = those.map(({ port }) => port).join(', ');
      return ports === '' ? [] : [`listen ${protocol} ${ports}${device ? ` dev ${quoted(device)}` : ''}`];
    }),
  );
}

/** Interfaces in names of sysctls may have any character. */
function sysctlName(name: string): string {
  return /^[a-z_][\w.-]*$/i.test(name) ? name : quoted(name);
}

function sysctlValue(value: string): string {
  return /^-?\d+$/.test(value) ? value : quoted(value);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
