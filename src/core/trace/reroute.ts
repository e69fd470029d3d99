// Routing of this host's own packets: the lookup, and the second one after a chain changed what it depends on.
import type { Flow, RouteDecision } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { vrfOf, vrfsWith } from '../topology/vrf.ts';
import { hopChoice, packetFlow, userOf } from './flow.ts';
import { dropByStack, type End, known, type Run } from './run.ts';

/** The first lookup. 0 as the source: the host is still to choose it. */
export function lookupOutput(run: Run, host: Host): RouteDecision {
  const { source, ...flow } = packetFlow(run.packet);
  const user = userOf(run, host);
  const asked = {
    ...flow,
    mark: run.mark,
    user,
    ...(source !== 0n && run.lookup.destination === undefined && { source }),
    ...(run.request.injection.anySource && { anySource: true }),
    ...boundTo(run, host),
    ...run.lookup,
  };
  return lookupRoute(host, asked, hopChoice(run));
}

/** Only a program that is bound to a VRF has an address of it (net/ipv4/af_inet.c: __inet_bind, inet_addr_type_table). */
function boundTo(run: Run, host: Host): Pick<Flow, 'oif'> {
  const { family, source } = run.packet;
  if (run.isAnswer || run.request.injection.anySource || run.lookup.oif !== undefined) return {};
  const [vrf, ...others] = vrfsWith(host, { family, value: source });
  if (vrf === undefined) return {};
  const bound = others.length > 0 ? run.ask('the VRF that its program is bound to', [vrf, ...others]) : vrf;
  run.assumptions.add(`the program that sends it is bound to the VRF ${bound}, whose address it has`);
  return { oif: bound };
}

/** The sender gets an error; OUTPUT is not reached. */
export function refusedOutput(run: Run, decision: RouteDecision): End | undefined {
  switch (decision.kind) {
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
    case 'no-route':
      return dropByStack(run, decision.kind, decision.why);
    case 'local':
    case 'broadcast':
    case 'multicast':
    case 'unicast':
      return undefined;
  }
}

/** A packet for the host itself leaves by `lo`, or by the VRF that has the address. */
export function deviceOf(decision: RouteDecision): string {
  if (decision.kind === 'local') return decision.vrf ?? 'lo';
  return 'device' in decision ? decision.device : '';
}

/**
 * Routes again if a `type route` chain changed what routing depends on (net/netfilter/nft_chain_route.c:
 * nf_route_table_hook4, net/ipv4/netfilter/iptable_mangle.c: ipt_mangle_out).
 */
export function rerouteAfter(run: Run, chain: () => End | undefined): End | undefined {
  const before = routingKey(run);
  const end = chain();
  return end ?? (routingKey(run) === before ? undefined : reroute(run));
}

/** The type of service counts for IPv4, the hop limit for IPv6 (net/ipv6/netfilter/ip6table_mangle.c: ip6t_mangle_out). */
function routingKey(run: Run): string {
  const { family, source, destination, dscp, ecn = 0, ttl } = run.packet;
  return `${run.mark} ${source} ${destination} ${family === 4 ? dscp * 4 + ecn : ttl}`;
}

/** A second routing decision; the source address is not chosen again (net/ipv4/netfilter.c: ip_route_me_harder). */
export function reroute(run: Run): End | undefined {
  const { host } = run.request;
  if (!host) return rerouteUnknown(run);
  const vrf = vrfOf(host, known(run.rerouted ?? run.oif))?.name;
  const flow = {
    ...packetFlow(run.packet),
    mark: run.mark,
    user: userOf(run, host),
    anySource: true,
    ...(vrf !== undefined && { vrf }),
  };
  const decision = lookupRoute(host, flow, hopChoice(run));
  const refused = refusedOutput(run, decision);
  if (refused) return refused;
  run.rerouted = deviceOf(decision);
  run.routed = decision;
  run.steps.push({
    kind: 'routing',
    decision: `out by ${run.rerouted}`,
    out: run.rerouted,
    why: decision.why,
  });
  return undefined;
}

function rerouteUnknown(run: Run): undefined {
  const why = 'what routing depends on changed, and there are no host facts';
  run.rerouted = { unknown: why };
  run.steps.push({ kind: 'routing', decision: 'not known', why });
}
