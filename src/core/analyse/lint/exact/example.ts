// A packet that shows a finding. It is traced before anybody sees it: what the trace does not bear out is not shown.
import type { Node } from '../../../bdd/bdd.ts';
import type { Example } from '../../../diagnostic/diagnostic.ts';
import type { Hook } from '../../../hook/hook.ts';
import type { Rule, RuleSet } from '../../../ir/ruleset.ts';
import { formatInjection } from '../../../packet/format.ts';
import { decidingText } from '../../../trace/deciding-text.ts';
import type { RuleStep } from '../../../trace/step.ts';
import { trace } from '../../../trace/trace.ts';
import type { Space } from '../../space.ts';
import { packetIn } from './packet.ts';
import { regionOf } from './reach.ts';
import type { Approach } from './routes.ts';
import type { Ruled } from './ruled.ts';

/** What a trace of a packet says of a rule that is not to be reached. */
export type Replayed =
  /** The packet meets its conditions and never comes to it. */
  | { readonly kind: 'shown'; readonly example: Example; readonly deciding?: Rule }
  /** The packet is not one that could be said in full. */
  | { readonly kind: 'unclear' }
  /** It does come to the rule: there is no finding. */
  | { readonly kind: 'refuted' };

/** What a packet is to be traced for. */
export interface Asked {
  /** The packets that come to the base chain. */
  readonly entry: Node;
  readonly ruled: Ruled;
  /** The rules that end its packets. */
  readonly by: ReadonlySet<Rule>;
}

/** Traces a packet of those that meet the conditions of a rule on its way to it. */
export function replay(
  ruleSet: RuleSet,
  space: Space,
  approach: Approach,
  { entry, ruled, by }: Asked,
): Replayed {
  const { bdd } = space;
  const { table, jumps, chain } = approach;
  const region = bdd.and(
    entry,
    regionOf(table, [...jumps, { chain, at: ruled.place.index - 1 }], ruled.matched),
  );
  const hook = (jumps[0]?.chain.chain ?? chain.chain).base?.hook;
  if (!hook) return { kind: 'unclear' };
  let left = region;
  for (let round = 0; round < mostRounds; round++) {
    const found = replayOne(ruleSet, space, { hook, region: left, ruled });
    if (found.kind !== 'shown' || !found.deciding) return found;
    const deciding = found.deciding;
    const other = approachRules(approach).find(({ place }) => place.rule === deciding && !by.has(deciding));
    const rest = other ? bdd.minus(left, other.matched) : 0;
    if (rest === 0) return found;
    left = rest;
  }
  return { kind: 'unclear' };
}

/** Packets that another rule happens to end before are tried no oftener than this. */
const mostRounds = 4;

function approachRules({ jumps, chain }: Approach): readonly Ruled[] {
  return [...jumps.map((one) => one.chain), chain].flatMap(({ rules }) => rules);
}

interface Shown {
  readonly hook: Hook;
  readonly region: Node;
  readonly ruled: Ruled;
}

function replayOne(ruleSet: RuleSet, space: Space, { hook, region, ruled }: Shown): Replayed {
  const { bdd } = space;
  const injection = packetIn(space, region, hook);
  if (!injection) return { kind: 'unclear' };
  const { ways, complete } = trace({ ruleSet, injection });
  const steps = ways.flatMap((way) => way.steps).filter((step): step is RuleStep => step.kind === 'rule');
  if (steps.some((step) => step.matched && step.rule === ruled.place.rule)) return { kind: 'refuted' };
  const [first] = ways;
  const firstStep = steps.find((step) => step.hook === hook && step.table === ruled.place.table);
  const isMeant = firstStep && bdd.implies(bdd.and(space.seen(firstStep.view), space.valid()), region);
  if (!complete || ways.length > 1 || !isMeant || !first.deciding) return { kind: 'unclear' };
  const outcome = `${verdictWords[first.verdict]} by ${decidingText(first.deciding)}`;
  return {
    kind: 'shown',
    example: { packet: formatInjection(injection), outcome },
    ...(first.deciding.by === 'rule' && { deciding: first.deciding.rule }),
  };
}

const verdictWords = { accept: 'accepted', drop: 'dropped', reject: 'rejected', queue: 'queued' } as const;
