// Whatever can be said in a format comes back from it: rule sets drawn from the fixtures of the registries go through nft
// JSON, nft text, iptables-save and the language. What a format has another form for, as nft has `fib` for `addrtype`,
// comes back in that form once, and as itself from then on. What nft lists of its text is asked of the kernel.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { hasErrors } from '../../src/core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { type DrawnChain, drawnChains, keepRules, loadChain } from '../arbitrary/fixture-rules.ts';
import { bare, counting } from '../support/bare.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 150);

function load(text: string, kind: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value || hasErrors(diagnostics))
    throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

function compiled(ruleSet: RuleSet, to: BackEnd): string {
  const { value, diagnostics } = compile(ruleSet, to);
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value;
}

/** The rules that a back end can say. */
function sayable(drawn: DrawnChain, to: BackEnd): RuleSet {
  const ruleSet = loadChain(drawn) ?? { tables: [] };
  return keepRules(ruleSet, (one) => compile(one, to).value !== undefined);
}

/** Out and in again; the second time nothing changes any more. */
function checkReturn(ruleSet: RuleSet, to: BackEnd, kind: PolicyKind): void {
  const first = compiled(ruleSet, to);
  const imported = load(first, kind);
  const second = compiled(imported, to);
  expect(second).toBe(first);
  expect(bare(load(second, kind))).toEqual(bare(imported));
}

const everywhere = drawnChains(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);

const refusals: ReadonlySet<string> = new Set(['HK5601', 'HK5604', 'HK5605']);

/** What nft would list of its text; undefined if it does not take it. */
function listed(ruleSet: RuleSet): RuleSet | undefined {
  const { value, diagnostics } = loadPolicy({ name: 'nft', text: compiled(ruleSet, 'nft') }, 'nft');
  return diagnostics.some(({ code }) => refusals.has(code)) ? undefined : value?.ruleSet;
}

/**
 * The rules that nft takes: some ask for two protocols at once, or for what their family never sees. Of a few it lists
 * what it does not take, and the type of a frame as raw bytes where another field of the frame is asked too.
 */
function possible(ruleSet: RuleSet): RuleSet {
  return keepRules(ruleSet, (one) => {
    const once = listed(one);
    return once !== undefined && listed(once) !== undefined && !compiled(once, 'nft').includes('@ll,');
  });
}

test('the language', () => {
  fc.assert(
    fc.property(everywhere, (drawn) => {
      const ruleSet = loadChain(drawn) ?? { tables: [] };
      const { value = '' } = writePolicy(ruleSet, { origin: 'a random rule set' });
      expect(bare(load(value, 'hook'))).toEqual(bare(counting(ruleSet)));
    }),
    { numRuns },
  );
});

test('nft JSON', () => {
  fc.assert(
    fc.property(everywhere, (drawn) => checkReturn(sayable(drawn, 'nft-json'), 'nft-json', 'nft-json')),
    { numRuns },
  );
});

test('nft text, which is read as nft lists it', () => {
  fc.assert(
    fc.property(everywhere, (drawn) => {
      checkReturn(load(compiled(possible(sayable(drawn, 'nft')), 'nft'), 'nft'), 'nft', 'nft');
    }),
    { numRuns },
  );
});

test.each([
  ['iptables-save', 'ip', 'iptables'],
  ['ip6tables-save', 'ip6', 'ip6tables'],
] as const)('%s', (kind, family, to) => {
  fc.assert(
    fc.property(drawnChains([family]), (drawn) => checkReturn(sayable(drawn, to), to, kind)),
    { numRuns },
  );
});
