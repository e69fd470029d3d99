// A rule set in fewer rules treats every packet as the rule set does, for each back end: verdicts, translations and marks,
// and what rules count and log. Nothing is left to do for a second time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { ruleText } from '../../src/core/ir/rule-text.ts';
import type { Part, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { optimise } from '../../src/core/optimise/optimise.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { findStatement } from '../../src/core/statement/registry.ts';
import type { Host } from '../../src/core/topology/host.ts';
import type { Way } from '../../src/core/trace/step.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import { alikePackets, alikePolicies } from '../arbitrary/alike-rules.ts';
import { programPackets, programs } from '../arbitrary/programs.ts';
import { packetSpecs, policyTexts } from '../arbitrary/rules.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 20);

function read(text: string): Policy | undefined {
  return loadPolicy({ name: 'any.hook', text }, 'hook').value;
}

/** What rules did to the packet that is more than a verdict. */
function doneTo({ steps }: Way): string {
  return steps
    .flatMap((step) =>
      step.kind === 'rule' && step.matched && step.rule.parts.some(acts) ? ruleText(step.rule) : [],
    )
    .join(' | ');
}

function acts(part: Part): boolean {
  const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
  return definition !== undefined && !definition.terminal && !definition.chains;
}

/** How each packet of a history fares. */
function fates(
  ruleSet: RuleSet,
  host: Host | undefined,
  specs: readonly string[],
  done = true,
): readonly string[] {
  let connections = conntrackTable();
  return specs.map((text) => {
    const { value: injection } = parsePacketSpec({ name: 'packet', text });
    if (!injection) throw new Error(text);
    const traced = trace({ ruleSet, host, injection, connections });
    connections = traced.connections;
    // Ways that differ in what is supposed only are as many as there are rules that ask for it.
    const ways = new Set(traced.ways.map((way) => `${outcomeKey(way)}${done ? ` ${doneTo(way)}` : ''}`));
    return `${text}: ${[...ways].join(' || ')}`;
  });
}

const targets = ['nft', 'iptables'] as const satisfies readonly BackEnd[];

/** What a back end makes of a rule set, read again; undefined where it refuses. */
function returned(ruleSet: RuleSet, to: 'nft' | 'iptables'): RuleSet | undefined {
  const { value: text } = compile(ruleSet, to);
  if (text === undefined) return undefined;
  const kind: PolicyKind = to === 'nft' ? 'nft' : 'iptables-save';
  const ipset = { name: 'ipset', text: compile(ruleSet, 'ipset').value ?? '' };
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind, { ipset });
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

test.each([
  ['rules that are alike', alikePolicies, alikePackets, () => true],
  ['policies of iptables', policyTexts, packetSpecs, () => true],
  ['whole policies', programs, programPackets, (spec: string) => !spec.includes('::')],
] as const)('%s fare alike when they are optimised', (_, policies, packets, isSeen) => {
  let [before, after] = [0, 0];
  fc.assert(
    fc.property(policies, fc.array(packets, { minLength: 10, maxLength: 40 }), (text, specs) => {
      const policy = read(text);
      if (!policy) return;
      const [host] = policy.hosts;
      const expected = fates(policy.ruleSet, host, specs);
      for (const to of targets) {
        const { ruleSet, changes } = optimise(policy.ruleSet, to);
        before += changes.before;
        after += changes.after;
        expect(fates(ruleSet, host, specs)).toEqual(expected);
        expect(optimise(ruleSet, to).ruleSet).toEqual(ruleSet);
        const seen = specs.filter((spec) => to === 'nft' || isSeen(spec));
        const loaded = returned(ruleSet, to);
        expect(loaded === undefined).toBe(returned(policy.ruleSet, to) === undefined);
        if (loaded)
          expect(fates(loaded, host, seen, false)).toEqual(fates(policy.ruleSet, host, seen, false));
      }
    }),
    { numRuns },
  );
  expect(after).toBeLessThan(before);
});
