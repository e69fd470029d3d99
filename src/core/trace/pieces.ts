// Packets that do not fit the device which they leave by: they go in fragments, each by itself through egress and by the
// eyes of captures. net/ipv4/ip_output.c: ip_finish_output, ip_do_fragment; net/ipv6/ip6_output.c: ip6_fragment.
import type { Packet } from '../packet/packet.ts';
import { cut } from '../packet/reassemble.ts';
import { isMerged } from './merged.ts';
import type { End, Run } from './run.ts';

/**
 * Sends what leaves, whole or piece by piece; behind one that is dropped no other is sent. It ends where none has left.
 * `mtu`: undefined where it is not known.
 */
export function leaveInPieces(
  run: Run,
  mtu: number | undefined,
  leave: () => End | undefined,
): End | undefined {
  const whole = run.packet;
  const pieces = mtu === undefined || isMerged(run) ? [whole] : cut(whole, mtu, run.pieces);
  if (pieces.length === 1) return leave();
  const end = leaveOneByOne(run, pieces, leave);
  run.packet = whole;
  if (!end || run.left.length === 0) return end;
  run.steps.push({
    kind: 'stack',
    why: `only ${run.left.length} of its ${pieces.length} fragments are sent`,
  });
  return undefined;
}

function leaveOneByOne(run: Run, pieces: readonly Packet[], leave: () => End | undefined): End | undefined {
  for (const piece of pieces) {
    run.packet = piece;
    const end = leave();
    if (end) return end;
    run.left.push(run.packet);
  }
  return undefined;
}
