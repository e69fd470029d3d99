// `when` blocks: a condition before several rules. It becomes a jump to a chain of its own, or is repeated in each rule,
// whichever means the same; where both do, a single rule gets the condition, and several get a chain.
import type { Part, Rule } from '../ir/ruleset.ts';
import { lookupsOf } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { When } from '../syntax/ast.ts';
import type { Term } from '../syntax/term.ts';
import type { BodyContext, Place } from './body-context.ts';
import { locate } from './cursor.ts';
import type { ChainDraft } from './jump.ts';
import { callLabels, originOf } from './origin.ts';
import { checkCondition } from './rule.ts';

/** Each block around a body may double the work. */
const deepest = 8;

/** The rules that stand for a block in its chain. */
export function checkWhen(block: When, place: Place, context: BodyContext): readonly Rule[] {
  const origin = originOf(block.span, place);
  const { span } = origin;
  const labels = callLabels(origin.calls);
  const { report } = context;
  if (place.depth >= deepest) {
    report.complain('HK2060', `more than ${deepest} blocks stand around this one`, { span, labels });
    return [];
  }
  const condition = [...place.condition, ...locate(block.condition, place.scope, place.expansions)];
  const before = report.errors();
  const conditions = checkCondition({ terms: condition, span }, context);
  const broken = report.errors() > before;
  const inside = { ...place, depth: place.depth + 1 };
  const chains: ChainDraft[] = [];
  const rules = context.checkBody(block.rules, { ...inside, condition: [] }, { ...context, chains });
  if (broken) return [];
  const once = rules.length > 1 && (conditions.some(countsPackets) || changesCondition(rules));
  const here = rules.flatMap(({ parts }) => parts).some(needsItsChain);
  if (once && here) {
    report.complain('HK2060', 'this block can be neither a chain nor repeated conditions', { span, labels });
    return [];
  }
  if (here || rules.length < 2) return context.checkBody(block.rules, { ...inside, condition }, context);
  const text = context.freeName();
  const chain = { name: { text, span }, span, base: undefined, hooked: false, rules };
  context.chains.push(chain, ...chains);
  const jump = locate(jumpTo(text, block), place.scope);
  return checkCondition({ terms: [...condition, ...jump], ...origin }, context);
}

function jumpTo(chain: string, { span }: When): readonly Term[] {
  return [
    { kind: 'word', text: 'jump', span },
    { kind: 'string', value: chain, span },
  ];
}

/** Whether testing the condition twice is not the same as testing it once. */
function countsPackets({ parts }: Rule): boolean {
  return parts.some((part) => part.kind !== 'match' || findMatch(part.key)?.stateful === true);
}

/** Whether a rule changes the packet before another one would test the condition again. */
function changesCondition(rules: readonly Rule[]): boolean {
  return rules
    .slice(0, -1)
    .some(({ parts }) =>
      parts.some((part) => part.kind === 'statement' && findStatement(part.key)?.changesPacket === true),
    );
}

/** Whether a part means something else in a chain of its own; what nobody understands may. */
function needsItsChain(part: Part): boolean {
  if (part.kind !== 'statement') return part.kind === 'opaque';
  const definition = findStatement(part.key);
  return (
    definition?.leavesChain?.(part.args, lookupsOf({ sets: [], maps: [] })) === true ||
    definition?.ported?.(part.args) === true
  );
}
