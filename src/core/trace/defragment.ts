// Fragments at priority -400, and before INPUT: they wait until all are there, and go on as one packet.
// net/ipv4/netfilter/nf_defrag_ipv4.c, net/ipv6/netfilter/nf_defrag_ipv6_hooks.c.
import { isFragment } from '../packet/fragment.ts';
import type { Packet } from '../packet/packet.ts';
import { gather } from '../packet/reassemble.ts';
import { keepInMind } from './memory.ts';
import { dropByStack, type End, type Run } from './run.ts';

/** Seconds that the first fragments wait for the others (include/net/ip.h: IP_FRAG_TIME, IPV6_FRAG_TIMEOUT). */
const patience = { 4: 30, 6: 60 } as const;

/** Ends the way of a fragment that is not the last to come; the last one becomes the whole packet. */
export function defragment(run: Run, user: 'conntrack' | 'delivery'): End | undefined {
  if (!isFragment(run.packet.fragment)) return undefined;
  const place = placeOf(run.packet, user);
  const gathered = gather(waitingAt(run, place), run.packet);
  switch (gathered.kind) {
    case 'held':
      keep(run, place, gathered.pieces);
      return held(run);
    case 'twice':
      return dropByStack(run, 'fragment', 'this fragment is there already');
    case 'apart':
      keep(run, place, []);
      return undefined;
    case 'contradiction':
      keep(run, place, []);
      return dropByStack(run, 'fragment', `${gathered.why}: all of them are dropped`);
    case 'whole':
      keep(run, place, []);
      run.packet = gathered.packet;
      run.pieces = gathered.pieces;
      run.steps.push({ kind: 'stack', why: `the last of ${gathered.pieces.length} fragments: put together` });
      return undefined;
  }
}

function held(run: Run): End {
  run.steps.push({ kind: 'stack', reason: 'fragment', why: 'held until the other fragments are there' });
  return { verdict: 'queue', fate: 'held', reason: 'fragment' };
}

function placeOf(
  { family, source, destination, protocol, identification = 0 }: Packet,
  user: string,
): string {
  return `fragments ${user} ${family} ${source} ${destination} ${identification} ${family === 4 ? protocol : ''}`;
}

function waitingAt(run: Run, place: string): readonly Packet[] {
  const state = run.memory.get(place);
  const now = run.request.now ?? 0;
  if (state?.kind !== 'fragments' || now - state.since >= patience[run.family]) return [];
  return state.pieces;
}

function keep(run: Run, place: string, pieces: readonly Packet[]): void {
  const before = run.memory.get(place);
  const now = run.request.now ?? 0;
  const since = before?.kind === 'fragments' && waitingAt(run, place).length > 0 ? before.since : now;
  keepInMind(run, place, { kind: 'fragments', pieces, since });
}
