// Of what it sends to everybody on a link, or to a group that it listens to, a host gets a copy itself: it passes
// POSTROUTING apart from the packet, and comes in by the device that the packet leaves by.
// net/ipv4/ip_output.c: ip_mc_output, net/ipv6/ip6_output.c: ip6_finish_output2, net/core/dev.c: dev_loopback_xmit.
import type { Entry } from '../conntrack/entry.ts';
import { sameTuple } from '../conntrack/tuple.ts';
import { isUnknown } from '../field/view.ts';
import { runHook } from './hooks.ts';
import { receiveLooped } from './receive.ts';
import { type End, known, type Run } from './run.ts';
import { wayOf } from './way.ts';

/** Whether the host is among those that the packet is for. */
export function isForHostToo({ routed }: Run): boolean {
  return routed?.kind === 'broadcast' || (routed?.kind === 'multicast' && routed.joined);
}

/**
 * Runs POSTROUTING for the packet and its copy; IPv4 makes the copy before, IPv6 behind. The copy of what a program sends
 * comes in at once (net/core/dev.c: netif_rx, where bottom halves run again), that of an answer once the packet has left.
 */
export function postroutingWithCopy(run: Run): End | undefined {
  return run.family === 4 ? copyBefore(run) : copyBehind(run);
}

function copyBefore(run: Run): End | undefined {
  const copy = copyOf(run);
  const copyEnd = runHook(copy, 'postrouting');
  share(copy, run);
  if (!run.isAnswer) {
    arrive(run, copy, copyEnd);
    return runHook(run, 'postrouting');
  }
  const end = runHook(run, 'postrouting');
  share(run, copy);
  arrive(run, copy, copyEnd);
  return end;
}

function copyBehind(run: Run): End | undefined {
  const end = runHook(run, 'postrouting');
  if (end) return end;
  const copy = copyOf(run);
  arrive(run, copy, runHook(copy, 'postrouting'));
  return undefined;
}

/** It belongs to no program (net/core/skbuff.c: __skb_clone). */
function copyOf(run: Run): Run {
  return { ...run, steps: [], left: [], decisions: [], answers: [], setUpdates: new Map(), isAnswer: true };
}

function arrive(run: Run, copy: Run, dropped: End | undefined): void {
  const received = dropped ? copy : asReceived(copy);
  const end = dropped ?? receiveLooped(received, known(copy.oif) ?? '');
  run.answers.push({ why: ownCopy, at: run.steps.length, way: wayOf(received, end, []) });
  share(received, run);
}

/** Why a host receives a packet of its own that goes to others too. */
export const ownCopy = 'own copy';

/** Rules take it for what it is to the others (net/netfilter/nft_meta.c: nft_meta_get_eval_pkttype_lo). */
function asReceived(copy: Run): Run {
  return { ...copy, ownCopy: true, pkttype: copy.routed?.kind === 'broadcast' ? 'broadcast' : 'multicast' };
}

/** They have the same sets, and one connection, unless rules have the one that came in out of it. */
function share(from: Run, to: Run): void {
  to.sets = from.sets;
  to.memory = from.memory;
  to.connections = from.connections;
  const [before, behind] = [entryOf(to), entryOf(from)];
  if (to.ct && before && behind && sameTuple(before.original, behind.original))
    to.ct = { ...to.ct, entry: behind };
}

function entryOf({ ct }: Run): Entry | undefined {
  return isUnknown(ct?.entry) ? undefined : ct?.entry;
}
