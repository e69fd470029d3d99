// All packets at once through a rule set: where they end, by which rule, and what is made of them.
import type { Node } from '../bdd/bdd.ts';
import { ofVersion } from '../field/parts.ts';
import type { Hook } from '../hook/hook.ts';
import type { Deciding } from '../trace/step.ts';
import type { ChainDecision, FateEnd, Journey, PathTranslation, WalkRequest } from './journey.ts';
import { walkReceived, walkSent } from './walk-way.ts';

/** What becomes of all packets. */
export interface Walk {
  /** Every packet is in one of them, for each answer to what is free. */
  readonly ends: readonly FateEnd[];
  /** What rules give new connections, in order. */
  readonly translations: readonly PathTranslation[];
  /** The same ends by what decided about them. */
  decided(): readonly FateEnd[];
  /** What is taken for granted of packets. */
  readonly assumptions: readonly string[];
}

/** Takes all packets of IP through the rules. Frames that carry no packet of IP are not among them. */
export function walk(request: WalkRequest): Walk {
  const journeys = ([4, 6] as const).map((family) => journeyOf(request, family));
  const ends = journeys.flatMap((one) => one.ends);
  return {
    ends,
    translations: journeys.flatMap((one) => one.translations),
    decided: () => journeys.flatMap(byDeciding),
    assumptions: [...new Set([...journeys.flatMap((one) => [...one.assumptions]), ...leftOut(request)])],
  };
}

/** What rules see that is no packet of IP. */
function leftOut({ ruleSet: { tables } }: WalkRequest): readonly string[] {
  const seesFrames = tables.some(({ family }) => family === 'arp' || family === 'bridge');
  return seesFrames ? ['frames that carry no packet of IP, such as those of ARP, are left out'] : [];
}

function journeyOf(request: WalkRequest, family: 4 | 6): Journey {
  const { space, packets = 1 } = request;
  const { bdd } = space;
  const journey: Journey = {
    request,
    space,
    bdd,
    family,
    ends: [],
    decisions: [],
    translations: [],
    assumptions: new Set(),
  };
  const all = bdd.and(packets, ofVersion(family)(space.at({ hook: 'forward' })));
  if (all !== 0) (request.direction === 'in' ? walkReceived : walkSent)(journey, all);
  return journey;
}

/** The hooks at which a packet's fate is usually decided (src/core/trace/deciding.ts). */
const mainHooks: readonly Hook[] = ['input', 'forward', 'output'];

/** Rules at the main hooks count first, then policies there, then the same elsewhere; of these the last. */
function rankOf({ hook, deciding }: ChainDecision): number {
  return (mainHooks.includes(hook) ? 2 : 0) + (deciding.by === 'rule' ? 1 : 0);
}

/** Packets that passed, by the rule or policy that let them pass; all others as they are. */
function byDeciding({ bdd, ends, decisions }: Journey): readonly FateEnd[] {
  const filters = decisions.filter(({ nat }) => !nat).toReversed();
  const ranked = filters.toSorted((one, other) => rankOf(other) - rankOf(one));
  return ends.flatMap((end) => {
    if (end.verdict !== 'accept') return [end];
    const found: FateEnd[] = [];
    let rest: Node = end.node;
    for (const { node, deciding } of ranked) {
      if (rest === 0) break;
      if (!bdd.intersects(rest, node)) continue;
      found.push({ ...end, node: bdd.and(rest, node), deciding });
      rest = bdd.minus(rest, node);
    }
    return rest === 0 ? found : [...found, { ...end, node: rest }];
  });
}

/** What tells one thing that decides from others. */
export function decidingName(deciding: Deciding): string {
  const place = `${deciding.family} ${deciding.table} ${deciding.chain}`;
  return deciding.by === 'rule' ? `${place} ${deciding.index}` : `${place} policy`;
}
