// The way of a packet that comes in by an interface: PREROUTING, the routing decision, then INPUT or FORWARD.
// net/ipv4/ip_input.c: ip_rcv, net/ipv4/route.c: ip_route_input_slow, net/ipv4/ip_forward.c: ip_forward.
import { isLinkLocal6, isMulticast } from '../topology/prefix.ts';
import { lacksIpv6 } from '../topology/sysctl.ts';
import { validateSource } from '../topology/validate.ts';
import { vrfOf } from '../topology/vrf.ts';
import { sendIcmpError } from './answer.ts';
import { takeFrame } from './arp.ts';
import { receiveByDevice } from './bridge.ts';
import { forgetTracking } from './connection.ts';
import { defragment } from './defragment.ts';
import { answerDelivered } from './delivered.ts';
import { runHook } from './hooks.ts';
import { leaveHost } from './leave.ts';
import { isMerged } from './merged.ts';
import { outputMtu, pathMtu } from './path-mtu.ts';
import { hasShorterWay } from './redirect.ts';
import { receivedFlow, routeAsSaid, routeByHost } from './route-received.ts';
import { dropByStack, type End, known, type Run } from './run.ts';
import { seeReceived } from './seen.ts';
import { stackErrors } from './stack-error.ts';
import { enterVrf } from './vrf.ts';

/** A packet from the wire. */
export function receive(run: Run): End {
  const arrived = receiveByDevice(run);
  if (arrived) return arrived;
  return takeFrame(run) ?? rejectHeader(run) ?? passPrerouting(run) ?? enterVrf(run) ?? route(run);
}

/** Once only, where the packet has passed it as a frame in a bridge (br_netfilter_hooks.c: ip_sabotage_in). */
function passPrerouting(run: Run): End | undefined {
  return run.ports ? undefined : runHook(run, 'prerouting');
}

/** A packet of this host that comes back by a device: the loopback interface, its VRF, or for a copy the one that it left by. */
export function receiveLooped(run: Run, device: string): End {
  run.iif = device;
  run.oif = undefined;
  if (isOwnVrf(run, device)) asOwnCopy(run);
  if (run.ct?.state === 'invalid') forgetTracking(run);
  const [{ destination }, steps] = [run.packet, run.steps.length];
  seeReceived(run);
  const end = runHook(run, 'ingress') ?? runHook(run, 'prerouting') ?? enterVrf(run);
  if (end) return end;
  // It has its route from the way out, but for what is translated here (nf_nat_proto.c: nf_nat_ipv4_pre_routing).
  const isTranslated = run.steps.slice(steps).some((step) => step.kind === 'nat' && step.translated);
  return isTranslated && run.packet.destination !== destination ? route(run, true) : deliver(run);
}

function isOwnVrf({ request: { host } }: Run, device: string): boolean {
  return host !== undefined && vrfOf(host, device)?.name === device;
}

/** Until the VRF has it, it looks like one to many (drivers/net/vrf.c: vrf_local_xmit, PACKET_LOOPBACK). */
function asOwnCopy(run: Run): void {
  run.ownCopy = true;
  run.pkttype = isMulticast(run.family, run.packet.destination) ? 'multicast' : 'broadcast';
}

function rejectHeader(run: Run): End | undefined {
  const { host, injection } = run.request;
  if (injection.pkttype === 'other')
    return dropByStack(run, 'not-for-this-host', 'the frame is addressed to another station');
  const device = known(run.iif) ?? '';
  if (host && run.family === 6 && lacksIpv6(host, device))
    return dropByStack(run, 'ipv6-off', `IPv6 is off on ${device} (\`disable_ipv6\`)`);
  const rejected = host && validateSource(host, receivedFlow(run));
  return rejected?.stage === 'header' ? dropByStack(run, rejected.reason, rejected.why) : undefined;
}

function route(run: Run, anew = false): End {
  const { host } = run.request;
  const decided = host ? routeByHost(run, host, anew) : routeAsSaid(run);
  if (decided === 'local') return deliver(run);
  return 'out' in decided ? forward(run, decided.out) : decided;
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
    leaveHost(run, () => tooLarge(run, outputMtu)) ??
    passOnByVrf(run) ?? { verdict: 'accept', fate: 'forwarded' }
  );
}

function passOnByVrf(run: Run): End | undefined {
  const device = known(run.oif);
  if (device === undefined || !isOwnVrf(run, device)) return undefined;
  run.throughVrf = device;
  const end = run.transmit(run);
  return end.fate === 'sent' ? { ...end, fate: 'forwarded' } : end;
}

function tooLarge(run: Run, allowed: typeof pathMtu): End | undefined {
  const device = run.request.host?.interfaces.find((one) => one.name === run.oif);
  const { packet, family, pieces } = run;
  const mayFragment = family === 4 && !packet.fragment.dontFragment;
  const largest = pieces.length > 0 ? Math.max(...pieces.map((one) => one.length)) : packet.length;
  if (!device || mayFragment || isMerged(run)) return undefined;
  const mtu = allowed(run, device);
  if (largest <= mtu) return undefined;
  const why = `${largest} bytes do not fit the ${mtu} of ${mtu === device.mtu ? device.name : 'the route'}`;
  const end = dropByStack(run, 'fragmentation-needed', why);
  sendIcmpError(run, 'fragmentation-needed', stackErrors.tooLarge[family]);
  return end;
}
