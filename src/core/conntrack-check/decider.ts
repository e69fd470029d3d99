// What decides about the first packet of a connection.
import { decidingText } from '../trace/deciding-text.ts';
import type { Deciding } from '../trace/step.ts';
import type { Arrival } from './check.ts';

/** A rule or policy; as text a reason of the stack, or that it is open. */
export type Decider = Deciding | string;

/** What decides; one checker gives the same object for the same rule. */
export function deciderOf({ admission, deciding, reason }: Arrival): Decider {
  if (admission === 'depends') return 'depends on what is not known';
  return deciding ?? (reason ? `the stack: ${reason}` : 'no rule');
}

/** The same for people. */
export function deciderText(decider: Decider): string {
  return typeof decider === 'string' ? decider : decidingText(decider);
}
