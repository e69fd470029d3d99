// Running a policy's tests: packets in order through one simulated host, conntrack kept between them.
import { type ConntrackTable, conntrackTable } from '../conntrack/table.ts';
import type { Policy, PolicyTest, TestStep } from '../ir/policy.ts';
import type { Injection } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import { requestProblems } from '../trace/request.ts';
import type { TraceRequest } from '../trace/run.ts';
import { type Trace, trace } from '../trace/trace.ts';
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

/** What the packets so far have left behind. */
type Before = Pick<TraceRequest, 'sets'> & { readonly connections: ConntrackTable };

/** Runs one test from an empty conntrack table. */
function runTest(policy: Policy, test: PolicyTest): TestResult {
  const host = hostOf(policy, test);
  const steps: StepResult[] = [];
  let before: Before = { connections: conntrackTable() };
  for (const step of test.steps) {
    const result = runStep(policy, host, before, step, steps.at(-1)?.trace);
    steps.push(result);
    if (result.failures.length > 0) return { test, passed: false, steps };
    before = result.trace ?? before;
  }
  return { test, passed: true, steps };
}

function runStep(
  { ruleSet }: Policy,
  host: Host | undefined,
  { connections, sets }: Before,
  step: TestStep,
  last: Trace | undefined,
): StepResult {
  const sent = step.send === 'reply' ? last && replyTo(last.ways[0]) : step.send;
  if (!sent)
    return notTraced(step, sent, [
      'the packet before has no answer: it did not arrive, or what it became is not known',
    ]);
  const request = { ruleSet, host, injection: sent, connections, sets };
  const problems = requestProblems(request);
  if (problems.length > 0)
    return notTraced(
      step,
      sent,
      problems.map((one) => one.message),
    );
  const traced = trace(request);
  const failures = step.expectations.flatMap((one) => unmet(one, sent.packet, traced) ?? []);
  return { step, sent, trace: traced, failures };
}

function notTraced(step: TestStep, sent: Injection | undefined, failures: readonly string[]): StepResult {
  return { step, sent, trace: undefined, failures };
}
