// A policy with named sets, its form in nft and its form in iptables with the sets in ipset mean the same: every packet
// fares alike in all of them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { type LoadOptions, loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import { setPackets, setPolicies } from '../arbitrary/set-policies.ts';

function load(text: string, kind: PolicyKind, options: LoadOptions = {}): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind, options);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

function compiled(ruleSet: RuleSet, to: 'iptables' | 'ip6tables' | 'ipset' | 'nft-json' | 'nft'): string {
  const { value, diagnostics } = compile(ruleSet, to);
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value;
}

function fates(ruleSet: RuleSet, specs: readonly string[]): readonly string[] {
  return specs.map((text) => {
    const { value: injection } = parsePacketSpec({ name: 'packet', text });
    if (!injection) throw new Error(text);
    return `${text}: ${trace({ ruleSet, injection }).ways.map(outcomeKey).join(' | ')}`;
  });
}

test('named sets mean the same in a policy, in nft and in iptables with ipset', () => {
  fc.assert(
    fc.property(setPolicies, fc.array(setPackets, { minLength: 1, maxLength: 20 }), (text, specs) => {
      const ruleSet = load(text, 'hook');
      const ipset = { name: 'ipset', text: compiled(ruleSet, 'ipset') };
      const [of4, of6] = [false, true].map((isOther) =>
        specs.filter((spec) => spec.includes('[') === isOther),
      );
      for (const kind of ['nft-json', 'nft'] as const)
        expect(fates(load(compiled(ruleSet, kind), kind), specs)).toEqual(fates(ruleSet, specs));
      for (const [to, kind, chosen = []] of [
        ['iptables', 'iptables-save', of4],
        ['ip6tables', 'ip6tables-save', of6],
      ] as const)
        expect(fates(load(compiled(ruleSet, to), kind, { ipset }), chosen)).toEqual(fates(ruleSet, chosen));
    }),
    { numRuns: 300 },
  );
});
