// Which of two answers a verdict is: the packet passes, or it does not.
import type { TraceVerdict } from '../trace/step.ts';

/** Undefined where that is not known. A packet in a queue has not passed. */
export function sideOf(verdict: TraceVerdict): 'passes' | 'stops' | undefined {
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
