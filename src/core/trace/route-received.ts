// The routing decision about a received packet: this host, an interface to pass it on by, or its end.
// net/ipv4/route.c: ip_route_input_slow.
import type { RouteDecision } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { forwards } from '../topology/sysctl.ts';
import { validateSource } from '../topology/validate.ts';
import { sendIcmpError } from './answer.ts';
import { hopChoice, packetFlow } from './flow.ts';
import { dropByStack, type End, known, type Run } from './run.ts';
import { type UnroutedDecision, unroutedError } from './stack-error.ts';
import { isStrict } from './vrf.ts';

/** Where routing sends a received packet: to this host, or onward by an interface that may not be known. */
type Destination = 'local' | { readonly out: Run['oif'] };

/**
 * The interface that routing looks at. Of a VRF it is the port, but for most packets of IPv6 (net/ipv4/ip_input.c:
 * ip_rcv_finish; net/ipv6/route.c: ip6_route_input).
 */
function cameBy({ packet, vrfPort, iif }: Run): string | undefined {
  return (packet.family === 4 || isStrict(packet) ? vrfPort : undefined) ?? known(iif);
}

/** What routing asks of a received packet. */
export function receivedFlow(run: Run) {
  return { ...packetFlow(run.packet), iif: cameBy(run) ?? '', mark: run.mark };
}

/** Without host facts: what the packet's description says, else both. */
export function routeAsSaid(run: Run): Destination {
  const { local, oif } = run.request.injection;
  const why = 'as the packet was described; there are no host facts';
  if (local || oif !== undefined) {
    const decision = local ? 'to this host' : `onward by ${oif}`;
    run.steps.push({ kind: 'routing', decision, ...(oif !== undefined && { out: oif }), why });
    return local ? 'local' : { out: oif };
  }
  const answer = run.ask('the routing decision (no host facts)', ['to this host', 'onward']);
  run.steps.push({ kind: 'routing', decision: answer, why: 'supposed: there are no host facts' });
  return answer === 'to this host'
    ? 'local'
    : { out: { unknown: 'routing is not known without host facts' } };
}

/** By the tables of the host. */
export function routeByHost(run: Run, host: Host, anew: boolean): Destination | End {
  const flow = receivedFlow(run);
  const decision = lookupRoute(host, flow, hopChoice(run));
  const rejected = validateSource(host, flow, anew);
  run.routed = decision;
  if (rejected?.reason === 'martian-source') return dropByStack(run, rejected.reason, rejected.why);
  const refused = refusedReceived(run, host, decision);
  if (refused) return refused;
  if (rejected) return dropByStack(run, rejected.reason, rejected.why);
  if (decision.kind === 'unicast') return onward(run, decision);
  run.steps.push({ kind: 'routing', decision: 'to this host', why: decision.why });
  return 'local';
}

function onward(run: Run, decision: Extract<RouteDecision, { kind: 'unicast' }>): Destination {
  const { device: out, why } = decision;
  run.steps.push({ kind: 'routing', decision: `onward by ${out}`, out, why });
  return { out };
}

/** Destinations that no packet reaches. With IPv4 forwarding off they are dropped without an answer. */
function refusedReceived(run: Run, host: Host, decision: RouteDecision): End | undefined {
  switch (decision.kind) {
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
    case 'no-route':
      return (run.family === 4 ? forwardingOff(run, host) : undefined) ?? dropUnrouted(run, decision);
    case 'unicast':
      return forwardingOff(run, host);
    case 'multicast':
      return decision.joined ? undefined : dropByStack(run, 'multicast-not-joined', decision.why);
    case 'local':
    case 'broadcast':
      return undefined;
  }
}

function dropUnrouted(run: Run, decision: UnroutedDecision): End {
  const end = dropByStack(run, decision.kind, decision.why);
  const error = unroutedError(run.family, decision);
  if (error) sendIcmpError(run, decision.kind, error);
  return end;
}

function forwardingOff(run: Run, host: Host): End | undefined {
  const device = run.vrfPort ?? known(run.iif) ?? '';
  if (forwards(host, device, run.family)) return undefined;
  return dropByStack(run, 'forwarding-off', `it is for another host, and forwarding is off on ${device}`);
}

/**
 * Whether a received packet is passed on by the interface that it came in by. IPv6 finds that out without asking whether
 * packets are passed on at all (net/ipv6/route.c: ip6_route_input).
 */
export function turnsBack(run: Run, host: Host): boolean {
  const flow = receivedFlow(run);
  const decision = lookupRoute(host, flow, hopChoice(run));
  if (decision.kind !== 'unicast' || decision.device !== run.iif || validateSource(host, flow)) return false;
  return run.family === 6 || forwards(host, decision.device, 4);
}
