// What is checked of a policy before anything of the machine is touched: it is valid, has no errors, passes its tests, and
// what it compiles to does what it says.
import { proveAssertions } from '../core/analyse/assertion.ts';
import { proofProblems } from '../core/analyse/proof/problems.ts';
import { type BackEnd, compile } from '../core/compile.ts';
import { hasErrors } from '../core/diagnostic/diagnostic.ts';
import type { Policy } from '../core/ir/policy.ts';
import type { RuleSet } from '../core/ir/ruleset.ts';
import { detectKind, loadPolicy, type PolicyKind } from '../core/load.ts';
import { runTests } from '../core/policy-test/run.ts';
import type { Source } from '../core/text/source.ts';
import type { Host } from '../core/topology/host.ts';
import { ApplyError } from '../host/apply/error.ts';
import type { Texts } from '../host/apply/generation.ts';
import type { Loader } from '../host/kernel/load.ts';
import { type Context, loadOptions } from './context.ts';
import { demand } from './failure.ts';
import { type HostOptions, readInForce } from './hosts.ts';
import { budgetOf, lintPolicy } from './linting.ts';

/** How the policy was named. */
export interface PolicyWords extends HostOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
}

/** A policy that may be applied. */
export interface Applicable {
  readonly source: Source;
  readonly policy: Policy;
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
  readonly texts: Texts;
}

/** Seconds in which lint looks at what all packets do to the rules. */
const lintSeconds = 20;

/** The same for assertions. */
const proofSeconds = 60;

/** Reads and checks a POLICY argument. What is wrong ends the command: with 2 where it is no policy, else with 1. */
export async function readApplicable(
  context: Context,
  path: string,
  words: PolicyWords,
  loader: Loader,
): Promise<Applicable> {
  const source = demand(await context.read(path), context.report);
  const kind = words.from ?? detectKind(source);
  const policy = demand(
    loadPolicy(source, kind, await loadOptions(context, source, words.ipset)),
    context.report,
  );
  const { ruleSet, host } = await readInForce(context, policy, words);
  demandNoFinding(context, policy, kind);
  demandTests(policy);
  const texts = compiledTexts(context, ruleSet, loader);
  return { source, policy, ruleSet, host, texts };
}

function demandNoFinding(context: Context, policy: Policy, kind: PolicyKind): void {
  const budget = budgetOf(lintSeconds, () => undefined);
  const found = lintPolicy(policy, kind, { severity: 'error' }, { said: [], budget });
  if (!hasErrors(found)) return;
  context.report(found);
  throw new ApplyError(
    'refused',
    'the policy has errors',
    'mend them; `# hookline: ignore CODE` behind a line says that it is meant',
  );
}

function demandTests(policy: Policy): void {
  const tests = runTests(policy).filter(({ passed }) => !passed);
  const budget = budgetOf(proofSeconds, () => undefined);
  const assertions = proveAssertions(policy, budget).filter(({ outcome }) => outcome !== 'holds');
  const titles = [
    ...tests.map(({ test }) => `test "${test.title}"`),
    ...assertions.map(({ assertion }) => `assertion "${assertion.title}"`),
  ];
  if (titles.length === 0) return;
  throw new ApplyError(
    'refused',
    `${titles.join(', ')} of the policy ${titles.length === 1 ? 'fails' : 'fail'}`,
    '`hookline test POLICY` says why',
  );
}

const backEnds = { nft: ['nft'], iptables: ['ipset', 'iptables', 'ip6tables'] } as const;

/** What the programs of a loader get, each text proved to do what the rules say. */
function compiledTexts(context: Context, ruleSet: RuleSet, loader: Loader): Texts {
  const names: readonly (keyof Texts & BackEnd)[] = backEnds[loader === 'nft' ? 'nft' : 'iptables'];
  const texts = names.map((name) => {
    const text = demand(compile(ruleSet, name), context.report);
    const problems = proofProblems(ruleSet, name, text);
    demand({ value: hasErrors(problems) ? undefined : text, diagnostics: problems }, context.report);
    return [name, text] as const;
  });
  return Object.fromEntries(texts);
}
