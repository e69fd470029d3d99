// Whole policies: none makes hookline fail, formatting keeps what they mean, compiling them again gives the same, and
// both back ends treat every packet as the policy does.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackEnd, backEndNames, compile } from '../../src/core/compile.ts';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { type LoadOptions, loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { formatPolicy } from '../../src/core/syntax/format.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import { programPackets, programs } from '../arbitrary/programs.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 40);

function read(text: string): Policy | undefined {
  return loadPolicy({ name: 'any.hook', text }, 'hook').value;
}

/** What a policy becomes everywhere. */
function compiled(policy: Policy | undefined): readonly (string | undefined)[] {
  return backEndNames.map((to) => policy && compile(policy.ruleSet, to).value);
}

function formatted(text: string): string {
  return formatPolicy({ name: 'any.hook', text }).value ?? 'not formatted';
}

test('nearly all are valid; formatting keeps the meaning, and compiling again gives the same', () => {
  let valid = 0;
  fc.assert(
    fc.property(programs, (text) => {
      const policy = read(text);
      const once = formatted(text);
      const expected = compiled(policy);
      if (policy) valid++;
      expect(formatted(once)).toBe(once);
      expect(compiled(read(once))).toEqual(expected);
      expect(compiled(read(text))).toEqual(expected);
    }),
    { numRuns },
  );
  expect(valid).toBeGreaterThan(numRuns * 0.6);
});

/** How each packet of a history fares. */
function fates(ruleSet: RuleSet, host: Host | undefined, specs: readonly string[]): readonly string[] {
  let connections = conntrackTable();
  return specs.map((text) => {
    const { value: injection, diagnostics } = parsePacketSpec({ name: 'packet', text });
    if (!injection) throw new Error(renderDiagnostics(diagnostics, { color: false }));
    const traced = trace({ ruleSet, host, injection, connections });
    connections = traced.connections;
    return `${text}: ${traced.ways.map(outcomeKey).join(' | ')}`;
  });
}

/** What a back end makes of it, read again; undefined where the back end refuses. */
function returned(
  { ruleSet }: Policy,
  to: BackEnd,
  kind: PolicyKind,
  options?: LoadOptions,
): RuleSet | undefined {
  const { value } = compile(ruleSet, to);
  if (value === undefined) return undefined;
  const loaded = loadPolicy({ name: kind, text: value }, kind, options);
  if (!loaded.value) throw new Error(renderDiagnostics(loaded.diagnostics, { color: false }));
  return loaded.value.ruleSet;
}

/** The ways through a back end and back, with the packets that it sees. */
const ways = [
  ['nft-json', 'nft-json', () => true],
  ['iptables', 'iptables-save', (spec: string) => !spec.includes('::')],
  ['ip6tables', 'ip6tables-save', (spec: string) => spec.includes('::')],
] as const;

test('both back ends treat every packet alike', () => {
  let refused = 0;
  let compared = 0;
  fc.assert(
    fc.property(programs, fc.array(programPackets, { minLength: 1, maxLength: 12 }), (text, specs) => {
      const policy = read(text);
      if (!policy) return;
      const ipset = { name: 'ipset', text: compile(policy.ruleSet, 'ipset').value ?? '' };
      for (const [to, kind, sees] of ways) {
        const ruleSet = returned(policy, to, kind, { ipset });
        compared++;
        if (!ruleSet) refused++;
        const seen = specs.filter(sees);
        if (ruleSet)
          expect(fates(ruleSet, policy.hosts[0], seen)).toEqual(fates(policy.ruleSet, policy.hosts[0], seen));
      }
    }),
    { numRuns },
  );
  expect(refused).toBeLessThan(compared * 0.2);
});
