// Questions about fragmentation.
import type { Fragment } from './packet.ts';

/** Whether a packet is one piece of several. */
export function isFragment({ offset, more }: Fragment): boolean {
  return offset > 0 || more;
}
