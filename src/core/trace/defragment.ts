// Fragments at priority -400, and before INPUT or behind it: they wait until all are there, and go on as one packet.
// net/ipv4/netfilter/nf_defrag_ipv4.c, net/ipv6/netfilter/nf_defrag_ipv6_hooks.c.
import { isFragment } from '../packet/fragment.ts';
import type { Packet } from '../packet/packet.ts';
import { gather } from '../packet/reassemble.ts';
import { sendIcmpError } from './answer.ts';
import { keepInMind } from './memory.ts';
import { dropByStack, type End, type Run } from './run.ts';
import { stackErrors } from './stack-error.ts';

/** Seconds that the first fragments wait for the others (include/net/ip.h: IP_FRAG_TIME, IPV6_FRAG_TIMEOUT). */
const patience = { 4: 30, 6: 60 } as const;

/** Ends the way of a fragment that is not the last to come; the last one becomes the whole packet. */
export function defragment(run: Run, user: 'conntrack' | 'delivery'): End | undefined {
  if (!isFragment(run.packet.fragment)) return undefined;
  const place = placeOf(run.packet, user);
  const { pieces, end } = waitingAt(run, place);
  const gathered = gather(pieces, run.packet, end);
  switch (gathered.kind) {
    case 'held':
      keep(run, place, { pieces: gathered.pieces, end });
      return held(run);
    case 'twice':
      keep(run, place, { pieces, end: gathered.end ?? end });
      return dropByStack(run, 'fragment', 'this fragment is there already');
    case 'apart':
      keep(run, place, nobody);
      return user === 'conntrack' ? undefined : refused(run);
    case 'contradiction':
      keep(run, place, nobody);
      return dropByStack(run, 'fragment', `${gathered.why}: all of them are dropped`);
    case 'whole':
      keep(run, place, nobody);
      run.packet = gathered.packet;
      run.pieces = gathered.pieces;
      run.steps.push({ kind: 'stack', why: `the last of ${gathered.pieces.length} fragments: put together` });
      return undefined;
  }
}

/** net/ipv6/reassembly.c: ip6_frag_queue. */
function refused(run: Run): End {
  const end = dropByStack(run, 'fragment', 'its length is no multiple of 8, though others follow');
  sendIcmpError(run, 'fragment', stackErrors.wrongHeader);
  return end;
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

/** The fragments that wait, and where their packet ends if one told that is not among them. */
interface Waiting {
  readonly pieces: readonly Packet[];
  readonly end?: number | undefined;
}

const nobody: Waiting = { pieces: [] };

function waitingAt(run: Run, place: string): Waiting {
  const state = run.memory.get(place);
  const now = run.request.now ?? 0;
  if (state?.kind !== 'fragments' || now - state.since >= patience[run.family]) return nobody;
  return state;
}

function keep(run: Run, place: string, { pieces, end }: Waiting): void {
  const before = run.memory.get(place);
  const now = run.request.now ?? 0;
  const since = before?.kind === 'fragments' && waitingAt(run, place).pieces.length > 0 ? before.since : now;
  keepInMind(run, place, { kind: 'fragments', pieces, since, ...(end !== undefined && { end }) });
}
