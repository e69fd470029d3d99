// Conntrack's two places on a packet's way: finding or beginning its connection, and confirming it at the end.
import { confirm } from '../conntrack/confirm.ts';
import { defaultZone, hasStatus, withHelper, withStatus } from '../conntrack/entry.ts';
import { defaultTimeouts, timeoutsFrom, timeoutsWith } from '../conntrack/timeouts.ts';
import { resetByRule, type Tracked, track } from '../conntrack/track.ts';
import { type ConntrackView, isUnknown } from '../field/view.ts';
import type { Packet } from '../packet/packet.ts';
import { protocolNumber } from '../packet/packet.ts';
import type { Effect } from '../statement/define.ts';
import { givenSysctl, sysctlNumber } from '../topology/sysctl.ts';
import { hasRoom } from './full-table.ts';
import { dropByStack, type End, type Run } from './run.ts';

/** Attaches the connection to the packet, once: a packet that comes back through `lo` keeps its own. */
export function trackConnection(run: Run): End | undefined {
  const found = run.ct ? { view: run.ct, why: knownBefore(run) } : findConnection(run);
  if (!found) return dropByStack(run, 'conntrack-full', 'there is no room for one more connection');
  const { view, why } = found;
  run.ct = view;
  assumeHooks(run);
  run.steps.push({ kind: 'conntrack', hook: run.hook, view, why });
  return undefined;
}

/** A packet that carries nothing of conntrack any more, which looks at it anew (nf_conntrack_core.c: nf_conntrack_in). */
export function forgetTracking(run: Run): void {
  run.ct = undefined;
  run.zone = defaultZone;
  run.template = false;
  run.untracked = false;
}

function knownBefore({ isAnswer, hook, untracked, ct, vrfPort }: Run): string {
  if (untracked) return 'by notrack';
  if (ct?.state === 'untracked' && hook === 'output') return 'left to the port of the VRF';
  if (vrfPort !== undefined && hook === 'prerouting') return 'tracked already at the port of the VRF';
  if (isAnswer && hook === 'output') return 'part of the connection of the packet that it answers';
  return 'tracked already on its way out';
}

/** What `reject with tcp reset` does to a connection that is known (nf_conntrack_core.c: nf_conntrack_set_closing). */
export function closeConnection(run: Run): void {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry) || !hasStatus(entry, 'confirmed')) return;
  run.ct = { ...run.ct, entry: resetByRule(entry, settingsOf(run)) };
}

interface FoundConnection {
  readonly view: ConntrackView;
  readonly why: string;
}

/** Undefined where the packet would begin one, and there is no room for it. */
function findConnection(run: Run): FoundConnection | undefined {
  const { state } = run.request.injection;
  if (state !== undefined && state !== 'new') return suppose(run, state);
  const untold = untoldConnection(run.packet);
  if (untold !== undefined && state === undefined) return supposeAny(run, untold);
  const tracked = track(run.connections, run.packet, {
    ...settingsOf(run),
    checksums: judgesChecksums(run),
  });
  if (state === 'new' && tracked.state !== 'new') return suppose(run, state);
  if (tracked.begins && !hasRoom(run)) return undefined;
  run.connections = tracked.table;
  if (tracked.unsure) run.assumptions.add(tracked.unsure);
  return {
    view: viewOf(run.helper === undefined ? tracked : assisted(tracked, run.helper)),
    why: tracked.reason,
  };
}

/** A connection that begins and was not expected gets the helper (nf_conntrack_core.c: init_conntrack). */
function assisted(tracked: Tracked, helper: string): Tracked {
  const { entry } = tracked;
  if (!entry || hasStatus(entry, 'confirmed') || hasStatus(entry, 'expected')) return tracked;
  return { ...tracked, entry: withHelper(entry, helper) };
}

/** Why the packet does not tell its connection; an ICMP error tells it by the packet that it quotes. */
function untoldConnection({ transport, untold }: Packet): string | undefined {
  if (transport.kind === 'opaque') return untold;
  return transport.kind === 'icmp' ? (transport.inner?.untold ?? untold) : undefined;
}

/** Every state is followed: an error belongs to a connection or to none. */
function supposeAny(run: Run, why: string): FoundConnection {
  const isError = run.packet.transport.kind === 'icmp';
  const state = run.ask(
    `the state of its connection (${why})`,
    isError ? ['related', 'invalid'] : ['new', 'established', 'related', 'invalid'],
  );
  const known = connectionStates.find((one) => one === state) ?? 'invalid';
  return { view: supposedView(known), why: `supposed: ${why}` };
}

const connectionStates = ['new', 'established', 'related', 'invalid'] as const;

function suppose(run: Run, state: ConntrackView['state']): FoundConnection {
  run.assumptions.add(`the connection state is ${state}, as said`);
  return { view: supposedView(state), why: 'as said' };
}

function viewOf({ state, direction, entry }: Tracked): ConntrackView {
  return { state, direction, entry };
}

/** Invalid and untracked packets have no connection; of the others more than the state was not said. */
function supposedView(state: ConntrackView['state']): ConntrackView {
  if (state === 'invalid' || state === 'untracked') return { state, direction: 'original', entry: undefined };
  const unknown = { unknown: 'only the state of the connection was said' };
  return { state, direction: unknown, entry: unknown };
}

function judgesChecksums({ hook, request: { host } }: Run): boolean {
  return hook === 'prerouting' && (!host || sysctlNumber(host, 'net.netfilter.nf_conntrack_checksum') !== 0);
}

function settingsOf({ request: { host, now }, zone }: Run) {
  const tcpLoose = host ? sysctlNumber(host, 'net.netfilter.nf_conntrack_tcp_loose') !== 0 : true;
  const timeouts = host && timeoutsFrom((name) => givenSysctl(host, `net.netfilter.nf_conntrack_${name}`));
  const isOn = (name: 'be_liberal' | 'ignore_invalid_rst'): boolean =>
    host !== undefined && sysctlNumber(host, `net.netfilter.nf_conntrack_tcp_${name}`) !== 0;
  const windows = { tcpLiberal: isOn('be_liberal'), tcpOldResets: isOn('ignore_invalid_rst') };
  const tcpMaxRepeats = host ? sysctlNumber(host, 'net.netfilter.nf_conntrack_tcp_max_retrans') : 3;
  return {
    ...(timeouts && { timeouts }),
    tcpLoose,
    ...windows,
    tcpMaxRepeats,
    zone,
    ...(now !== undefined && { now }),
  };
}

/**
 * A new connection enters the table; the packet is dropped if another one holds its tuple. An answer that goes against
 * the packet that began it does not confirm it (nf_conntrack_core.c: __nf_conntrack_confirm).
 */
export function confirmConnection(run: Run): End | undefined {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry)) return undefined;
  if (run.ct.direction === 'reply' && !hasStatus(entry, 'confirmed')) return undefined;
  const confirmation = confirm(run.connections, entry);
  run.connections = confirmation.table;
  if (confirmation.kind === 'clash')
    return dropByStack(run, 'nat-failed', 'another connection already has its tuple');
  run.ct = { ...run.ct, entry: confirmation.entry };
  return undefined;
}

/**
 * Times of its own for a connection of the protocol that is not confirmed yet; the first of them counts at once
 * (net/netfilter/nft_ct.c: nft_ct_timeout_obj_eval).
 */
export function giveTimeouts(
  run: Run,
  { protocol, seconds }: Extract<Effect, { kind: 'set-timeouts' }>,
): void {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry) || hasStatus(entry, 'confirmed')) return;
  if (entry.original.protocol !== protocolNumber[protocol]) return;
  const { timeouts: usual = defaultTimeouts } = settingsOf(run);
  const timeouts = timeoutsWith(usual, protocol, seconds);
  const timeout = protocol === 'tcp' ? timeouts.tcp.SYN_SENT : timeouts.udp;
  run.ct = { ...run.ct, entry: { ...entry, timeouts, timeout } };
}

/** The connection is in a flowtable from here on (net/netfilter/nft_flow_offload.c: IPS_OFFLOAD). */
export function markOffloaded(run: Run): void {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry)) return;
  run.ct = { ...run.ct, entry: withStatus(entry, 'offload') };
}

/** What a flowtable passes on skips the hooks behind ingress; which packets that are is not followed. */
function assumeHooks(run: Run): void {
  const entry = run.ct?.entry;
  if (run.hook !== 'prerouting' || !entry || isUnknown(entry) || !hasStatus(entry, 'offload')) return;
  run.assumptions.add('it meets all hooks, though its connection may be in a flowtable and skip them');
}
