// The facts about a host as a file of netplan.
import { stringify } from 'yaml';
import { type AddressFamily, formatAddress } from '../../datatype/address.ts';
import { deviceKinds } from '../../device/registry.ts';
import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts';
import { formatMac } from '../../packet/link-text.ts';
import type { AddressFacts, HostFacts, InterfaceFacts, RouteFacts, RuleFacts } from '../../topology/facts.ts';
import { netplanType } from './netplan-device.ts';
import { kindNameOf, ownerOf, withLoopback } from './owner.ts';
import { noteSysctls, refuseAll, refuseNames, type Writing } from './refusal.ts';

/** One file for /etc/netplan. */
export function writeNetplan(facts: HostFacts): Outcome<string> {
  const found: Diagnostic[] = [];
  const writing: Writing = { form: 'netplan', found };
  refuseNames(writing, facts);
  noteSysctls(writing, facts);
  const sections: Record<string, Record<string, object>> = {};
  for (const link of withLoopback(facts)) {
    const section = sectionOf(link, facts);
    sections[section] = { ...sections[section], [link.name]: device(link, facts, writing) };
  }
  const document = { network: { version: 2, renderer: 'networkd', ...sections } };
  // netplan reads YAML 1.1, where `off` and `02:00:00` are no texts.
  const text = stringify(document, { version: '1.1', lineWidth: 0 });
  return { value: hasErrors(found) ? undefined : text, diagnostics: found };
}

function sectionOf(link: InterfaceFacts, facts: HostFacts): string {
  return deviceKinds.get(kindNameOf(link, facts) ?? '')?.netplan ?? 'ethernets';
}

function device(link: InterfaceFacts, facts: HostFacts, writing: Writing): object {
  const { name, addresses, mtu, mac, group, hairpin, isolated, up } = link;
  const { routes = [], rules = [] } = facts;
  const whose = `\`${name}\``;
  refuseAll(writing, whose, { group, hairpin, isolated });
  const kind = kindNameOf(link, facts);
  const ports = facts.interfaces.filter(({ master }) => master === name).map((port) => port.name);
  const own = routes.filter((route) => ownerOf(route) === name);
  return compact({
    ...(kind === undefined ? {} : netplanType(kind, link, writing)),
    interfaces: listOf(ports),
    addresses: listOf(addresses.map((one) => addressValue(one, whose, writing))),
    mtu,
    macaddress: mac === undefined ? undefined : formatMac(mac),
    'activation-mode': up === false ? 'off' : undefined,
    routes: listOf(own.map((route) => routeValue(route, writing))),
    'routing-policy': name === 'lo' ? listOf(rules.map((rule) => ruleValue(rule, writing))) : undefined,
  });
}

function listOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function compact(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function addressValue(facts: AddressFacts, whose: string, writing: Writing): unknown {
  const { address, prefixLength, label, deprecated, peer, scope, metric, noPrefixRoute } = facts;
  const text = `${formatAddress(address)}/${prefixLength}`;
  refuseAll(writing, `the address ${text} of ${whose}`, {
    peer,
    scope,
    metric,
    noprefixroute: noPrefixRoute,
  });
  const more = compact({ label, lifetime: deprecated ? 0 : undefined });
  return Object.keys(more).length === 0 ? text : { [text]: more };
}

function routeValue(route: RouteFacts, writing: Writing): object {
  const { family, destination, prefixLength, gateway, source, hops, tos, mtuLocked, preference } = route;
  const to = `${formatAddress({ family, value: destination })}/${prefixLength}`;
  refuseAll(writing, `the route to ${to}`, { nexthop: hops, tos, 'mtu lock': mtuLocked, pref: preference });
  return compact({
    to,
    type: route.type,
    via: textOf(family, gateway),
    'on-link': route.onlink,
    from: textOf(family, source),
    metric: route.metric,
    table: route.table,
    mtu: route.mtu,
  });
}

/** A rule of IPv6 without addresses shows its family by one that all have. */
function ruleValue(rule: RuleFacts, writing: Writing): object {
  const { family, action, table, priority, mark, tos, from, to } = rule;
  const wide = mark && mark.mask !== 0xffffffff;
  refuseAll(writing, `the rule ${priority ?? ''}`.trim(), {
    [action]: action !== 'lookup',
    not: rule.invert,
    iif: rule.iif,
    oif: rule.oif,
    ipproto: rule.protocol,
    sport: rule.sports,
    dport: rule.dports,
    uidrange: rule.users,
    suppress_prefixlength: rule.suppressPrefixLength,
    suppress_ifgroup: rule.suppressGroup,
    l3mdev: rule.l3mdev,
    'the mask of fwmark': wide ?? false,
  });
  const prefix = (side: RuleFacts['from']): string | undefined =>
    side && `${formatAddress({ family, value: side.value })}/${side.length}`;
  const bare = !from && !to && family === 6 ? '::/0' : undefined;
  return compact({
    from: prefix(from) ?? bare,
    to: prefix(to),
    table,
    priority,
    mark: mark?.value,
    'type-of-service': tos,
  });
}

function textOf(family: AddressFamily, value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : formatAddress({ family, value });
}
