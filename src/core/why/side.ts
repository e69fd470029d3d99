// Which of two answers a verdict is: the packet passes, or it does not.
import type { TraceVerdict } from '../trace/step.ts';
import type { Trace } from '../trace/trace.ts';

type Side = 'passes' | 'stops';

/** Undefined where that is not known. A packet in a queue has not passed. */
function sideOf(verdict: TraceVerdict): Side | undefined {
  switch (verdict) {
    case 'accept':
      return 'passes';
    case 'drop':
    case 'reject':
    case 'queue':
      return 'stops';
    case 'depends':
      return undefined;
  }
}

/** Which it is on every way that the packet may go; undefined where they differ, or some were not followed. */
export function sideOfTrace({ verdict, ways, complete }: Trace): Side | undefined {
  if (verdict !== 'depends') return sideOf(verdict);
  const side = sideOf(ways[0].verdict);
  return complete && ways.every((way) => sideOf(way.verdict) === side) ? side : undefined;
}
