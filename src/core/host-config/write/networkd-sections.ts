// `[Address]`, `[Route]` and `[RoutingPolicyRule]` of a .network file (systemd.network(5)).
import { type AddressFamily, formatAddress } from '../../datatype/address.ts';
import type { AddressFacts, HopFacts, RouteFacts, RuleFacts } from '../../topology/facts.ts';
import { refuseAll, type Writing } from './refusal.ts';

/** A title, and the lines below it. */
export type SectionText = readonly [string, readonly string[]];

type Lines = readonly (readonly [string, string | number | boolean | undefined])[];

function section(title: string, lines: Lines): SectionText {
  return [
    title,
    lines.flatMap(([key, value]) => {
      if (value === undefined || value === false) return [];
      return [`${key}=${value === true ? 'yes' : value}`];
    }),
  ];
}

/** An address of an interface. */
export function addressSection(facts: AddressFacts): SectionText {
  const { address, prefixLength, peer, scope, label, metric } = facts;
  const length = `/${prefixLength}`;
  const other = peer === undefined ? undefined : formatAddress({ family: address.family, value: peer });
  return section('Address', [
    ['Address', `${formatAddress(address)}${length}`],
    ['Peer', other && `${other}${length}`],
    ['Scope', scope],
    ['Label', label],
    ['PreferredLifetime', facts.deprecated && '0'],
    ['RouteMetric', metric],
    ['AddPrefixRoute', facts.noPrefixRoute && 'no'],
  ]);
}

function textOf(family: AddressFamily, value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : formatAddress({ family, value });
}

/** A route of an interface. */
export function routeSection(route: RouteFacts, writing: Writing): SectionText {
  const { family, destination, prefixLength, hops = [], tos, mtuLocked } = route;
  const network = `${formatAddress({ family, value: destination })}/${prefixLength}`;
  const plain = hops.every((hop) => hop.gateway !== undefined && !hop.onlink);
  refuseAll(writing, `the route to ${network}`, { tos, 'mtu lock': mtuLocked, 'nexthop dev': !plain });
  const [head, lines] = section('Route', [
    ['Destination', network],
    ['Type', route.type],
    ['Gateway', textOf(family, route.gateway)],
    ['GatewayOnLink', route.onlink],
    ['PreferredSource', textOf(family, route.source)],
    ['Metric', route.metric],
    ['Table', route.table],
    ['MTUBytes', route.mtu],
    ['IPv6Preference', route.preference],
  ]);
  return [head, [...lines, ...hops.map((hop) => `MultiPathRoute=${hopText(family, hop)}`)]];
}

function hopText(family: AddressFamily, { gateway, device, weight }: HopFacts): string {
  const at = device === undefined ? '' : `@${device}`;
  return `${textOf(family, gateway)}${at}${weight === undefined ? '' : ` ${weight}`}`;
}

/** A rule of routing. */
export function ruleSection(rule: RuleFacts): SectionText {
  const { family, from, to, mark, sports, dports, users } = rule;
  const prefix = (side: RuleFacts['from']): string | undefined =>
    side && `${formatAddress({ family, value: side.value })}/${side.length}`;
  return section('RoutingPolicyRule', [
    ['Family', family === 6 ? 'ipv6' : 'ipv4'],
    ['InvertRule', rule.invert],
    ['From', prefix(from)],
    ['To', prefix(to)],
    ['FirewallMark', mark && `${mark.value}/${mark.mask}`],
    ['IncomingInterface', rule.iif],
    ['OutgoingInterface', rule.oif],
    ['TypeOfService', rule.tos],
    ['IPProtocol', rule.protocol],
    ['SourcePort', rangeText(sports)],
    ['DestinationPort', rangeText(dports)],
    ['User', rangeText(users)],
    ['Priority', rule.priority],
    ['Type', rule.action === 'lookup' ? undefined : rule.action],
    ['Table', rule.action === 'lookup' && !rule.l3mdev ? rule.table : undefined],
    ['L3MasterDevice', rule.l3mdev],
    ['SuppressPrefixLength', rule.suppressPrefixLength],
    ['SuppressInterfaceGroup', rule.suppressGroup],
  ]);
}

function rangeText(range: RuleFacts['sports']): string | undefined {
  return range && `${range.first}-${range.last}`;
}
