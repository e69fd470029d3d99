// A policy, what it compiles to for iptables and what it compiles to for nft mean the same: every packet of a history
// fares alike in all three, address translation and connections included.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import { packetSpecs, policyTexts } from '../arbitrary/rules.ts';

function load(text: string, kind: PolicyKind) {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value;
}

function compiled(ruleSet: RuleSet, to: 'iptables' | 'nft-json'): RuleSet {
  const { value, diagnostics } = compile(ruleSet, to);
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return load(value, to === 'iptables' ? 'iptables-save' : 'nft-json').ruleSet;
}

/** How each packet of a history fares. */
function fates(ruleSet: RuleSet, host: Host | undefined, specs: readonly string[]): readonly string[] {
  let connections = conntrackTable();
  return specs.map((text) => {
    const { value: injection } = parsePacketSpec({ name: 'packet', text });
    if (!injection) throw new Error(text);
    const traced = trace({ ruleSet, host, injection, connections });
    connections = traced.connections;
    return `${text}: ${traced.ways.map(outcomeKey).join(' | ')}`;
  });
}

test('a policy, its iptables form and its nft form treat every packet alike', () => {
  fc.assert(
    fc.property(policyTexts, fc.array(packetSpecs, { minLength: 1, maxLength: 12 }), (text, specs) => {
      const { ruleSet, hosts } = load(text, 'hook');
      const expected = fates(ruleSet, hosts[0], specs);
      expect(fates(compiled(ruleSet, 'iptables'), hosts[0], specs)).toEqual(expected);
      expect(fates(compiled(ruleSet, 'nft-json'), hosts[0], specs)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
