// Where a connection comes from and goes to: interfaces, or the host itself.
import type { Injection } from '../packet/packet.ts';
import type { Way } from '../trace/step.ts';

/** The host itself, as an end of a connection; no interface is called that. */
const self = 'self';

/** Where the first packet of a connection comes from. */
export function enteredBy({ direction, iif }: Injection): { readonly from?: string } {
  if (direction === 'out') return { from: self };
  return iif === undefined ? {} : { from: iif };
}

/** Where it goes to; nothing where it is dropped on its way. */
export function leftBy({ fate, out }: Way): { readonly to?: string } {
  if (fate === 'delivered-local') return { to: self };
  return out === undefined ? {} : { to: out };
}
