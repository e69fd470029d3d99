import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';
import type { Injection } from './packet.ts';
/** Reads a kernel log line of the LOG target or nft log, whatever stands before `IN=`. */
export function parseLogLine(source: Source, span?: Span): Outcome<Injection> {
  throw new Error(source.name + span?.start);
}
