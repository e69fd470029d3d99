// A text that is proved to say what its policy says treats every packet as the policy does: also one in which something
// was changed. What a back end makes of a policy is never found to do something else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proveCompiled } from '../../src/core/analyse/proof/compiled.ts';
import { proofProblems } from '../../src/core/analyse/proof/problems.ts';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import type { Diagnostic } from '../../src/core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import { alikePackets, alikePolicies } from '../arbitrary/alike-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { programPackets, programs } from '../arbitrary/programs.ts';
import { packetSpecs, policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 12);

const backEnds = ['nft', 'nft-json', 'iptables', 'ip6tables'] as const satisfies readonly BackEnd[];

function ruleSetOf(text: string): RuleSet | undefined {
  return loadPolicy({ name: 'any.hook', text }, 'hook').value?.ruleSet;
}

test.each([
  ['policies of iptables', policyTexts],
  ['gateways', gatewayPolicies],
  ['hooks', hookPolicies],
  ['sets', setPolicies],
  ['whole policies', programs],
] as const)('what is made of %s is read again and not found to do something else', (_, policies) => {
  let [proved, open] = [0, 0];
  fc.assert(
    fc.property(policies, (text) => {
      const ruleSet = ruleSetOf(text);
      if (!ruleSet) return;
      for (const to of backEnds) {
        const { value } = compile(ruleSet, to);
        if (value === undefined) continue;
        const problems = proofProblems(ruleSet, to, value);
        expect(problems.filter(({ severity }) => severity === 'error').map(plain), to).toEqual([]);
        if (problems.length === 0) proved++;
        else open++;
      }
    }),
    { numRuns },
  );
  expect(proved).toBeGreaterThan(open);
});

function plain({ message, example }: Diagnostic): string {
  return `${message}: ${example?.packet} ${example?.outcome}`;
}

/** How each packet of a history fares. */
function fates(ruleSet: RuleSet, specs: readonly string[]): readonly string[] {
  let connections = conntrackTable();
  return specs.map((text) => {
    const { value: injection } = parsePacketSpec({ name: 'packet', text });
    if (!injection) throw new Error(text);
    const traced = trace({ ruleSet, host: undefined, injection, connections });
    connections = traced.connections;
    return `${text}: ${[...new Set(traced.ways.map((way) => outcomeKey(way)))].toSorted().join(' || ')}`;
  });
}

/** One line left out, moved or changed. */
const changes = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('leave out', 'twice', 'swap', 'verdict', 'number', 'name'),
});

function changed(text: string, { at, how }: { readonly at: number; readonly how: string }): string {
  const lines = text.split('\n');
  const rules = lines.flatMap((line, index) =>
    /^-A |^\t\t(?!type|elements|flags)/.test(line) ? [index] : [],
  );
  const line = rules[at % Math.max(rules.length, 1)] ?? 0;
  const own = lines[line] ?? '';
  const swap = (pairs: readonly (readonly [RegExp, string])[]) => {
    const found = pairs.find(([pattern]) => pattern.test(own));
    return found ? own.replace(found[0], found[1]) : own;
  };
  const put = (...instead: readonly string[]) => lines.toSpliced(line, 1, ...instead).join('\n');
  switch (how) {
    case 'leave out':
      return put();
    case 'twice':
      return put(own, own);
    case 'swap':
      return lines.toSpliced(line, 2, lines[line + 1] ?? '', own).join('\n');
    case 'verdict':
      return put(
        swap([
          [/\baccept\b/, 'drop'],
          [/\bdrop\b/, 'accept'],
          [/ACCEPT/, 'DROP'],
          [/DROP/, 'ACCEPT'],
        ]),
      );
    case 'number':
      return put(
        swap([
          [/\b80\b/, '81'],
          [/\b22\b/, '23'],
          [/10\.0\.1/, '10.0.2'],
          [/\b(\d+)\b/, '7'],
        ]),
      );
    default:
      return put(
        swap([
          [/eth0/, 'eth1'],
          [/eth1/, 'eth0'],
          [/new/i, 'established'],
          [/tcp/, 'udp'],
        ]),
      );
  }
}

test.each([
  ['rules that are alike', alikePolicies, alikePackets],
  ['policies of iptables', policyTexts, packetSpecs],
  ['whole policies', programs, programPackets],
] as const)('what is proved of changed texts of %s, traces say, too', (_, policies, packets) => {
  let [equal, unequal] = [0, 0];
  const drawn = fc.array(packets, { minLength: 10, maxLength: 30 });
  fc.assert(
    fc.property(policies, drawn, changes, (text, specs, change) => {
      const ruleSet = ruleSetOf(text);
      if (!ruleSet) return;
      for (const to of ['nft', 'iptables'] as const) {
        const { value } = compile(ruleSet, to);
        const proof = value === undefined ? undefined : proveCompiled(ruleSet, to, changed(value, change));
        if (!proof?.read || proof.misplaced.length > 0) continue;
        const seen = specs.filter((spec) => to === 'nft' || !spec.includes('::'));
        if (proof.unequal.length > 0) unequal++;
        else {
          equal++;
          expect(fates(proof.read, seen)).toEqual(fates(ruleSet, seen));
        }
      }
    }),
    { numRuns: 2 * numRuns },
  );
  expect(equal).toBeGreaterThan(0);
  expect(unequal).toBeGreaterThan(0);
});
