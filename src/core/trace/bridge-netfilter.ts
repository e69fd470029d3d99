// With br_netfilter, rules of IP see the frames in a bridge: its hooks prerouting, forward and postrouting have those of
// IP within them, in which the bridge is the interface. net/bridge/br_netfilter_hooks.c: br_nf_ops.
import type { AddressFamily } from '../datatype/address.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import type { Host } from '../topology/host.ts';
import { runHook } from './hooks.ts';
import { perRuleSet } from './per-rule-set.ts';
import type { End, Run } from './run.ts';

/** Among the chains of the bridge; registered with the bridge itself, behind those of equal priority that came later. */
const places = { prerouting: 0, forward: -1, postrouting: 2147483647 } as const;

type BridgedHook = keyof typeof places;

/** Runs a hook of a bridge, with that of IP in it where the host has that. `behind`: what is done behind that of IP. */
export function runInBridge(
  run: Run,
  hook: BridgedHook,
  bridge: string,
  behind?: () => void,
): End | undefined {
  if (run.packet.frame || isLeftOut(run) || !callsIp(run)) return runHook(run, hook);
  const place = places[hook];
  const end = runHook(run, hook, ({ priority }) => priority <= place) ?? passIp(run, hook, bridge);
  if (end) return end;
  behind?.();
  return runHook(run, hook, ({ priority }) => priority > place);
}

/** Tagged frames, unless it was asked for them (net/bridge/br_netfilter_hooks.c: is_vlan_ip). */
function isLeftOut({ packet, request: { host } }: Run): boolean {
  const asked = host?.sysctls.get('net.bridge.bridge-nf-filter-vlan-tagged') ?? '0';
  return packet.tags !== undefined && asked === '0';
}

function callsIp(run: Run): boolean {
  const { host, ruleSet } = run.request;
  const { calls, assumed } = bridgeCallsIp(host, ruleSet, run.family);
  if (assumed !== undefined) run.assumptions.add(assumed);
  return calls;
}

/** Whether rules of IP see frames in a bridge, and what is taken for granted where no sysctl says it. */
export function bridgeCallsIp(
  host: Host | undefined,
  ruleSet: RuleSet,
  family: AddressFamily,
): { readonly calls: boolean; readonly assumed?: string } {
  const name = `net.bridge.bridge-nf-call-ip${family === 4 ? '' : '6'}tables`;
  const value = host?.sysctls.get(name);
  if (value !== undefined) return { calls: value !== '0' };
  const calls = asksForPorts(ruleSet);
  return { calls, assumed: calls ? `${name} is 1, as br_netfilter begins` : 'br_netfilter is not loaded' };
}

/** Such rules have the kernel load the module (net/netfilter/xt_physdev.c: physdev_mt_check). */
const asksForPorts = perRuleSet(({ tables }: RuleSet) =>
  tables
    .flatMap(({ chains }) => chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.parts)))
    .some((part) => part.kind === 'match' && findMatch(part.key)?.needsBridgeFilter === true),
);

/** What was taken for another's is the host's for the rules of IP (nf_bridge_info: pkt_otherhost). */
function passIp(run: Run, hook: BridgedHook, bridge: string): End | undefined {
  const { iif, oif, pkttype } = run;
  if (typeof iif === 'string' && hook === 'prerouting') run.ports = { in: iif, inBridge: true };
  if (typeof oif === 'string' && run.ports) run.ports = { ...run.ports, out: oif };
  run.layer = run.family;
  run.pkttype = pkttype === 'other' ? 'host' : pkttype;
  run.iif = hook === 'postrouting' ? undefined : bridge;
  run.oif = hook === 'prerouting' ? undefined : bridge;
  const end = runHook(run, hook);
  run.layer = 'bridge';
  run.pkttype = pkttype;
  run.iif = iif;
  run.oif = oif;
  return end;
}
