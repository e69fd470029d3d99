// Where a connection comes from and goes to: interfaces, or the host itself.
import type { Injection } from '../packet/packet.ts';
import type { Way } from '../trace/step.ts';

/** The host itself, as an end of a connection; no interface is called that. */
export const self = 'self';

/** Where the first packet of a connection comes from. */
export function enteredBy({ direction, iif }: Injection): { readonly from?: string } {
  if (direction === 'out') return { from: self };
  return iif === undefined ? {} : { from: iif };
}

/** Where routing sends it to, even if it is dropped on its way; nothing where it was not routed. */
export function leftBy({ steps, out }: Way): { readonly to?: string } {
  if (out !== undefined) return { to: out };
  const last = steps.findLast((step) => step.kind === 'hook');
  if (last?.hook === 'input') return { to: self };
  return last?.oif === undefined ? {} : { to: last.oif };
}
