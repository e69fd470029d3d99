import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';
import type { Injection } from './packet.ts';
/** Reads a packet spec: all of `source`, or the part that `span` covers. */
export function parsePacketSpec(source: Source, span?: Span): Outcome<Injection> {
  throw new Error(source.name + span?.start);
}
