// The search for packets that break assertions: it finds holes that were made on purpose, and claims nothing it did not see.
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/core/ir/policy.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { formatInjection } from '../../../src/core/packet/format.ts';
import { type ClaimResult, searchAssertions } from '../../../src/core/policy-test/search.ts';

const around = `
zone wan = { interface "wan0" }
zone lan = { interface "lan0"; address 10.0.0.0/24 }
set admins : address = { 198.51.100.7, 203.0.113.64/28, 2001:db8:9::/48 }
`;
const host = `
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;

function policyOf(rules: string, claims: string, facts = host): Policy {
  const text = `${around}${facts}
table inet filter { chain forward hook forward priority filter policy drop {
  ct state { established, related } accept
  ${rules}
} }
table ip nat { chain PREROUTING { iif "wan0" tcp dport 2222 dnat to 10.0.0.2:22 } }
assert "a" { ${claims} }`;
  const { value, diagnostics } = loadPolicy({ name: 'test.hook', text });
  if (!value) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value;
}

function search(policy: Policy, seed = 1): ClaimResult | undefined {
  return searchAssertions(policy, { seed, samples: 1000 })[0]?.claims.at(-1);
}

const ssh = 'never accept in zone wan out zone lan tcp dport 22 ct state new';

describe.each([1, 2, 3])('with seed %d', (seed) => {
  test.each([
    ['an open door', 'from zone wan accept', ssh],
    ['one address of a set', 'from zone wan from @admins accept', ssh],
    ['one port of many', 'tcp dport { 80, 443, 8000-8010 } accept', ssh.replace('22', '8010')],
    ['one port beside the others', 'tcp dport 1-1023 accept', ssh.replace('22', '>= 1023')],
    ['a translation that leads there', 'ct status dnat accept', ssh],
    ['a reply', '', 'never accept from zone wan tcp dport 22'],
    [
      'one address left out',
      'from != 10.0.0.77 oif "wan0" accept',
      'always accept from zone lan to zone wan',
    ],
    ['another verdict', 'reject', 'always drop from zone lan to zone wan ct state new'],
    ['the host itself', '', 'never accept in zone wan out zone self'],
    ['in the second line', 'accept', `never reject ; ${ssh}`],
  ])('%s is found', (_, rules, claim) => {
    const policy = policyOf(rules, claim);
    const { counterexample } = search(policy, seed) ?? {};
    expect(counterexample).toBeDefined();
    const wrong = claim.includes('never') ? 'accept' : undefined;
    if (wrong) expect(counterexample?.trace.verdict).toBe(wrong);
    else expect(claim).not.toContain(`always ${counterexample?.trace.verdict}`);
  });

  test.each([
    ['nothing is open', 'from zone lan accept', ssh.replace('22', '23')],
    ['all is accepted', 'accept', 'always accept in zone lan out zone wan tcp dport 80'],
    ['without a host', 'from zone lan to zone wan accept', 'always accept from zone lan to zone wan'],
  ])('%s is not proved, after many packets', (name, rules, claim) => {
    const found = search(policyOf(rules, claim, name === 'without a host' ? '' : host), seed);
    expect(found?.counterexample).toBeUndefined();
    expect(found?.tried).toBeGreaterThan(300);
  });
});

test('what depends on facts that nobody gave breaks nothing for certain', () => {
  const found = search(policyOf('meta cpu 1 accept', ssh));
  expect(found).toMatchObject({ open: found?.tried });
  expect(found?.counterexample).toBeUndefined();
  expect(found?.open).toBeGreaterThan(0);
});

test('a condition that no packet meets is tried on none', () => {
  expect(search(policyOf('accept', 'never accept tcp dport 22 meta l4proto udp'))).toMatchObject({
    tried: 0,
  });
});

test('a packet that is dropped before it is routed counts as one that was going there', () => {
  const policy = policyOf(
    'accept } chain raw hook prerouting priority raw { tcp dport 80 drop',
    'always accept in zone lan out zone wan tcp dport 80',
  );
  const { counterexample } = search(policy) ?? {};
  expect(counterexample?.trace.verdict).toBe('drop');
});

test('the same seed finds the same packet, another one others', () => {
  const policy = policyOf('from zone wan accept', ssh);
  const packets = [1, 1, 2].map((seed) => {
    const { counterexample } = search(policy, seed) ?? {};
    return counterexample && formatInjection(counterexample.sent);
  });
  expect(packets[1]).toBe(packets[0]);
  expect(packets[2]).not.toBe(packets[0]);
});
