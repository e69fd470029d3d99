// The last hooks of a packet that leaves this host.
import { sendByPort } from './bridge.ts';
import { runHook } from './hooks.ts';
import type { End, Run } from './run.ts';

/**
 * POSTROUTING, egress and, by a bridge, its hooks; undefined: the packet has left. At egress it belongs to the device that
 * it goes out by, and not any more to one that it came in by (include/linux/netfilter_netdev.h: nf_hook_egress). What it
 * had as an Ethernet header is replaced there. `between`: what ends it behind POSTROUTING.
 */
export function leaveHost(run: Run, between?: () => End | undefined): End | undefined {
  const end = runHook(run, 'postrouting') ?? between?.();
  if (end) return end;
  const { packet } = run;
  const { link, ...bare } = packet;
  run.iif = undefined;
  run.packet = bare;
  const last = runHook(run, 'egress') ?? sendByPort(run);
  run.packet = { ...run.packet, ...(link && { link }) };
  return last;
}
