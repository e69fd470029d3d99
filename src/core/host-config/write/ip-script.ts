// The facts about a host as a script of `ip` and `sysctl`, for a machine or namespace without any of it.
import type { DeviceType } from '../../device/device.ts';
import { linesWithPorts, makingLine, portLines } from '../../device/ip-link.ts';
import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts';
import { formatMac } from '../../packet/link-text.ts';
import type { HostFacts, InterfaceFacts } from '../../topology/facts.ts';
import { addressWords, routeWords, ruleWords } from './ip-words.ts';
import { refuseIn, refuseNames, type Writing } from './refusal.ts';

/** Lines for `sh -e`: devices, ports, sysctls, addresses, links up, routes, rules. Cards must be there. */
export function writeIpScript(facts: HostFacts): Outcome<string> {
  const found: Diagnostic[] = [];
  const writing: Writing = { form: 'a script of `ip`', found };
  refuseNames(writing, facts);
  const lines = [...deviceLines(facts, writing), ...linkLines(facts), ...routingLines(facts)];
  const text = `#!/bin/sh\nset -e\n${lines.map((line) => `${line}\n`).join('')}`;
  return { value: hasErrors(found) ? undefined : text, diagnostics: found };
}

/** A device comes after the one that it stands on. */
function deviceLines({ interfaces }: HostFacts, writing: Writing): readonly string[] {
  for (const { name, type } of interfaces)
    if (type && (type.peers || type.kind === 'team'))
      refuseIn(writing, `the settings of the ${type.kind} \`${name}\`: another program makes them`);
  const isOnBridge = (name: string): boolean => interfaces.some(({ master }) => master === name);
  const typed = interfaces.map((one) => (one.type || !isOnBridge(one.name) ? one : { ...one, type: bridge }));
  const inOrder = [...typed.filter(({ type }) => !type?.lower), ...typed.filter(({ type }) => type?.lower)];
  return [
    ...inOrder.flatMap((one) => makingLine(one) ?? []),
    ...typed.flatMap(portLines),
    ...typed.flatMap(linesWithPorts),
  ].map((line) => `ip ${line}`);
}

/** What others name as their master without its being said. */
const bridge: DeviceType = { kind: 'bridge', settings: {} };

function linkLines({ interfaces, sysctls = [] }: HostFacts): readonly string[] {
  const hasLoopback = interfaces.some(({ name }) => name === 'lo');
  return [
    ...interfaces.flatMap(settingLines),
    ...sysctls.map(({ name, value }) => `sysctl -qw ${quoted(`${name}=${value}`)}`),
    ...(hasLoopback ? [] : ['ip link set lo up']),
    ...interfaces.flatMap(({ name, addresses, up }) => [
      // Routes to peers only come with addresses of a link that is up.
      ...(up === false ? [] : [`ip link set ${name} up`]),
      ...addresses.map((one) => `ip address add ${addressWords(one)} dev ${name}`),
    ]),
  ];
}

function settingLines({ name, mtu, mac, group }: InterfaceFacts): readonly string[] {
  const words = [
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(mac === undefined || name === 'lo' ? [] : [`address ${formatMac(mac)}`]),
    ...(group ? [`group ${group}`] : []),
  ];
  return words.length === 0 ? [] : [`ip link set ${name} ${words.join(' ')}`];
}

function routingLines({ routes = [], rules = [] }: HostFacts): readonly string[] {
  return [
    ...routes.map((route) => `ip -${route.family} route append ${routeWords(route, asIs)}`),
    ...rules.map((rule) => `ip -${rule.family} rule add ${ruleWords(rule, asIs)}`),
  ];
}

function asIs(name: string): string {
  return name;
}

function quoted(text: string): string {
  return /^[\w./=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
