// Copies of a packet that go elsewhere: to a neighbour as packets of the host's own, or out by a device at once.
// net/ipv4/netfilter/nf_dup_ipv4.c: nf_dup_ipv4, nf_dup_ipv6.c, net/netfilter/nf_dup_netdev.c: nf_dup_netdev_egress.
import type { Packet } from '../packet/packet.ts';
import type { Effect } from '../statement/define.ts';
import { type Run, startRun } from './run.ts';
import { wayOf } from './way.ts';

/** Why a packet leaves beside the one that it is a copy of. */
export const copied = 'copy';

/** Sends it; a copy that goes to a neighbour makes no further one. */
export function sendCopy(run: Run, { to, device }: Extract<Effect, { kind: 'copy' }>): void {
  if (run.isCopy && to !== undefined) return;
  const packet = to === undefined ? run.packet : asOwn(run);
  const open = run.isCopy ? 'a copy of a copy' : run.request.host ? undefined : 'there are no host facts';
  if (open !== undefined) {
    run.answers.push({ why: copied, at: run.steps.length, unfollowed: open, packet });
    return;
  }
  const own = to === undefined ? startCopy(run, packet) : toward(startCopy(run, packet), to, device);
  const copy = to === undefined ? { ...own, straightOut: device } : own;
  const end = run.transmit(copy);
  run.answers.push({ why: copied, at: run.steps.length, way: wayOf(copy, end, []) });
  run.sets = copy.sets;
  run.memory = copy.memory;
}

/** It may not be cut, and where it was received it counts as passed on, so that copies do not go in circles. */
function asOwn({ packet: { link: _link, ...packet }, hook }: Run): Packet {
  const isReceived = hook === 'prerouting' || hook === 'input';
  const fragment = packet.family === 4 ? { ...packet.fragment, dontFragment: true } : packet.fragment;
  return { ...packet, fragment, ttl: packet.ttl - (isReceived ? 1 : 0) };
}

function startCopy(run: Run, packet: Packet): Run {
  const injection = { packet, direction: 'out', mark: run.mark } as const;
  return {
    ...startRun({ ...run.request, injection }, run.ask, run.connections, run.transmit),
    sets: run.sets,
    memory: run.memory,
    stations: run.stations,
    unknown: run.unknown,
    isAnswer: true,
    isCopy: true,
  };
}

/** Routing looks for the neighbour alone, and conntrack does not look at it. */
function toward(own: Run, to: bigint, device: string | undefined): Run {
  return {
    ...own,
    untracked: true,
    ct: { state: 'untracked', direction: 'original', entry: undefined },
    lookup: { destination: to, mark: 0, anySource: true, ...(device !== undefined && { oif: device }) },
  };
}
