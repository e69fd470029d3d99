// From all that the files said to the host: what a listing has beside what the kernel makes by itself.
import { deviceKinds } from '../device/registry.ts';
import type { Help } from '../diagnostic/meant.ts';
import { reachesGateway } from '../topology/declared-routes.ts';
import type { HostFacts, InterfaceFacts, RouteFacts, RuleFacts } from '../topology/facts.ts';
import type { Host, Route } from '../topology/host.ts';
import { table } from '../topology/inventory.ts';
import { initialRules, makeHost, vrfRules } from '../topology/make-host.ts';
import { networkAddress } from '../topology/prefix.ts';
import { formatRoute, tableName } from '../topology/tables.ts';
import { isVrf } from '../topology/vrf.ts';
import { deviceType } from './device.ts';
import { complain, type HostDraft, type InterfaceDraft } from './draft.ts';

/** The host; problems that the kernel would have with it are added to the draft. */
export function finishDraft(draft: HostDraft, name: string): Host | undefined {
  const { routes, rules, sysctls } = draft;
  const interfaces = [...draft.interfaces.values()].map((link) => withWholeType(link, draft));
  const bare: HostFacts = { name, interfaces, rules: [...rules, ...ownRules(draft)], sysctls };
  const { value: host, diagnostics } = makeHost(bare);
  if (!host) draft.found.push(...diagnostics);
  if (!host) return undefined;
  const listed = ownRoutes(draft, host).map((route) => asListed(host, route));
  const whole = makeHost({ ...bare, routes: linksFirst(distinct([...routes, ...listed])) });
  draft.found.push(...whole.diagnostics);
  return whole.value;
}

/** A device of which something is missing that it needs is a card. */
function withWholeType(link: InterfaceDraft, draft: HostDraft): InterfaceFacts {
  const { type, ...rest } = link;
  const kind = type && deviceKinds.get(type.kind);
  if (!type || !kind || !link.span) return link;
  const whole = deviceType(kind, type, draft, { text: link.name, span: link.span });
  return whole ? { ...rest, type: whole } : rest;
}

/** What is listed is there, though what made its next hop reachable may be gone. */
function asListed(host: Host, route: RouteFacts): RouteFacts {
  return route.device === undefined || reachesGateway(host, route) ? route : { ...route, onlink: true };
}

/** A route that several files say is one. */
function distinct(routes: readonly RouteFacts[]): readonly RouteFacts[] {
  const seen = new Map(routes.toReversed().map((route) => [wholeIdentity(route), route]));
  return routes.filter((route) => seen.get(wholeIdentity(route)) === route);
}

function wholeIdentity(route: RouteFacts): string {
  return `${identity(completed(route))} ${route.gateway} ${route.tos ?? 0}`;
}

/** Networks on links come before what is reached through them. */
function linksFirst(routes: readonly RouteFacts[]): readonly RouteFacts[] {
  return [...routes.filter((route) => !isBehind(route)), ...routes.filter(isBehind)];
}

function isBehind({ gateway, hops }: RouteFacts): boolean {
  return gateway !== undefined || hops !== undefined;
}

/** Those of a listing that the kernel does not make by itself. */
function ownRoutes(draft: HostDraft, host: Host): readonly RouteFacts[] {
  const { listedRoutes } = draft;
  const made = new Map(host.routes.map((route) => [identity(route), route]));
  reportMissing(draft, host.routes);
  return listedRoutes.filter((facts) => {
    const twin = made.get(identity(completed(facts)));
    if (twin && twin.family === 4 && facts.source !== twin.source && facts.span)
      complain(draft, 'HK8004', `the source of \`${formatRoute(twin)}\` is left out`, facts.span);
    return !twin;
  });
}

/** A listing of the main table shows whether something took a route away that the kernel made. */
function reportMissing(draft: HostDraft, made: readonly Route[]): void {
  const { listedRoutes } = draft;
  const listed = new Set(listedRoutes.map((facts) => identity(completed(facts))));
  for (const route of made) {
    const seen = listedRoutes.find(
      ({ family, table: number }) => family === route.family && (number ?? 254) === 254,
    );
    if (!seen?.span || route.table !== table.main || listed.has(identity(route))) continue;
    const message = `\`${formatRoute(route)}\` is not listed, and an address makes it`;
    const help: Help = 'a host has the routes of its addresses; say `noprefixroute` behind the address';
    complain(draft, 'HK8004', message, seen.span, help);
  }
}

type Identified = Pick<
  Route,
  'family' | 'type' | 'destination' | 'prefixLength' | 'table' | 'metric' | 'device'
>;

/** What tells routes apart, with what `ip route add` would choose. */
function completed(facts: RouteFacts): Identified {
  const { family, type = 'unicast', destination, prefixLength, device } = facts;
  const isLocal = type === 'local' || type === 'broadcast' || type === 'anycast';
  return {
    family,
    type,
    destination: networkAddress(family, destination, prefixLength),
    prefixLength,
    table: facts.table ?? (isLocal ? table.local : table.main),
    metric: facts.metric ?? (family === 4 ? 0 : 1024),
    ...(device !== undefined && { device }),
  };
}

function identity({
  family,
  type,
  destination,
  prefixLength,
  table: number,
  metric,
  device,
}: Identified): string {
  return [family, type, destination, prefixLength, number, metric, device].join(' ');
}

/** Those of a listing beside the ones that every host begins with; of these, one that is gone is reported. */
function ownRules(draft: HostDraft): readonly RuleFacts[] {
  const { listedRules } = draft;
  const hasVrf = [...draft.interfaces.values()].some(isVrf);
  for (const initial of [...initialRules, ...(hasVrf ? vrfRules : [])]) {
    const seen = listedRules.find(({ family }) => family === initial.family);
    if (seen?.span && !listedRules.some((rule) => isSameRule(rule, initial)))
      complain(
        draft,
        'HK8004',
        `the rule \`${initial.priority}: from all ${initial.l3mdev ? 'l3mdev' : `lookup ${tableName(initial.table)}`}\` is not listed`,
        seen.span,
        'hosts have the rules that the kernel begins with',
      );
  }
  const made = [...initialRules, ...vrfRules];
  return listedRules.filter((rule) => !made.some((initial) => isSameRule(rule, initial)));
}

function isSameRule({ span: _span, ...rule }: RuleFacts, initial: RuleFacts): boolean {
  return (
    Object.keys(rule).length === Object.keys(initial).length &&
    rule.family === initial.family &&
    rule.priority === initial.priority &&
    rule.action === initial.action &&
    rule.table === initial.table &&
    rule.l3mdev === initial.l3mdev
  );
}
