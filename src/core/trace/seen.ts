// What a capture sees: the places where a packet socket (AF_PACKET), such as that of tcpdump, gets a copy of the packet. A
// received one comes by before ingress, one that is sent behind egress, each of its fragments by itself.
// net/core/dev.c: __netif_receive_skb_core, xmit_one: dev_queue_xmit_nit.

import { known, type Run } from './run.ts';
import type { CaptureStep, Way } from './step.ts';

/** Marks that captures on the device which the packet has come in by see it. */
export function seeReceived(run: Run): void {
  // Packet sockets leave out what only looks as if it came in (net/packet/af_packet.c: packet_rcv, PACKET_LOOPBACK).
  if (!run.ownCopy) run.steps.push(seen(run, 'in', known(run.iif)));
}

/** Marks that captures on the device which it leaves by see it. */
export function seeSent(run: Run): void {
  run.steps.push(seen(run, 'out', known(run.oif)));
}

function seen(
  { packet, unknown, quoted }: Run,
  direction: CaptureStep['direction'],
  device: string | undefined,
): CaptureStep {
  return { kind: 'capture', ...(device !== undefined && { device }), direction, packet, unknown, quoted };
}

/** All that captures see of a packet, of copies of it and of what the host answers, as it comes by. */
export function capturesOf({ steps, answers }: Way): readonly CaptureStep[] {
  const ofAnswers = (at: number) =>
    answers.flatMap((answer) => ('way' in answer && answer.at === at ? capturesOf(answer.way) : []));
  return [
    ...steps.flatMap((step, at) => [...ofAnswers(at), ...(step.kind === 'capture' ? [step] : [])]),
    ...ofAnswers(steps.length),
  ];
}
