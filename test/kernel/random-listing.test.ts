// Random rule sets of every family into the kernel: what its tools list is read as the rule set that was loaded, from nft
// text and nft JSON, and from iptables and ipset in both variants.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { drawnChains, keepRules, loadChain } from '../arbitrary/fixture-rules.ts';
import { bare } from '../support/bare.ts';
import { describeKernel } from './support/require.ts';
import { loadAndSave, tablesOf, variants } from './support/saved.ts';

const numRuns = Number(process.env.HOOKLINE_RUNS ?? 15);

function load(text: string, kind: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

function compiled(ruleSet: RuleSet, to: BackEnd): string {
  const { value, diagnostics } = compile(ruleSet, to);
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value;
}

/** What nft lists, as text and as JSON, after it was given a text in either; undefined if it refuses. */
function listed(
  text: string,
  ...flags: readonly string[]
): readonly [text: string, json: string] | undefined {
  const script = 'cat | nft "$@" -f /dev/stdin; nft list ruleset; echo; echo =; nft -j list ruleset';
  const args = ['-n', 'sh', '-ec', script, 'sh', ...flags];
  const { status, stdout } = spawnSync('unshare', args, { encoding: 'utf8', input: text });
  const [plain = '', json = ''] = stdout.split('\n=\n');
  return status === 0 ? [plain, json] : undefined;
}

/** What nft adds by itself, and what is less with every second. */
const settled: ReadonlySet<string> = new Set(['size', 'expires']);
/** What nft 1.0.6 does not say in JSON. */
const unsaid: ReadonlySet<string> = new Set([...settled, 'devices', 'flags']);
/** What it does not take from JSON either. */
const untaken: ReadonlySet<string> = new Set([...unsaid, 'comment']);

function without(keys: ReadonlySet<string>, ruleSet: RuleSet): unknown {
  return JSON.parse(JSON.stringify(bare(ruleSet)), (key, value: unknown) =>
    keys.has(key) ? undefined : value,
  );
}

/** The flags of a set are in no order. */
function comparable(ruleSet: RuleSet): unknown {
  return JSON.parse(JSON.stringify(without(settled, ruleSet)), (key, value: unknown) =>
    key === 'flags' && Array.isArray(value) ? value.map(String).toSorted() : value,
  );
}

/**
 * What nft takes in a form, and the kernel of this machine, which may lack modules. nft 1.0.6 lists a frame's type as raw
 * bytes where it stands beside another field of the frame, and otherwise from text than from JSON; and its text leaves
 * out a port of `tproxy` that a map gives (HK4509), which test/kernel/nft-text.test.ts pins.
 */
function loadable(ruleSet: RuleSet, to: 'nft' | 'nft-json', ...flags: readonly string[]): RuleSet {
  return keepRules(ruleSet, (one) => {
    const { value, diagnostics } = compile(one, to);
    if (diagnostics.some(({ code }) => code === 'HK4509')) return false;
    const [text = '@ll,'] = value === undefined ? [] : (listed(value, ...flags) ?? []);
    return !text.includes('@ll,');
  });
}

describeKernel('random rule sets in nft', ['nft', 'unshare'], () => {
  test('are listed as what was loaded, from text and from JSON', () => {
    fc.assert(
      fc.property(drawnChains(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']), (drawn) => {
        const ruleSet = loadable(loadChain(drawn) ?? { tables: [] }, 'nft');
        const text = compiled(ruleSet, 'nft');
        const ours = load(text, 'nft');
        const [plain, json] = listed(text) ?? ['refused', ''];
        expect(comparable(load(plain, 'nft'))).toEqual(comparable(ours));
        expect(without(unsaid, load(json, 'nft-json'))).toEqual(without(unsaid, ours));
        const asJson = loadable(ruleSet, 'nft-json', '-j');
        const [again] = listed(compiled(asJson, 'nft-json'), '-j') ?? ['refused'];
        const said = load(compiled(asJson, 'nft'), 'nft');
        expect(without(untaken, load(again, 'nft'))).toEqual(without(untaken, said));
      }),
      { numRuns },
    );
  });
});

const programs = ['unshare', 'ipset', ...variants.map(({ tool }) => tool)];

describeKernel('random rule sets in iptables', programs, () => {
  test.each(variants)('$tool saves what was written', (variant) => {
    const { family } = variant;
    const to = family === 'ip' ? 'iptables' : 'ip6tables';
    const save = (ruleSet: RuleSet): string =>
      loadAndSave(variant, compiled(ruleSet, to), compile(ruleSet, 'ipset').value ?? '');
    const isTaken = (one: RuleSet): boolean => {
      try {
        return save(one) !== '';
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(drawnChains([family]), (drawn) => {
        const ruleSet = keepRules(loadChain(drawn) ?? { tables: [] }, isTaken);
        const rules = compiled(ruleSet, to);
        const saved = save(ruleSet);
        expect(tablesOf(saved)).toEqual(tablesOf(rules));
        expect(tablesOf(compiled(load(saved, `${to}-save`), to))).toEqual(tablesOf(saved));
      }),
      { numRuns },
    );
  });
});
