// Running a policy's tests: packets in order through one simulated host, conntrack kept between them.
import type { Policy, PolicyTest, TestStep } from '../ir/policy.ts';
import { rulesOn } from '../ir/rules-on.ts';
import type { Injection } from '../packet/packet.ts';
import {
  type Branch,
  beginHistory,
  branchesBehind,
  type HistoryRequest,
  later,
  requestAt,
} from '../trace/history.ts';
import { requestProblems } from '../trace/request.ts';
import { outcomeKey, type Trace, trace } from '../trace/trace.ts';
import { unmet } from './expectation.ts';
import { hostOf } from './host-of.ts';
import { replyTo } from './reply.ts';

/** How one test went; `steps` ends with the first that failed. */
export interface TestResult {
  readonly test: PolicyTest;
  readonly passed: boolean;
  readonly steps: readonly StepResult[];
}

export interface StepResult {
  readonly step: TestStep;
  /** Missing where there was no packet to answer. */
  readonly sent: Injection | undefined;
  readonly trace: Trace | undefined;
  /** A sentence for each expectation that was not met. */
  readonly failures: readonly string[];
}

/** Runs every test of a policy by simulation. */
export function runTests(policy: Policy): readonly TestResult[] {
  return policy.tests.map((test) => runTest(policy, test));
}

/** More than these are not followed: the test fails rather than leave any out. */
const mostBranches = 64;

/** Runs one test from an empty conntrack table, along every way that its packets may go. */
function runTest(policy: Policy, test: PolicyTest): TestResult {
  const host = hostOf(policy, test);
  const steps: StepResult[] = [];
  let { branches }: { readonly branches: readonly Branch[] } = beginHistory();
  let now = 0;
  for (const [at, step] of test.steps.entries()) {
    now = later({ now }, step.send === 'reply' ? step : step.send);
    const given = { ruleSet: rulesOn(policy, host?.name), host, clock: test.clock };
    const runs = branches.map((branch) => runStep(given, { branch, step, now }));
    branches = runs.flatMap(({ trace: traced, branch }) =>
      traced ? branchesBehind(branch, traced, at + 1, outcomeKey) : [],
    );
    const result = resultOf(runs, branches.length);
    if (result) steps.push(result);
    if (!result || result.failures.length > 0) return { test, passed: false, steps };
  }
  return { test, passed: true, steps };
}

/** The first that failed, else the first. */
function resultOf(runs: readonly StepResult[], count: number): StepResult | undefined {
  const result = runs.find(({ failures }) => failures.length > 0) ?? runs[0];
  if (!result || result.failures.length > 0 || count <= mostBranches) return result;
  return { ...result, failures: ['the packets may go more ways than are followed'] };
}

/** A packet of a test on one of the ways that led to it. */
interface StepRun {
  readonly branch: Branch;
  readonly step: TestStep;
  readonly now: number;
}

function runStep(
  given: HistoryRequest,
  { branch, step, now }: StepRun,
): StepResult & { readonly branch: Branch } {
  const sent = step.send === 'reply' ? branch.last && replyTo(branch.last) : step.send;
  const notTraced = (...failures: readonly string[]) => ({ step, sent, trace: undefined, failures, branch });
  if (!sent)
    return notTraced('the packet before has no answer: it did not arrive, or what it became is not known');
  const request = requestAt(given, branch, sent, now);
  const problems = requestProblems(request);
  if (problems.length > 0) return notTraced(...problems.map((one) => one.message));
  const traced = trace(request);
  const failures = step.expectations.flatMap((one) => unmet(one, sent.packet, traced.ways) ?? []);
  const cut = traced.complete ? [] : ['the packet may go more ways than are followed'];
  return { step, sent, trace: traced, failures: [...failures, ...cut], branch };
}
