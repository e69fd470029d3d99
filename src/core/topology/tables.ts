// Policy rules and routing tables: which route, or which refusing rule, answers a flow.
import type { Flow } from './decision.ts';
import type { Host, NextHop, Route, RoutingRule } from './host.ts';
import { interfaceNamed, interfaceWith, table } from './inventory.ts';
import { formatPrefix, isLinkLocal6, isMulticast6 } from './prefix.ts';
import { routesTo } from './route-index.ts';
import { isLegacyTos, ruleMatches } from './rule-match.ts';
import { type Domain, domainOf, tableFor } from './vrf.ts';

/** What the tables say: a route, or a rule that refuses. */
export type TableAnswer =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'rule'; readonly rule: RoutingRule };

/** Follows the rules by priority until one answers (`net/core/fib_rules.c: fib_rules_lookup`). */
export function searchTables(host: Host, flow: Flow): TableAnswer | undefined {
  if (flow.family === 4 && !hasCustomRules(host)) return searchDefaultTables(host, flow);
  const domain = domainOf(host, flow);
  const { oif: _oif, preferredOif: _preferred, ...rest } = flow;
  const asked: Flow = { ...rest, ...boundBy(domain) };
  for (const rule of rulesOf(host, flow)) {
    if (ruleMatches(host, rule, flow, domain) === (rule.invert ?? false)) continue;
    if (rule.action !== 'lookup') return { kind: 'rule', rule };
    const route = bestRoute(host, asked, [tableFor(host, rule, domain) ?? rule.table]);
    if (!route || route.type === 'throw') continue;
    if (isRefusing(route) || !isSuppressed(host, rule, route)) return { kind: 'route', route };
  }
  return undefined;
}

function boundBy({ oif, preferredOif }: Domain): Pick<Flow, 'oif' | 'preferredOif'> {
  return { ...(oif !== undefined && { oif }), ...(preferredOif !== undefined && { preferredOif }) };
}

/** `net/ipv4/fib_rules.c: fib4_rule_suppress`, which is not asked about an error. */
function isSuppressed(host: Host, rule: RoutingRule, { prefixLength, device }: Route): boolean {
  if (prefixLength <= (rule.suppressPrefixLength ?? -1)) return true;
  return device !== undefined && (interfaceNamed(host, device)?.group ?? 0) === rule.suppressGroup;
}

/**
 * Without rules of the user's, the tables local and main are one trie, so that a longer prefix in main wins over
 * local (`include/net/ip_fib.h: fib_lookup`, `net/ipv4/fib_trie.c: fib_trie_unmerge`).
 */
function searchDefaultTables(host: Host, flow: Flow): TableAnswer | undefined {
  for (const tables of [[table.local, table.main], [table.default]]) {
    const route = bestRoute(host, flow, tables);
    if (route && route.type !== 'throw') return { kind: 'route', route };
  }
  return undefined;
}

/** The interface that an IPv4 address of this host belongs to (`net/ipv4/devinet.c: __ip_dev_find`). */
export function localDevice(host: Host, address: bigint): string | undefined {
  const owner = interfaceWith(host, 4, address);
  if (owner) return owner.name;
  const tables = hasCustomRules(host) ? [table.local] : [table.local, table.main];
  const route = bestRoute(host, { family: 4, destination: address }, tables);
  return route?.type === 'local' ? route.device : undefined;
}

/** Whether anybody changed the three rules that IPv4 begins with. */
export function hasCustomRules({ rules }: Host): boolean {
  const before = customRules.get(rules);
  if (before !== undefined) return before;
  const own = rules.filter((rule) => rule.family === 4);
  const isCustom = own.length !== 3 || !own.every(isDefaultRule);
  customRules.set(rules, isCustom);
  return isCustom;
}

/** Answers so far; every lookup asks. */
const customRules = new WeakMap<readonly RoutingRule[], boolean>();

function isDefaultRule(rule: RoutingRule): boolean {
  const { family: _family, priority, action, table: looked, ...conditions } = rule;
  const expected = new Map<number, number>([
    [0, table.local],
    [32766, table.main],
    [32767, table.default],
  ]);
  return action === 'lookup' && expected.get(priority) === looked && Object.keys(conditions).length === 0;
}

function rulesOf(host: Host, flow: Flow): readonly RoutingRule[] {
  return host.rules.filter((rule) => rule.family === flow.family).toSorted((a, b) => a.priority - b.priority);
}

/**
 * The longest prefix, then the lowest metric (`net/ipv4/fib_trie.c: fib_table_lookup`, `net/ipv6/route.c:
 * fib6_table_lookup`). Of equal IPv6 routes the preferred one is taken, then the one over the packet's own interface,
 * else the oldest.
 */
export function bestRoute(host: Host, flow: Flow, tables: readonly number[]): Route | undefined {
  const fitting = routesTo(host, flow.family, flow.destination).filter(
    (route) => tables.includes(route.table) && (!route.tos || isLegacyTos(route.tos, flow)),
  );
  const candidates = fitting
    .map((route) => usableHops(host, route, flow))
    .filter((route) => isUsable(host, route, flow));
  return candidates.toSorted(
    (a, b) =>
      b.prefixLength - a.prefixLength ||
      preference(a, flow) - preference(b, flow) ||
      b.table - a.table ||
      (b.tos ?? 0) - (a.tos ?? 0) ||
      a.metric - b.metric ||
      nearness(a, b, flow),
  )[0];
}

/** Among the routes to one prefix, whatever their metric (`net/ipv6/route.c: rt6_device_match`). */
function preference({ device }: Route, { preferredOif }: Flow): number {
  return preferredOif !== undefined && device === preferredOif ? 0 : 1;
}

const rank = { low: 1, medium: 2, high: 3 } as const;

/** `net/ipv6/route.c: rt6_score_route`. */
function nearness(a: Route, b: Route, flow: Flow): number {
  const near = (route: Route): number => (flow.family === 6 && route.device === flow.iif ? 0 : 1);
  return rank[b.preference ?? 'medium'] - rank[a.preference ?? 'medium'] || near(a) - near(b);
}

/** The route with those of its next hops that may answer. */
function usableHops(host: Host, route: Route, flow: Flow): Route {
  const hops = (route.hops ?? []).filter((hop) => isUsable(host, withHop(route, hop), flow));
  const hop = hops.find(({ device }) => device === flow.preferredOif) ?? hops[0];
  return hop ? withHop({ ...route, hops }, hop) : route;
}

/** The route by one of its next hops. */
export function withHop(route: Route, { gateway, device }: NextHop): Route {
  const { gateway: _gateway, ...rest } = route;
  return { ...rest, device, ...(gateway !== undefined && { gateway }) };
}

/** Whether packets may go by the interface (`net/ipv4/fib_frontend.c: fib_info_nh_uses_dev`). */
export function usesDevice({ device, hops }: Route, name: string): boolean {
  return hops ? hops.some((hop) => hop.device === name) : device === name;
}

/** Whether a route may answer: its link is up, and it is the one that the flow is bound to. */
function isUsable(host: Host, route: Route, flow: Flow): boolean {
  if (route.family === 4 && route.device === undefined) return true;
  const device = route.device ?? 'lo';
  const bound = boundTo(flow);
  if (bound !== undefined && bound !== device) return false;
  return route.type === 'local' || (interfaceNamed(host, device)?.up ?? false);
}

/** Link-local addresses and groups of IPv6 stay on their link, ::1 on `lo` (`net/ipv6/route.c: rt6_need_strict`). */
function boundTo(flow: Flow): string | undefined {
  if (flow.oif !== undefined) return flow.oif;
  const { family, destination } = flow;
  const strict =
    family === 6 && (destination === 1n || isLinkLocal6(destination) || isMulticast6(destination));
  return strict ? flow.iif : undefined;
}

/** Whether finding this route is an error (`net/ipv4/fib_semantics.c: fib_props`; throw only ends its table). */
export function isRefusing({ type }: Pick<Route, 'type'>): boolean {
  return type === 'unreachable' || type === 'prohibit' || type === 'blackhole';
}

/** A route as `ip route` prints it, for people. */
export function formatRoute(route: Route): string {
  const { family, type } = route;
  const words = [type === 'unicast' ? '' : type, formatPrefix(family, route.destination, route.prefixLength)];
  if (route.gateway !== undefined)
    words.push('via', formatPrefix(family, route.gateway, family === 4 ? 32 : 128));
  if (route.device !== undefined) words.push('dev', route.device);
  if (route.tos) words.push('tos', `0x${route.tos.toString(16)}`);
  if (route.metric !== 0) words.push('metric', route.metric.toString());
  return words.filter(Boolean).join(' ');
}

/** The name of a table, or its number. */
export function tableName(number: number): string {
  return Object.entries(table).find(([, value]) => value === number)?.[0] ?? number.toString();
}
