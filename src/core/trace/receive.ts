// The way of a packet that comes in by an interface: PREROUTING, the routing decision, then INPUT or FORWARD.
// net/ipv4/ip_input.c: ip_rcv, net/ipv4/route.c: ip_route_input_slow, net/ipv4/ip_forward.c: ip_forward.
import type { RouteDecision } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { isLinkLocal6 } from '../topology/prefix.ts';
import { forwards } from '../topology/sysctl.ts';
import { validateSource } from '../topology/validate.ts';
import { sendIcmpError } from './answer.ts';
import { takeFrame } from './arp.ts';
import { receiveByDevice } from './bridge.ts';
import { defragment } from './defragment.ts';
import { answerDelivered } from './delivered.ts';
import { hopChoice, packetFlow } from './flow.ts';
import { runHook } from './hooks.ts';
import { leaveHost } from './leave.ts';
import { outputMtu, pathMtu } from './path-mtu.ts';
import { hasShorterWay } from './redirect.ts';
import { dropByStack, type End, known, type Run } from './run.ts';
import { stackErrors, type UnroutedDecision, unroutedError } from './stack-error.ts';

/** Where routing sends a received packet: to this host, or onward by an interface that may not be known. */
type Destination = 'local' | { readonly out: Run['oif'] };

/** A packet from the wire. */
export function receive(run: Run): End {
  const arrived = receiveByDevice(run);
  if (arrived) return arrived;
  return takeFrame(run) ?? rejectHeader(run) ?? runHook(run, 'prerouting') ?? route(run);
}

/** A packet of this host that comes back by a device: the loopback interface, or for a copy the one that it left by. */
export function receiveLooped(run: Run, device: string): End {
  run.iif = device;
  run.oif = undefined;
  // An invalid packet carries nothing of conntrack, which looks at it anew (nf_conntrack_core.c: nf_conntrack_in).
  if (run.ct?.state === 'invalid') run.ct = undefined;
  return runHook(run, 'ingress') ?? runHook(run, 'prerouting') ?? deliver(run);
}

function rejectHeader(run: Run): End | undefined {
  const { host, injection } = run.request;
  if (injection.pkttype === 'other')
    return dropByStack(run, 'not-for-this-host', 'the frame is addressed to another station');
  const rejected = host && validateSource(host, flowOf(run));
  return rejected?.stage === 'header' ? dropByStack(run, rejected.reason, rejected.why) : undefined;
}

function flowOf(run: Run) {
  return { ...packetFlow(run.packet), iif: known(run.iif) ?? '', mark: run.mark };
}

function route(run: Run): End {
  const { host } = run.request;
  const decided = host ? routeByHost(run, host) : routeAsSaid(run);
  if (decided === 'local') return deliver(run);
  return 'out' in decided ? forward(run, decided.out) : decided;
}

/** Without host facts: what the packet's description says, else both. */
function routeAsSaid(run: Run): Destination {
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

function routeByHost(run: Run, host: Host): Destination | End {
  const flow = flowOf(run);
  const decision = lookupRoute(host, flow, hopChoice(run));
  const rejected = validateSource(host, flow);
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
  const device = known(run.iif) ?? '';
  if (forwards(host, device, run.family)) return undefined;
  return dropByStack(run, 'forwarding-off', `it is for another host, and forwarding is off on ${device}`);
}

/** Fragments of IPv4 are put together before INPUT, those of IPv6 behind it (net/ipv4/ip_input.c: ip_local_deliver). */
function deliver(run: Run): End {
  const held = run.family === 4 ? defragment(run, 'delivery') : undefined;
  const end = held ?? runHook(run, 'input');
  if (end) return end;
  if (run.packet.badChecksum && run.packet.transport.kind !== 'opaque')
    return dropByStack(run, 'bad-checksum', 'its checksum is wrong');
  const isWhole = run.family === 4 || defragment(run, 'delivery') === undefined;
  if (isWhole) answerDelivered(run);
  return { verdict: 'accept', fate: 'delivered-local' };
}

/** The hop limit counts before FORWARD, which sees the decremented one. */
function forward(run: Run, out: Run['oif']): End {
  run.oif = out;
  const { ttl } = run.packet;
  const { pkttype = 'host' } = run.request.injection;
  if (pkttype !== 'host')
    return dropByStack(run, 'not-for-this-host', 'frames to many stations are not passed on');
  return expired(run, ttl) ?? beyondLink(run) ?? tooLarge(run, pathMtu) ?? forwardDecremented(run, ttl - 1);
}

function expired(run: Run, ttl: number): End | undefined {
  if (ttl > 1) return undefined;
  const end = dropByStack(run, 'ttl-exceeded', `its time to live of ${ttl} ends here`);
  sendIcmpError(run, 'ttl-exceeded', stackErrors.expired[run.family]);
  return end;
}

/** `net/ipv6/ip6_output.c: ip6_forward`: neither :: nor a link-local source leaves its link. */
function beyondLink(run: Run): End | undefined {
  const { family, source } = run.packet;
  const isLinks = family === 6 && (source === 0n || isLinkLocal6(source));
  if (!run.request.host || !isLinks || run.oif === run.iif) return undefined;
  const end = dropByStack(run, 'martian-source', 'the source is not valid beyond its link');
  if (source !== 0n) sendIcmpError(run, 'martian-source', stackErrors.beyondScope);
  return end;
}

function forwardDecremented(run: Run, ttl: number): End {
  run.packet = { ...run.packet, ttl };
  if (hasShorterWay(run)) sendIcmpError(run, 'redirect', stackErrors.redirect);
  return (
    runHook(run, 'forward') ??
    leaveHost(run, () => tooLarge(run, outputMtu)) ?? { verdict: 'accept', fate: 'forwarded' }
  );
}

function tooLarge(run: Run, allowed: typeof pathMtu): End | undefined {
  const device = run.request.host?.interfaces.find((one) => one.name === run.oif);
  const { packet, family, pieces } = run;
  const mayFragment = family === 4 && !packet.fragment.dontFragment;
  const largest = pieces.length > 0 ? Math.max(...pieces.map((one) => one.length)) : packet.length;
  if (!device || mayFragment) return undefined;
  const mtu = allowed(run, device);
  if (largest <= mtu) return undefined;
  const why = `${largest} bytes do not fit the ${mtu} of ${mtu === device.mtu ? device.name : 'the route'}`;
  const end = dropByStack(run, 'fragmentation-needed', why);
  sendIcmpError(run, 'fragmentation-needed', stackErrors.tooLarge[family]);
  return end;
}
