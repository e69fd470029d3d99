// Named sets with all their properties come back from every form that they are written in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitIptables } from '../../src/core/iptables/emit.ts';
import { emitIpset } from '../../src/core/iptables/ipset.ts';
import type { NamedSet, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { emitNftJson } from '../../src/core/nft/emit-json.ts';
import { emitNftText } from '../../src/core/nft/emit-text.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { ipsetDump } from '../arbitrary/ipset.ts';
import { namedSet } from '../arbitrary/sets.ts';

function ruleSetOf(set: NamedSet): RuleSet {
  return { tables: [{ family: 'ip', name: 't', chains: [], sets: [set], opaque: [] }] };
}

/** The set as a text has it, without its places in the text. */
function readBack(text: string | undefined, kind: PolicyKind): unknown {
  const { value, diagnostics } = loadPolicy({ name: 'text', text: text ?? '' }, kind);
  const set = value?.ruleSet.tables[0]?.sets[0];
  return set ? withoutSpans(set) : diagnostics.map(({ message }) => message);
}

function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span');
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutSpans(one)]));
}

const forms = [
  ['nft JSON', 'nft-json', (set: NamedSet) => emitNftJson(ruleSetOf(set)).value],
  ['nft text', 'nft', (set: NamedSet) => emitNftText(ruleSetOf(set)).value],
  ['a policy', 'hook', (set: NamedSet) => writePolicy(ruleSetOf(set), { origin: 'test' }).value],
] as const;

test.each(forms)('a set comes back from %s', (_, kind, write) => {
  fc.assert(
    fc.property(namedSet, (set) => {
      expect(readBack(write(set), kind)).toEqual(withoutSpans(set));
    }),
    { numRuns: 200 },
  );
});

test('what ipset saved comes back byte for byte, through a policy too', () => {
  fc.assert(
    fc.property(ipsetDump, ({ family, ipset, rule }) => {
      const kind = family === 'ip' ? 'iptables-save' : 'ip6tables-save';
      const text = `${ipset}*filter\n-A FORWARD ${rule}\nCOMMIT\n`;
      const { value } = loadPolicy({ name: 'dump', text }, kind);
      const ruleSet = value?.ruleSet ?? { tables: [] };
      expect(ruleSet.ipset).toBeUndefined();
      expect(emitIpset(ruleSet).value).toBe(ipset);
      const written = writePolicy(ruleSet, { origin: 'test' }).value ?? '';
      const again = loadPolicy({ name: 'policy.hook', text: written }).value?.ruleSet ?? { tables: [] };
      expect(emitIpset(again).value).toBe(ipset);
      expect(emitIptables(again, family).value).toContain(`-A FORWARD ${rule}\n`);
    }),
    { numRuns: 300 },
  );
});
