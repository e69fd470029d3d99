// What the policy says became of a packet, and what was changed in it on its way.
import { formatEndpoint } from '../datatype/endpoint.ts';
import { single } from '../datatype/range.ts';
import type { Packet } from '../packet/packet.ts';
import { decidingText } from '../trace/deciding-text.ts';
import type { Way } from '../trace/step.ts';
import type { Explained, Foretold } from './against.ts';

/** `elsewhere`: it left by an interface that no capture has. */
export const ends = ['left', 'lost', 'delivered', 'elsewhere', 'held', 'queued'] as const;

export type End = (typeof ends)[number];

/** Where the way of a packet ends. */
export function endOf({ way, foretold }: Pick<Explained, 'way' | 'foretold'>): End {
  switch (way.fate) {
    case 'delivered-local':
      return 'delivered';
    case 'forwarded':
    case 'sent':
      return foretold.some(({ why }) => why === undefined) ? 'left' : 'elsewhere';
    case 'held':
    case 'queued':
      return way.fate;
    case 'dropped':
    case 'rejected':
      return 'lost';
  }
}

/** What ended a packet: a rule, a policy, or the stack with its reason. */
export function becauseOf({ reason, deciding, steps }: Way): string {
  if (reason === undefined) return deciding ? decidingText(deciding) : 'the stack';
  const why = steps.findLast((step) => step.kind === 'stack' && step.reason === reason);
  return `the stack: ${reason}${why?.kind === 'stack' ? `, ${why.why}` : ''}`;
}

/** What a translation changed between a packet and what left for it, as the frame has it where it was found. */
export function changesOf(arrived: Packet, { step, why, found }: Foretold): readonly string[] {
  const left = found?.packet ?? step.packet;
  if (why !== undefined || left.frame || arrived.frame) return [];
  const [from, to] = [portsOf(arrived), portsOf(left)];
  // Fragments but the first have no ports.
  const both = from && to;
  return (['source', 'destination'] as const).flatMap((side) => {
    const [before, behind] = [
      endText(arrived, side, both && from[side]),
      endText(left, side, both && to[side]),
    ];
    return before === behind ? [] : [`${side} ${before} became ${behind}`];
  });
}

interface Ports {
  readonly source: number;
  readonly destination: number;
}

function portsOf({ transport }: Packet): Ports | undefined {
  return 'sport' in transport ? { source: transport.sport, destination: transport.dport } : undefined;
}

function endText(packet: Packet, side: 'source' | 'destination', port: number | undefined): string {
  const { family } = packet;
  return formatEndpoint(family, single(packet[side]), port === undefined ? undefined : single(BigInt(port)));
}
