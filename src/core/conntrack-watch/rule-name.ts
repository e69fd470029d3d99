// What decides about a connection, as a name.
import type { CheckedConnection } from '../conntrack-check/check.ts';
import { decidingText } from '../trace/deciding-text.ts';
import type { Deciding } from '../trace/step.ts';

/** Names what decides; each place is put into words once, as a checker gives the same object for the same place. */
export function ruleNames(): (checked: CheckedConnection) => string {
  const names = new Map<Deciding, string>();
  return ({ admission, deciding, reason }) => {
    if (admission === 'depends') return 'depends on what is not known';
    if (!deciding) return reason ? `the stack: ${reason}` : 'no rule';
    const known = names.get(deciding) ?? decidingText(deciding);
    names.set(deciding, known);
    return known;
  };
}
