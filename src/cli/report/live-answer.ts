// What `trace --live` found out of a packet, and how many there were.
import type { LivePacket } from '../../core/live/gather.ts';
import type { Injection } from '../../core/packet/packet.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Compared } from '../../host/live/compare.ts';

/** A packet with what is foretold of it, or why nothing is. */
export interface LiveAnswer {
  readonly packet: LivePacket;
  readonly injection?: Injection;
  readonly traced?: Trace;
  readonly compared?: Compared;
  readonly why?: string;
}

/** Packets so far, and what was not seen. */
export interface LiveCount {
  packets: number;
  agreed: number;
  differed: number;
  /** Packets of which nothing is foretold. */
  uncompared: number;
  /** Messages of the kernel that nobody took in time. */
  lost: number;
  /** How often the rules of the machine were changed meanwhile. */
  changes: number;
}
