// From the rules that the kernel has to those of another policy, in place: what is there then is what loading the policy
// afresh gives, what stays keeps its handles and what it has counted, and a second time there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change } from '../../src/core/change/change.ts';
import { changeTo } from '../../src/core/change/change-to.ts';
import { compile } from '../../src/core/compile.ts';
import { formatAddress } from '../../src/core/datatype/address.ts';
import type { NamedSet, RuleSet, Table } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { readSource } from '../../src/host/files.ts';
import { type DrawnChain, drawnChains, keepRules, loadChain } from '../arbitrary/fixture-rules.ts';
import { bare } from '../support/bare.ts';
import { policyOf } from '../support/policy.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

/** Two chains in one place, with parts of the same rules and sets. */
const drawnPair = drawnChains(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']).chain((all) => {
  const one = fc.record({
    rules: fc.shuffledSubarray([...all.rules]),
    sets: fc.subarray([...all.sets]),
    priority: fc.constantFrom(all.priority, 10),
    policy: fc.constantFrom('accept', 'drop'),
  });
  return fc.tuple(one, one).map((pair) => pair.map((own): DrawnChain => ({ ...all, ...own })));
});

/** Sets, maps and chains that refer to each other, each of them said in one of several ways. */
const linked = fc
  .record({
    chains: fc.subarray(['x', 'y', 'z']),
    comment: fc.constantFrom('', '; comment "another"'),
    set: fc.constantFrom('', 'flags interval; ', 'auto-merge; flags interval; ', 'size 100; ', 'counter; '),
    elements: fc.subarray(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.1.0.9 comment "guest"']),
    ranges: fc.subarray(['10.2.0.0/24', '10.2.1.0/24', '10.3.0.5-10.3.0.9', '10.3.0.10']),
    ports: fc.subarray(['22', '23', '24', '25']),
    object: fc.constantFrom('1', '2'),
  })
  .map(({ chains, comment, set, elements, ranges, ports, object }) => {
    const all = set.includes('interval') ? [...elements, ...ranges] : elements;
    const to = (port: string, at: number) => `${port} : ${chains[at] ? `jump ${chains[at]}` : 'accept'}`;
    return `table inet t {
      set s { type ipv4_addr; ${set}${all.length > 0 ? `elements = { ${all.join(', ')} }` : ''} }
      map m { type inet_service : verdict; ${ports.length > 0 ? `elements = { ${ports.map(to).join(', ')} }` : ''} }
      counter c { comment "count ${object}"; }
      ${chains.map((name) => `chain ${name} { ${comment.replace('; ', '')}${comment && ';'} ip saddr @s counter name c drop; }`).join('\n')}
      chain in { type filter hook input priority 0; tcp dport vmap @m; ip saddr @s accept; ${chains.map((name) => `jump ${name};`).join(' ')} }
    }`;
  });

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 25);
/** Whether nft and this kernel take it, and nft lists it whole: not `tproxy to` a port of a map (HK4509). */
function isTaken(ruleSet: RuleSet): boolean {
  const { value, diagnostics } = compile(ruleSet, 'nft');
  if (diagnostics.some(({ code }) => code === 'HK4509')) return false;
  const args = ['-n', 'nft', '-f', '-'];
  return value !== undefined && spawnSync('unshare', args, { input: value }).status === 0;
}

function load(text: string): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: 'listed', text }, 'nft');
  if (!value) throw new Error(`${diagnostics.map(({ message }) => message).join('\n')}\n${text}`);
  return value.ruleSet;
}

/** What tables have, in no order but that of rules; without what passes with time. */
function contents(ruleSet: RuleSet): unknown {
  const text = JSON.stringify(bare(ruleSet), (key, value: unknown) => {
    if (key === 'expires') return undefined;
    return Array.isArray(value) && key !== 'rules' && key !== 'parts' ? value.toSorted(byText) : value;
  });
  return JSON.parse(text);
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

const folder = join(import.meta.dirname, '../../examples');
const examples = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'policy.hook')));

function filter(policy: string, hosts: string, guest: string, rules: string): string {
  return `table inet filter {
  set hosts : ipv4_addr { elements = { ${hosts} } }
  set guests : ipv4_addr { flags dynamic, timeout; elements = { ${guest} } }
  chain input hook input priority filter policy ${policy} { ${rules.replaceAll('; ', '\n')}
    ip saddr @hosts counter accept
    add @guests { ip saddr }
  }
}
`;
}

function elementsIn({ sets }: Table): unknown {
  return Object.fromEntries(sets.map((set) => [set.name, addressesIn(set).toSorted()]));
}

function addressesIn({ elements }: NamedSet): readonly string[] {
  const ranges = elements.kind === 'ranges' ? elements.ranges : [];
  return ranges.map(({ lo }) => formatAddress({ family: 4, value: lo }));
}

function rulesOf(text: string): RuleSet {
  return policyOf(text).ruleSet;
}

/** The rules that nft and this kernel take. */
function loadable(drawn: DrawnChain): RuleSet | undefined {
  const ruleSet = loadChain(drawn);
  return ruleSet && keepRules(ruleSet, isTaken);
}

describeKernel('the rules of the kernel changed in place', ['nft'], () => {
  let place: Namespace;
  beforeAll(async () => {
    place = await createNamespace('change');
  });
  afterAll(() => place.close());

  async function nft(text: string): Promise<void> {
    await place.run('nft', ['-f', '-'], { input: text });
  }

  async function listed(): Promise<RuleSet> {
    const text = await place.run('nft', ['--handle', 'list', 'ruleset']);
    return text === '' ? { tables: [] } : load(text);
  }

  async function fresh(ruleSet: RuleSet): Promise<void> {
    await nft(`flush ruleset\n${compile(ruleSet, 'nft').value ?? ''}`);
  }

  /** What is to be done, all tables being own ones. */
  async function changeFor(target: RuleSet, applied?: RuleSet): Promise<Change> {
    const live = await listed();
    const { value, diagnostics } = changeTo({ live, target, owned: live.tables, applied });
    if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
    return value;
  }

  async function becomes(before: RuleSet, after: RuleSet): Promise<void> {
    await fresh(after);
    const wanted = contents(await listed());
    await fresh(before);
    const { text } = await changeFor(after);
    await nft(text);
    expect(contents(await listed())).toEqual(wanted);
    expect((await changeFor(after)).text).toBe('');
  }

  test.for(examples)('%s: what was loaded needs no change', async (name) => {
    const { value: source } = await readSource(join(folder, name, 'policy.hook'));
    const ruleSet = source && loadPolicy(source).value?.ruleSet;
    if (!ruleSet) throw new Error(`${name} is no policy`);
    await fresh(ruleSet);
    expect(await changeFor(ruleSet)).toEqual({ tables: [], foreign: [], text: '' });
  });

  test('rules and elements that stay keep what they are and have counted', async () => {
    const applied = rulesOf(
      filter('drop', '10.0.0.1, 10.0.0.2', '10.9.9.8', 'tcp dport 1 accept; tcp dport 2 accept'),
    );
    await fresh(applied);
    await nft('add element inet filter guests { 192.0.2.1, 192.0.2.2 timeout 1h }\n');
    const [before] = (await listed()).tables;
    const after = rulesOf(
      filter('accept', '10.0.0.2, 10.0.0.3', '10.9.9.9', 'tcp dport 3 accept; tcp dport 2 accept'),
    );
    const { text, tables } = await changeFor(after, applied);
    await nft(text);
    const [table] = (await listed()).tables;
    const chain = { name: 'input', kind: 'edited', policy: 'accept' };
    expect(tables).toMatchObject([{ kind: 'edited', chains: [chain] }]);
    expect(table?.chains[0]?.base?.policy).toBe('accept');
    expect(table?.chains[0]?.rules[1]?.handle).toBe(before?.chains[0]?.rules[1]?.handle);
    expect(table && elementsIn(table)).toEqual({
      hosts: ['10.0.0.2', '10.0.0.3'],
      guests: ['10.9.9.9', '192.0.2.1', '192.0.2.2'],
    });
  });

  test('a table of somebody else with a name of the policy is told, other tables are left alone', async () => {
    const [own, others] = ['own', 'other'].map((name) =>
      rulesOf(`table inet ${name} { chain c hook input priority 0 { accept } }\n`),
    );
    if (!own || !others) throw new Error('there are two');
    await fresh({ tables: [...own.tables, ...others.tables] });
    const { value } = changeTo({ live: await listed(), target: own, owned: [] });
    expect(value).toEqual({ tables: [], foreign: [{ family: 'inet', name: 'own' }], text: '' });
  });

  test('of drawn rule sets one becomes the other', { timeout: 120_000 }, async () => {
    const pairs = fc.asyncProperty(drawnPair, async (pair) => {
      const [before, after] = pair.map(loadable);
      if (before && after) await becomes(before, after);
    });
    await fc.assert(pairs, { numRuns });
  });

  test('sets, maps and chains that refer to each other become others', { timeout: 120_000 }, async () => {
    const pairs = fc.asyncProperty(linked, linked, async (...pair) => {
      const [before, after] = pair.map(load);
      if (before && after) await becomes(before, after);
    });
    await fc.assert(pairs, { numRuns });
  });
});
