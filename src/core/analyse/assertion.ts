// Assertions: whether what they say holds for all packets. A packet that breaks one is traced before it counts.
import { createBdd, type Node } from '../bdd/bdd.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import type { Assertion, Claim, Policy } from '../ir/policy.ts';
import { rulesOn } from '../ir/rules-on.ts';
import { anyOf } from '../match/symbolic.ts';
import { hostOf } from '../policy-test/host-of.ts';
import { breakingIn, brokenAmong, type Counterexample, isBroken, type Supposed } from './counterexample.ts';
import type { FateEnd } from './journey.ts';
import { type Budget, demandTime, TimeOver, unlimited } from './lint/budget.ts';
import { type Direction, directions, endsOfMeeting, type Subject, spaceFor } from './question.ts';
import type { Space } from './space.ts';

/**
 * `holds`: for all packets. `broken`: by the packet that is there. `depends`: on what nobody can tell, or on what is not
 * worked out. `unfinished`: the time was over, or it
 * grew too large.
 */
export type Outcome = 'holds' | 'broken' | 'depends' | 'unfinished';

/** What came of an assertion; that of its worst line. */
export interface AssertionProof {
  readonly assertion: Assertion;
  readonly outcome: Outcome;
  readonly claims: readonly ClaimProof[];
}

/** What came of one line of an assertion. */
export interface ClaimProof {
  readonly claim: Claim;
  readonly outcome: Outcome;
  /** For these packets it is known to hold: those that come in, those of the host's own programs. */
  readonly proved: readonly Direction[];
  /** Whether any packet was found that meets the condition. */
  readonly isMet: boolean;
  /** It breaks the claim: for certain if that is `broken`, else if what is supposed is the case. */
  readonly counterexample?: Counterexample;
  readonly supposed: readonly Supposed[];
  /** Why it is not known of some packets how they end. */
  readonly why: readonly string[];
  /** What is taken for granted of packets. */
  readonly assumptions: readonly string[];
}

/** Proves every assertion of a policy, or breaks it. Where the time is over, the others are `unfinished`. */
export function proveAssertions(policy: Policy, budget: Budget = unlimited): readonly AssertionProof[] {
  return (policy.assertions ?? []).map((assertion) => proveAssertion(policy, assertion, budget));
}

/** From the best to the worst. */
const outcomes: readonly Outcome[] = ['holds', 'unfinished', 'depends', 'broken'];

function worst(found: readonly Outcome[]): Outcome {
  return outcomes.findLast((one) => found.includes(one)) ?? 'holds';
}

function proveAssertion(policy: Policy, assertion: Assertion, budget: Budget): AssertionProof {
  const { claims, sets } = assertion;
  const host = hostOf(policy, assertion);
  const subject = { ruleSet: rulesOn(policy, host?.name), host };
  const bdd = createBdd({ tick: (nodes) => demandRoom(nodes, budget) });
  const space = spaceFor(subject, { cases: claims.flatMap(({ cases }) => cases), sets }, bdd);
  const proofs = claims.map((claim) => proveClaim({ space, subject, claim, sets, budget }));
  return { assertion, outcome: worst(proofs.map(({ outcome }) => outcome)), claims: proofs };
}

/** So many nodes take some 3 GB. */
const mostNodes = 40_000_000;

/** What grows so large would hardly be done in any time. */
function demandRoom(nodes: number, budget: Budget): void {
  demandTime(nodes > mostNodes ? { ...budget, isOver: () => true } : budget);
}

interface Proving {
  readonly space: Space;
  readonly subject: Subject;
  readonly claim: Claim;
  readonly sets: Assertion['sets'];
  readonly budget: Budget;
}

/** What came of the packets of one direction. */
type Part = Omit<ClaimProof, 'claim' | 'proved'>;

function proveClaim(proving: Proving): ClaimProof {
  const parts: Part[] = [];
  for (const direction of directions) {
    const part = inTime(proving, direction);
    parts.push(part);
    if (part.outcome === 'broken') break;
  }
  const outcome = worst(parts.map((part) => part.outcome));
  const shown = parts.find((part) => part.outcome === outcome);
  return {
    claim: proving.claim,
    outcome,
    proved: directions.filter((_, at) => parts[at]?.outcome === 'holds'),
    isMet: parts.some(({ isMet }) => isMet),
    ...(shown?.counterexample && { counterexample: shown.counterexample }),
    supposed: shown?.supposed ?? [],
    why: [...new Set(parts.flatMap(({ why }) => why))],
    assumptions: [...new Set(parts.flatMap(({ assumptions }) => assumptions))],
  };
}

const nothing = { isMet: false, supposed: [], why: [], assumptions: [] } as const;

function inTime(proving: Proving, direction: Direction): Part {
  try {
    demandTime(proving.budget);
    return proveDirection(proving, direction);
  } catch (problem) {
    if (problem instanceof TimeOver) return { outcome: 'unfinished', ...nothing };
    throw problem;
  }
}

function proveDirection(proving: Proving, direction: Direction): Part {
  const { space, subject, claim, sets, budget } = proving;
  const { bdd } = space;
  const step = () => {
    budget.step();
    demandTime(budget);
  };
  const packets = usualInterfaces(space, subject, direction);
  const condition = { cases: claim.cases, sets };
  const { ends, walk } = endsOfMeeting({ space, subject, condition, direction, packets, step });
  const nodeOf = (some: readonly FateEnd[]) =>
    bdd.and(
      anyOf(
        bdd,
        some.map(({ node }) => node),
      ),
      space.valid(),
    );
  const known = ends.filter((end) => whyOpen(end) === undefined);
  const open = ends.filter((end) => whyOpen(end) !== undefined && nodeOf([end]) !== 0);
  const wrong = nodeOf(known.filter(({ verdict }) => isBroken(claim, verdict)));
  const common = {
    ...nothing,
    isMet: nodeOf(ends) !== 0,
    why: [...new Set(open.flatMap((end) => whyOpen(end) ?? []))],
    assumptions: walk.assumptions,
  };
  if (wrong === 0 && open.length === 0) return { ...common, outcome: 'holds' };
  const breaking = { space, ...subject, direction, claim, sets };
  const broken = wrong === 0 ? undefined : breakingIn(breaking, wrong);
  const found =
    broken?.isCertain || open.length === 0 ? broken : (brokenAmong(breaking, nodeOf(open)) ?? broken);
  return {
    ...common,
    outcome: found?.isCertain ? 'broken' : 'depends',
    ...(found && { counterexample: found.counterexample }),
    supposed: found?.supposed ?? space.freeIn(wrong).map((name) => ({ name })),
  };
}

/** Why a claim about verdicts says nothing of packets that end so. */
function whyOpen({ verdict, why }: FateEnd): string | undefined {
  if (verdict === 'depends') return why;
  return verdict === 'queue' ? 'a program that gets packets from a queue decides about them' : undefined;
}

/** Packets come in by an interface of the host, and leave by some; what comes in by `lo` is what programs have sent. */
function usualInterfaces(space: Space, { host }: Subject, direction: Direction): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  if (direction === 'out' && host) return 1;
  const name = symbols.read(direction === 'in' ? inputInterface : outputInterface);
  if (name.kind !== 'name') return 1;
  if (direction === 'out') return bdd.not(name.is(''));
  if (!host) return bdd.not(bdd.or(name.is(''), name.is('lo')));
  const others = host.interfaces.filter((one) => one.name !== 'lo');
  return anyOf(
    bdd,
    others.map((one) => name.is(one.name)),
  );
}
