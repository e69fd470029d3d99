// Which of all the chains that looked at a packet decided about it.
import type { Hook } from '../hook/hook.ts';
import type { Decision, End, Run } from './run.ts';
import type { Deciding } from './step.ts';

/** The hooks at which a packet's fate is usually decided: it passes exactly one of them, or output and input. */
const mainHooks: readonly Hook[] = ['input', 'forward', 'output'];

/**
 * For a packet that a chain ended: that rule or policy. For one that passed: the last rule that accepted it at input,
 * forward or output, else the last policy there, else the same at the other hooks. A packet that the stack dropped
 * was decided by no rule.
 */
export function decidingOf(run: Run, end: End): Deciding | undefined {
  if (end.reason) return undefined;
  const filters = run.decisions.filter((one) => !one.nat);
  if (end.verdict !== 'accept') return run.decisions.at(-1)?.deciding;
  const main = filters.filter((one) => mainHooks.includes(one.hook));
  return (lastByRule(main) ?? main.at(-1) ?? lastByRule(filters) ?? filters.at(-1))?.deciding;
}

function lastByRule(decisions: readonly Decision[]): Decision | undefined {
  return decisions.findLast((one) => one.deciding.by === 'rule');
}
