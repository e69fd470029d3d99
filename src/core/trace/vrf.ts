// Ports of VRFs: what comes in by one passes PREROUTING again as come in by the VRF, and what the host sends by one passes
// OUTPUT and POSTROUTING before as leaving by the VRF. drivers/net/vrf.c: vrf_l3_rcv, vrf_l3_out.
import { icmpOf } from '../conntrack/icmp.ts';
import type { Packet } from '../packet/packet.ts';
import { isLinkLocal6, isMulticast, limitedBroadcast } from '../topology/prefix.ts';
import { vrfAbove, vrfOf } from '../topology/vrf.ts';
import { forgetTracking } from './connection.ts';
import { runHook } from './hooks.ts';
import { type End, known, type Run } from './run.ts';
import { seeReceived, seeSent } from './seen.ts';

/**
 * Gives what has passed PREROUTING to the VRF of its interface, which is its interface from there on (net/ipv4/ip_input.c:
 * ip_rcv_finish). Connections are not looked up again; of what is translated already, nothing changes.
 */
export function enterVrf(run: Run): End | undefined {
  const { host } = run.request;
  const device = known(run.iif);
  const vrf = host && vrfOf(host, device);
  if (!vrf || device === undefined) return undefined;
  if (vrf.name !== device) {
    run.vrfPort = device;
    run.steps.push({ kind: 'stack', why: `${device} is a port of the VRF ${vrf.name}` });
  }
  run.iif = vrf.name;
  if (isPassedSilently(run)) return undefined;
  const isDiscovery = isNeighbourDiscovery(run.packet);
  if (!isDiscovery) seeReceived(run);
  if (run.ct?.state === 'invalid') forgetTracking(run);
  const end = runHook(run, 'prerouting');
  if (isDiscovery) run.iif = device;
  return end;
}

/** Groups, addresses of a link and what the host sent itself pass no hook for the VRF (vrf_ip_rcv, vrf_ip6_rcv). */
function isPassedSilently(run: Run): boolean {
  const { packet } = run;
  if (packet.family === 4 && isMulticast(4, packet.destination)) return true;
  if (run.ownCopy) {
    run.ownCopy = undefined;
    run.pkttype = 'host';
    return true;
  }
  return packet.family === 6 && isStrict(packet) && !isNeighbourDiscovery(packet);
}

/** net/ipv6/route.c: rt6_need_strict. */
export function isStrict({ family, destination }: Pick<Packet, 'family' | 'destination'>): boolean {
  return family === 6 && (isMulticast(6, destination) || isLinkLocal6(destination) || destination === 1n);
}

/** Routers and neighbours that look for each other keep the port as their interface (ipv6_ndisc_frame). */
function isNeighbourDiscovery(packet: Packet): boolean {
  const type = packet.family === 6 ? icmpOf(packet)?.type : undefined;
  return type !== undefined && type >= 133 && type <= 137;
}

/**
 * OUTPUT and POSTROUTING for the VRF of the port that a packet of the host leaves by. Connections are left to the port
 * (vrf_ip_out, vrf_nf_set_untracked, vrf_nf_reset_ct).
 */
export function passVrf(run: Run): End | undefined {
  const { host } = run.request;
  const port = known(run.oif);
  const vrf = host && vrfAbove(host, port);
  if (!vrf || isKeptOut(run.packet)) return undefined;
  run.steps.push({ kind: 'stack', why: `${port} is a port of the VRF ${vrf.name}` });
  run.ct ??= { state: 'untracked', direction: 'original', entry: undefined };
  run.oif = vrf.name;
  const end = runHook(run, 'output') ?? runHook(run, 'postrouting');
  if (end) return end;
  seeSent(run);
  if (run.ct.state === 'untracked') forgetTracking(run);
  run.oif = run.rerouted ?? port;
  run.rerouted = undefined;
  return undefined;
}

/** What is for many, or for the link alone, goes to the port at once. */
function isKeptOut(packet: Packet): boolean {
  const { family, destination } = packet;
  if (family === 6) return isStrict(packet);
  return isMulticast(4, destination) || destination === limitedBroadcast;
}
