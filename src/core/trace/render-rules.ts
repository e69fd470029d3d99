// The rules of a chain that were looked at, in aligned columns: mark, number, rule, reason.
import { ruleText } from '../ir/rule-text.ts';
import { locationOf } from '../text/source.ts';
import type { Paint } from '../text/style.ts';
import type { RuleStep } from './step.ts';
import { verdictText } from './verdict.ts';

/** One line for each rule; the reason goes below where it does not fit beside. */
export function renderRules(steps: readonly RuleStep[], paint: Paint, width: number): readonly string[] {
  const rows = steps.map((step) => ({ step, left: leftOf(step), right: rightOf(step) }));
  const limit = Math.floor(width * 0.6);
  const column = Math.max(0, ...rows.map(({ left }) => left.length).filter((length) => length <= limit));
  return rows.flatMap(({ step, left, right }) => {
    const mark = step.matched ? paint('good', '✓') : paint('dim', '·');
    const text = step.matched ? left : paint('dim', left);
    const reason = paint(step.matched ? 'strong' : 'dim', right);
    const isBeside = left.length <= column && margin + column + right.length <= width;
    if (!isBeside) return [`    ${mark} ${text}`, `${' '.repeat(margin + 2)}${reason}`];
    return [`    ${mark} ${text}${' '.repeat(column - left.length)}  ${reason}`.trimEnd()];
  });
}

/** What stands before a rule, and between it and its reason. */
const margin = 8;

/** Number and rule, indented by its depth; a name in front where it is not in the base chain. */
function leftOf(step: RuleStep): string {
  const indent = '  '.repeat(step.depth);
  const chain = step.depth > 0 ? `${step.chain} ` : '';
  return `${indent}${chain}${step.index}  ${ruleText(step.rule)}`;
}

function rightOf(step: RuleStep): string {
  const place = step.rule.span ? locationOf(step.rule.span) : undefined;
  const source = place ? `  ${place.file}:${place.line}` : '';
  return `${reasonOf(step)}${step.matched ? source : ''}`;
}

function reasonOf({ matched, failed, verdict, notes }: RuleStep): string {
  const said = matched ? verdict && verdictText(verdict) : failed && `${failed.condition}: ${failed.actual}`;
  return [said, ...notes].filter(Boolean).join('; ');
}
