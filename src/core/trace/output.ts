// The way of a packet that a program of this host sends: routing first, then OUTPUT and POSTROUTING, and back through
// the loopback interface or a VRF if it is for the host itself. net/ipv4/ip_output.c: __ip_local_out, ip_output.
import type { Flow, RouteDecision } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { type ChosenAddress, selectSource } from '../topology/source-selection.ts';
import { vrfOf } from '../topology/vrf.ts';
import { sendFrame } from './arp.ts';
import { forgetTracking } from './connection.ts';
import { hopChoice, packetFlow } from './flow.ts';
import { runHook } from './hooks.ts';
import { leaveAtOnce, leaveByDevice, leaveHost } from './leave.ts';
import { isForHostToo, postroutingWithCopy } from './own-copy.ts';
import { receiveLooped } from './receive.ts';
import { deviceOf, lookupOutput, refusedOutput } from './reroute.ts';
import { dropByStack, type End, known, type Run } from './run.ts';
import { passVrf } from './vrf.ts';

/** Sends a packet. */
export function send(run: Run): End {
  if (run.packet.frame) return sendFrame(run, run.packet.frame);
  if (run.straightOut !== undefined) return leaveAtOnce(run, run.straightOut);
  if (run.throughVrf !== undefined) return sendByVrf(run, run.throughVrf);
  return routeOutput(run) ?? passVrf(run) ?? runHook(run, 'output') ?? leave(run);
}

/** POSTROUTING is the first to see an interface that a re-routing chose. */
function leave(run: Run): End {
  if (run.rerouted !== undefined) run.oif = run.rerouted;
  const end = isForHostToo(run) && run.oif !== 'lo' ? leaveWithCopy(run) : leaveHost(run);
  if (end) return end;
  const device = known(run.oif);
  if (device === 'lo') return receiveLooped(run, device);
  const isVrf = device !== undefined && run.request.host && vrfOf(run.request.host, device)?.name === device;
  return isVrf ? sendByVrf(run, device) : { verdict: 'accept', fate: 'sent' };
}

/** What a VRF is given goes where its own table says (drivers/net/vrf.c: vrf_process_v4_outbound, vrf_ip_local_out). */
function sendByVrf(run: Run, vrf: string): End {
  const { host } = run.request;
  if (!host) return { verdict: 'accept', fate: 'sent' };
  run.throughVrf = undefined;
  const { sport: _sport, dport: _dport, ...portless } = packetFlow(run.packet);
  const flow: Flow = { ...portless, anySource: true, vrf, ...(run.family === 6 && { mark: run.mark }) };
  const decision = lookupRoute(host, flow, hopChoice(run));
  const refused = refusedOutput(run, decision);
  if (refused) return refused;
  const out = deviceOf(decision);
  const isNew = run.routed?.kind !== 'local' || out !== vrf;
  run.routed = decision;
  if (isNew) run.steps.push({ kind: 'routing', decision: `out by ${out}`, out, why: decision.why });
  if (out === vrf) return receiveLooped(run, vrf);
  run.rerouted = undefined;
  run.iif = undefined;
  run.oif = out;
  if (run.ct?.state === 'untracked') forgetTracking(run);
  return runHook(run, 'output') ?? leave(run);
}

function leaveWithCopy(run: Run): End | undefined {
  return postroutingWithCopy(run) ?? leaveByDevice(run);
}

function routeOutput(run: Run): End | undefined {
  const { host } = run.request;
  if (!host) return outputAsSaid(run);
  const decision = lookupOutput(run, host);
  const refused = refusedOutput(run, decision);
  if (refused) return refused;
  run.oif = deviceOf(decision);
  run.routed = decision;
  run.steps.push({ kind: 'routing', decision: `out by ${run.oif}`, out: run.oif, why: decision.why });
  return chooseSource(run, host, decision);
}

function outputAsSaid(run: Run): undefined {
  const { oif } = run.request.injection;
  run.oif = oif ?? { unknown: 'routing is not known without host facts' };
  const decision = oif === undefined ? 'not known' : `out by ${oif}`;
  const why = 'there are no host facts';
  run.steps.push({ kind: 'routing', decision, ...(oif !== undefined && { out: oif }), why });
}

/** RFC 7600 4.8: an ICMP error of a host without any address comes from this one (net/ipv4/icmp.c: __icmp_send). */
function dummySource({ isAnswer, packet }: Run): ChosenAddress | undefined {
  const isError = packet.family === 4 && packet.transport.kind === 'icmp' && packet.transport.inner;
  if (!isAnswer || !isError) return undefined;
  return { address: 0xc0000008n, why: 'the host has no address, and uses the dummy one' };
}

function chooseSource(run: Run, host: Host, decision: RouteDecision): End | undefined {
  if (run.packet.source !== 0n) return undefined;
  const chosen = selectSource(host, decision) ?? dummySource(run);
  if (!chosen) return dropByStack(run, 'no-source-address', 'this host has no address to send it from');
  run.packet = { ...run.packet, source: chosen.address };
  run.steps.push({ kind: 'stack', why: `source address: ${chosen.why}` });
  return undefined;
}
