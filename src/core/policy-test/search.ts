// Assertions: a search for a packet that breaks one. What is not found is not proved: nobody has seen all packets.
import type { Assertion, Claim, Policy } from '../ir/policy.ts';
import { rulesOn } from '../ir/rules-on.ts';
import type { Injection } from '../packet/packet.ts';
import { requestProblems } from '../trace/request.ts';
import type { TraceRequest } from '../trace/run.ts';
import type { Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { makeDraw } from './draw.ts';
import { hostOf } from './host-of.ts';
import { makePool } from './pool.ts';
import { makeProbe, meets, type Probe } from './probe.ts';
import { makeRandom } from './random.ts';

/** How long to search. */
export interface SearchOptions {
  /** The same seed gives the same packets. */
  readonly seed: number;
  /** So many packets are drawn for each line. */
  readonly samples: number;
}

/** Without a counterexample an assertion is not proved; it never passes. */
export interface AssertionResult {
  readonly assertion: Assertion;
  /** Up to the first line that is broken. */
  readonly claims: readonly ClaimResult[];
  readonly failed: boolean;
}

/** What the search for one line came to. */
export interface ClaimResult {
  readonly claim: Claim;
  /** Packets that met the condition, that which breaks it among them. */
  readonly tried: number;
  /** Those of them whose fate depends on what is not known. */
  readonly open: number;
  readonly counterexample?: Counterexample;
}

export interface Counterexample {
  readonly sent: Injection;
  readonly trace: Trace;
}

/** No further packet is drawn once the traces have so many steps: where all pass 100,000 rules, some dozens are. */
const maximumSteps = 5_000_000;

/** Searches a counterexample for every assertion of a policy. */
export function searchAssertions(policy: Policy, options: SearchOptions): readonly AssertionResult[] {
  return (policy.assertions ?? []).map((assertion) => searchAssertion(policy, assertion, options));
}

function searchAssertion(policy: Policy, assertion: Assertion, options: SearchOptions): AssertionResult {
  const claims: ClaimResult[] = [];
  for (const claim of assertion.claims) {
    const result = searchClaim(policy, assertion, claim, options);
    claims.push(result);
    if (result.counterexample) return { assertion, claims, failed: true };
  }
  return { assertion, claims, failed: false };
}

function searchClaim(
  policy: Policy,
  assertion: Assertion,
  claim: Claim,
  { seed, samples }: SearchOptions,
): ClaimResult {
  const host = hostOf(policy, assertion);
  const ruleSet = rulesOn(policy, host?.name);
  const random = makeRandom(seed);
  const cases = claim.cases.map((rule) => ({ rule, table: assertion }));
  const draw = makeDraw(cases, makePool(ruleSet, host, cases), random);
  const probe = makeProbe(ruleSet, claim, assertion.sets);
  const found = { tried: 0, open: 0 };
  for (let drawn = 0, steps = 0; drawn < samples && steps < maximumSteps; drawn++) {
    const injection = draw();
    const fate = injection && fateOf({ ruleSet: probe.ruleSet, host, injection }, probe, claim);
    if (!injection || !fate) continue;
    steps += fate.steps;
    if (fate.met) found.tried++;
    if (fate.breaks === 'perhaps') found.open++;
    if (fate.breaks === 'yes')
      return { claim, ...found, counterexample: traceOf({ ruleSet, host, injection }) };
  }
  return { claim, ...found };
}

/** As it is shown: without the chains that watched. */
function traceOf(request: TraceRequest): Counterexample {
  return { sent: request.injection, trace: trace(request) };
}

/** How one packet fared: whether it met the condition, and whether it breaks the claim on all ways, or on some. */
interface DrawnFate {
  readonly met: boolean;
  readonly breaks: 'yes' | 'perhaps' | 'no';
  readonly steps: number;
}

function fateOf(request: TraceRequest, probe: Probe, claim: Claim): DrawnFate | undefined {
  if (requestProblems(request).length > 0) return undefined;
  const { ways, complete } = trace(request);
  const met = ways.map((way) => meets(way, probe, request));
  const broken = ways.filter((way, at) => met[at] === true && breaks(way, claim));
  const all = complete && broken.length === ways.length;
  return {
    met: met.some(Boolean),
    breaks: all ? 'yes' : broken.length > 0 || !complete ? 'perhaps' : 'no',
    steps: ways.reduce((sum, way) => sum + way.steps.length, 0),
  };
}

/** What the host itself refuses, for want of a route or for its source, is no verdict of the policy. */
function breaks({ verdict, reason }: Way, claim: Claim): boolean {
  if (reason !== undefined) return false;
  return (verdict === claim.verdict) === (claim.says === 'never');
}
