// The lines none of whose rules a packet comes to, with what is to be said of them.
import type { Example } from '../../../diagnostic/diagnostic.ts';
import type { Rule } from '../../../ir/ruleset.ts';
import type { LintSubject } from '../define.ts';
import { type Replayed, replay } from './example.ts';
import { type Facts, factsOf, type LineFacts, type RuleFacts } from './facts.ts';
import type { Ruled } from './ruled.ts';

/** A line that does nothing. */
export interface UnreachedLine extends Pick<LineFacts, 'placed' | 'line'> {
  readonly kind: 'never' | 'unmet' | 'ended';
  /** The rules that end its packets, in the order of their places; none unless they are ended. */
  readonly by: readonly Ruled[];
  readonly rules: readonly Ruled[];
  readonly example?: Example;
}

const known = new WeakMap<LintSubject, readonly UnreachedLine[]>();

/** All of them, in order. What a trace of an example refutes is left out. */
export function unreachedLines(subject: LintSubject): readonly UnreachedLine[] {
  const found = known.get(subject) ?? findAll(subject, factsOf(subject));
  known.set(subject, found);
  return found;
}

function findAll(subject: LintSubject, facts: Facts): readonly UnreachedLine[] {
  const dead = new Set(facts.lines.flatMap(({ rules }) => rules.filter(isDead).map(({ rule }) => rule)));
  let shown = 0;
  return facts.lines.flatMap((line) => {
    if (!line.rules.every(isDead) || isBehindDead(line, dead)) return [];
    const isOver = shown >= mostExamples || subject.budget?.isOver() === true;
    const replayed = isOver ? [] : line.rules.map((rule, at) => replayOf(subject, facts, line, rule, at));
    shown += replayed.length;
    if (replayed.some(({ kind }) => kind === 'refuted')) return [];
    const [example] = replayed.flatMap((one) => (one.kind === 'shown' ? [one.example] : []));
    return [unreachedLine(line, example)];
  });
}

/** Nobody reads more of them, and a trace takes its time in a long chain. */
const mostExamples = 100;

function isDead({ reached: { kind } }: RuleFacts): boolean {
  return kind !== 'reached' && kind !== 'open';
}

/** Where no packet comes to the jumps that lead to a chain, nothing needs to be said of its rules. */
function isBehindDead({ rules }: LineFacts, dead: ReadonlySet<Rule>): boolean {
  return rules.every(({ approaches }) =>
    approaches.every(({ jumps }) => {
      const jump = jumps.at(-1);
      const rule = jump?.chain.rules[jump.at]?.place.rule;
      return rule !== undefined && dead.has(rule);
    }),
  );
}

function replayOf(
  { ruleSet }: LintSubject,
  { space, entryOf }: Facts,
  { line }: LineFacts,
  { reached, approaches }: RuleFacts,
  at: number,
): Replayed {
  const [approach] = approaches;
  const ruled = approach?.chain.rules[line.first + at];
  if (reached.kind !== 'ended' || !approach || !ruled) return { kind: 'unclear' };
  const by = new Set([...reached.by].map(({ place: { rule } }) => rule));
  return replay(ruleSet, space, approach, { entry: entryOf(approach), ruled, by });
}

function unreachedLine({ placed, line, rules }: LineFacts, example: Example | undefined): UnreachedLine {
  const by = new Set(rules.flatMap(({ reached }) => (reached.kind === 'ended' ? [...reached.by] : [])));
  const kinds = new Set(rules.map(({ reached: { kind } }) => kind));
  const own = rules.flatMap(({ approaches }, at) => approaches[0]?.chain.rules[line.first + at] ?? []);
  return {
    placed,
    line,
    kind: kinds.has('ended') ? 'ended' : kinds.has('unmet') ? 'unmet' : 'never',
    by: [...by].toSorted((one, other) => orderOf(one, other, placed.chain.name)),
    rules: own,
    ...(example && { example }),
  };
}

/** Those of the chain itself come first. */
function orderOf({ place: one }: Ruled, { place: other }: Ruled, chain: string): number {
  const foreign = Number(one.chain !== chain) - Number(other.chain !== chain);
  return foreign || one.index - other.index;
}
