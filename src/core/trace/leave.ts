// The last hooks of a packet that leaves this host.
import { untagged } from '../packet/frame.ts';
import { sendByPort } from './bridge.ts';
import { passEgress, runHook } from './hooks.ts';
import { pathMtuBy } from './path-mtu.ts';
import { leaveInPieces } from './pieces.ts';
import { type End, known, type Run } from './run.ts';
import { portOfTrunk } from './trunk.ts';
import { lowerDevice } from './vlan.ts';

/** POSTROUTING, then the device; undefined: the packet has left. `between`: what ends it behind POSTROUTING. */
export function leaveHost(run: Run, between?: () => End | undefined): End | undefined {
  return runHook(run, 'postrouting') ?? between?.() ?? leaveByDevice(run);
}

/**
 * Egress and, by a bridge, its hooks. The packet belongs to the device that it goes out by, and not any more to one that
 * it came in by (include/linux/netfilter_netdev.h: nf_hook_egress). What it had as an Ethernet header is replaced there.
 */
export function leaveByDevice(run: Run): End | undefined {
  const { packet } = run;
  if (packet.frame) return leaveByEach(run);
  const { link, ...bare } = packet;
  run.iif = undefined;
  run.packet = bare;
  const last = leaveInPieces(run, pathMtuBy(run, known(run.oif)), () => leaveByEach(run));
  run.packet = { ...run.packet, ...(link && { link }) };
  return last;
}

/**
 * What is sent below IP. A bridge sends it by the port, through the hooks for what is its own (net/bridge/br_forward.c:
 * br_forward).
 */
export function leaveAtOnce(run: Run, device: string): End {
  run.iif = undefined;
  run.oif = device;
  run.steps.push({ kind: 'stack', why: `it leaves by ${device} at once, past OUTPUT and POSTROUTING` });
  const end =
    run.layer === 'bridge'
      ? (runHook(run, 'output') ?? runHook(run, 'postrouting') ?? passEgress(run))
      : leaveByEach(run);
  return end ?? { verdict: 'accept', fate: 'sent' };
}

/** The interface of a VLAN hands what it sends to the device below, with a tag; a bond to one of its ports, a macvlan as it is. */
function leaveByEach(run: Run): End | undefined {
  const { oif } = run;
  const end = passEgress(run) ?? sendByPort(run);
  if (end) return end;
  const device = known(oif) ?? '';
  const lower = run.request.host && lowerDevice(run.request.host, device);
  const port = portOfTrunk(run, device);
  const below = lower?.device ?? port;
  if (below === undefined) return undefined;
  const { packet } = run;
  run.oif = below;
  if (lower?.tag) run.packet = { ...packet, tags: [lower.tag, ...(packet.tags ?? [])] };
  const last = leaveByEach(run);
  if (lower?.tag) run.packet = untagged(run.packet);
  run.oif = oif;
  return last;
}
