// Named sets with all their properties come back from every form that they are written in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitIpset } from '../../src/core/iptables/ipset.ts';
import type { NamedSet, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { emitNftJson } from '../../src/core/nft/emit-json.ts';
import { emitNftText } from '../../src/core/nft/emit-text.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
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

const word = fc.constantFrom('10.0.0.1', '10.0.0.2', '192.0.2.7', '198.51.100.9');
const dumped = fc
  .tuple(
    fc.constantFrom('hash:ip', 'hash:net', 'hash:ip,port', 'hash:ip,mark', 'hash:net,iface'),
    fc.uniqueArray(word, { maxLength: 4 }),
    fc.boolean(),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([type, words, hasTimes, hasCounts, hasComments]) => {
    const tail: Readonly<Record<string, string>> = {
      'hash:ip,port': ',tcp:80',
      'hash:ip,mark': ',0x00000005',
      'hash:net,iface': ',eth0',
    };
    const options = [
      'family inet hashsize 1024 maxelem 65536',
      ...(hasTimes ? ['timeout 300'] : []),
      ...(hasCounts ? ['counters'] : []),
      ...(hasComments ? ['comment'] : []),
    ].join(' ');
    const beside = [
      ...(hasTimes ? ['timeout 20'] : []),
      ...(hasCounts ? ['packets 3 bytes 4'] : []),
      ...(hasComments ? ['comment "a b"'] : []),
    ];
    const sides: Readonly<Record<string, string>> = { 'hash:ip': 'src', 'hash:net': 'src' };
    const lines = words.map((one) => ['add s', `${one}${tail[type] ?? ''}`, ...beside].join(' '));
    return {
      ipset: [`create s ${type} ${options}`, ...lines, ''].join('\n'),
      rule: `-p tcp -m set --match-set s ${sides[type] ?? 'src,dst'} -j ACCEPT`,
    };
  });

test('what ipset saved comes back byte for byte, through a policy too', () => {
  fc.assert(
    fc.property(dumped, ({ ipset, rule }) => {
      const text = `${ipset}*filter\n-A FORWARD ${rule}\nCOMMIT\n`;
      const { value } = loadPolicy({ name: 'dump', text });
      const ruleSet = value?.ruleSet ?? { tables: [] };
      expect(ruleSet.ipset).toBeUndefined();
      expect(emitIpset(ruleSet).value).toBe(ipset);
      const written = writePolicy(ruleSet, { origin: 'test' }).value ?? '';
      const again = loadPolicy({ name: 'policy.hook', text: written }).value?.ruleSet ?? { tables: [] };
      expect(emitIpset(again).value).toBe(ipset);
    }),
    { numRuns: 100 },
  );
});
