// The facts about a host as the `host` block of a policy.
import { formatAddress } from '../../datatype/address.ts';
import { formatMac } from '../../packet/link-text.ts';
import type { AddressFacts, HostFacts, InterfaceFacts, RouteFacts, RuleFacts } from '../../topology/facts.ts';
import type { Listener } from '../../topology/host.ts';
import { routeWords, ruleWords } from './ip-words.ts';

/** The block with its name, as the formatter lays it out. */
export function writeHostBlock({ name, interfaces, routes = [], rules = [], ...facts }: HostFacts): string {
  const { sysctls = [], listening } = facts;
  const lines = [
    ...interfaces.map(interfaceLine),
    ...routes.map(routeLine),
    ...rules.map(ruleLine),
    ...sysctls.map((one) => `sysctl ${sysctlName(one.name)} = ${sysctlValue(one.value)}`),
    ...(listening ? listenLines(listening) : []),
  ];
  return `host ${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

function interfaceLine({ name, addresses, mtu, mac, group, master, up }: InterfaceFacts): string {
  const parts = [
    ...addresses.map(addressText),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(mac === undefined ? [] : [`mac ${formatMac(mac)}`]),
    ...(group ? [`group ${group}`] : []),
    ...(master === undefined ? [] : [`master ${quoted(master)}`]),
    ...(up === false ? ['down'] : []),
  ];
  return `interface ${quoted(name)} { ${parts.join('; ')} }`.replace('{  }', '{ }');
}

function addressText({ address, prefixLength, ...facts }: AddressFacts): string {
  const { scope, peer, label, deprecated, metric, noPrefixRoute } = facts;
  const { family } = address;
  return [
    `address ${formatAddress(address)}/${prefixLength}`,
    ...(scope ? [`scope ${scope}`] : []),
    ...(peer === undefined ? [] : [`peer ${formatAddress({ family, value: peer })}`]),
    ...(label === undefined ? [] : [`label ${quoted(label)}`]),
    ...(deprecated ? ['deprecated'] : []),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(noPrefixRoute ? ['noprefixroute'] : []),
  ].join(' ');
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
  return (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = listening.filter((one) => one.protocol === protocol).map(({ port }) => port);
    return ports.length === 0 ? [] : [`listen ${protocol} ${ports.join(', ')}`];
  });
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
