// What is worked out once for a class of connections is what a trace of each of them says: for policies of every kind,
// with and without host facts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newCompactEntry } from '../../src/core/conntrack/compact/compact-entry.ts';
import { compactOf } from '../../src/core/conntrack/compact/convert.ts';
import type { Entry } from '../../src/core/conntrack/entry.ts';
import { compactBriefs } from '../../src/core/conntrack-check/brief.ts';
import { checkerOf } from '../../src/core/conntrack-check/check.ts';
import { compactCheckerOf } from '../../src/core/conntrack-check/classes.ts';
import { factsOf } from '../../src/core/conntrack-check/facts.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { similarConnections } from '../arbitrary/connections.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 40);

/** Rules before those that are drawn, so that these stand where a long chain has an index. */
const before: readonly string[] = Array.from({ length: 16 }, () => 'counter');

const chains = drawnChains(['ip', 'ip6', 'inet']).map((drawn) =>
  loadChain({ ...drawn, rules: [...before, ...drawn.rules] }),
);
const longer = fc.tuple(fc.array(drawnChains(['inet']), { minLength: 8, maxLength: 12 })).map(([list]) => {
  const [first] = list;
  const alike = list.filter(({ place }) => place === first?.place);
  const sets = [
    ...new Map(alike.flatMap((one) => one.sets).map((text) => [text.split(' ')[1], text])).values(),
  ];
  const rules = alike.flatMap((one) => one.rules);
  return first && loadChain({ ...first, sets, rules: [...before, ...rules, ...rules] });
});
const texts = fc
  .oneof(gatewayPolicies, hookPolicies, withLookups(policyTexts), setPolicies, programs)
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const ruleSets = fc.oneof(texts, chains, longer).filter((one): one is RuleSet => one !== undefined);

const gateway = hostIn(`host gw {
  interface "eth0" { address 10.0.1.1/24; address fd00:1::1/64; address 10.0.0.1/24 }
  interface "eth1" { address 10.0.2.1/24; address 10.0.9.1/24; address fd00:2::1/64; address 2001:db8::1/64 }
  interface "wan0" { address 203.0.113.1/24; address 2001:db8:1::1/64 }
  route default via 203.0.113.254
  route 192.0.2.0/28 via 10.0.2.9
  route ip6 default via 2001:db8:1::fe
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}`);
const strict = hostIn(`host strict {
  interface "eth0" { address 10.0.1.1/24; address fd00:1::1/64 }
  interface "eth1" { address 10.0.2.1/25; address fd00:2::1/64 }
  route default via 10.0.2.7
  rule from 10.0.1.4/30 lookup 100 priority 90
  route 198.51.100.0/24 via 10.0.1.9 table 100
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv4.conf.all.rp_filter = 1
}`);

function hostIn(text: string): Host {
  const { value, diagnostics } = loadPolicy({ name: 'host.hook', text }, 'hook');
  const [host] = value?.hosts ?? [];
  if (!host) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return host;
}

const hosts = fc.constantFrom(gateway, strict, undefined);

test('the answers of classes are those of traces', () => {
  fc.assert(
    fc.property(ruleSets, hosts, similarConnections, (ruleSet, host, list) => {
      const plain = checkerOf(ruleSet, host);
      const check = compactBriefs(compactCheckerOf(ruleSet, host));
      for (const entry of list) {
        const { entry: _, translation, survival, ...arrival } = plain(entry);
        const compact = newCompactEntry();
        expect(compactOf({ ...entry, ...listed }, compact)).toBe(true);
        const brief = check(compact);
        expect([brief.arrival, brief.translation], shown(entry)).toEqual([arrival, translation.verdict]);
        expect(brief.survival(), shown(entry)).toBe(survival);
        expect(brief.facts).toEqual(factsOf(entry));
        const full = brief.inFull(entry);
        if (full) expect(full, shown(entry)).toEqual(plain(entry));
      }
    }),
    { numRuns },
  );
});

const listed = { line: 1, raw: '', protocolName: '', flags: [] };

function shown(entry: Entry): string {
  return JSON.stringify(entry, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString(16) : value,
  );
}
