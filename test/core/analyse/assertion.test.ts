// Proofs of assertions: holes that were made on purpose are found, and where there is none the assertion holds.
import { describe, expect, test } from 'vitest';
import { type ClaimProof, proveAssertions } from '../../../src/core/analyse/assertion.ts';
import type { Policy } from '../../../src/core/ir/policy.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { formatInjection } from '../../../src/core/packet/format.ts';

const around = `
zone wan = { interface "wan0" }
zone lan = { interface "lan0"; address 10.0.0.0/24 }
set admins : address = { 198.51.100.7, 203.0.113.64/28, 2001:db8:9::/48 }
service web = { tcp 80, tcp 443, udp 443 }
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

function prove(rules: string, claim: string, facts = host): ClaimProof | undefined {
  return proveAssertions(policyOf(rules, claim, facts))[0]?.claims.at(-1);
}

const ssh = 'never accept in zone wan out zone lan tcp dport 22 ct state new';

describe('a hole is found', () => {
  test.each([
    ['an open door', 'from zone wan accept', ssh],
    ['one address of a set', 'from zone wan from @admins accept', ssh],
    ['one port of many', 'tcp dport { 80, 443, 8000-8010 } accept', ssh.replace('22', '8010')],
    ['one port beside the others', 'tcp dport 1-1023 accept', ssh.replace('22', '>= 1023')],
    ['a service', 'udp dport 443 accept', 'never accept out zone lan service web ct state new'],
    ['a translation that leads there', 'ct status dnat accept', ssh],
    ['a reply', '', 'never accept from zone wan tcp dport 22'],
    [
      'one address left out',
      'from != 10.0.0.77 oif "wan0" accept',
      'always accept from zone lan to zone wan',
    ],
    ['one of IPv6', 'meta nfproto ipv4 accept', 'always accept iif "lan0" oif "wan0"'],
    ['another verdict', 'reject', 'always drop from zone lan to zone wan ct state new'],
    ['the host itself', '', 'never accept in zone wan out zone self'],
    ['programs of the host', '', 'never accept from 10.0.0.1 to zone wan tcp dport 25'],
    ['in the second line', 'accept', `never reject ; ${ssh}`],
  ])('%s', (name, rules, claim) => {
    const found = prove(rules, claim, name === 'one of IPv6' ? '' : host);
    expect(found?.outcome).toBe('broken');
    expect(found?.supposed).toEqual([]);
    const verdict = found?.counterexample?.trace.verdict;
    if (claim.includes('never')) expect(verdict).toBe('accept');
    else expect(claim).not.toContain(`always ${verdict}`);
  });
});

describe('it holds', () => {
  test.each([
    ['nothing is open', 'from zone lan accept', ssh.replace('22', '23'), host],
    ['all is accepted', 'accept', 'always accept in zone lan out zone wan tcp dport 80', host],
    [
      'a union of rules',
      'tcp dport < 100 accept; tcp dport >= 100 accept',
      'always accept out zone wan meta l4proto tcp',
      '',
    ],
    ['without a host', 'from zone lan to zone wan accept', 'always accept from zone lan to zone wan', ''],
    [
      'only by a set',
      'from zone wan from @admins accept',
      `${ssh} from != { 198.51.100.7, 203.0.113.64/28, 2001:db8:9::/48 }`,
      '',
    ],
  ])('%s', (_, rules, claim, facts) => {
    expect(prove(rules, claim, facts)).toMatchObject({
      outcome: 'holds',
      isMet: true,
      proved: ['in', 'out'],
    });
  });
});

test('what depends on facts that nobody gave breaks nothing for certain', () => {
  const found = prove('meta cpu 1 accept', ssh);
  expect(found).toMatchObject({ outcome: 'depends', supposed: [{ name: 'meta cpu' }] });
  expect(found?.counterexample?.trace.verdict).toBe('depends');
});

test('a limit is named, with how it has to be', () => {
  const found = prove('limit 5/minute accept', ssh);
  expect(found?.supposed).toEqual([
    { name: expect.stringMatching(/^limit 5\/minute in rule 2 of `forward`/), holds: true },
  ]);
  expect(found?.outcome).toBe('depends');
  const kept = prove(
    'limit 5/minute accept; accept',
    ssh.replace('never', 'always').replace(' ct state new', ''),
  );
  expect(kept?.outcome).toBe('holds');
});

test('a program that reads a queue may do anything', () => {
  const found = prove('queue', ssh);
  expect(found).toMatchObject({ outcome: 'depends', why: [expect.stringContaining('queue')] });
});

test('a condition that no packet meets is met by none', () => {
  expect(prove('accept', 'never accept tcp dport 22 meta l4proto udp')).toMatchObject({
    outcome: 'holds',
    isMet: false,
  });
});

test('a packet that is dropped before it is routed counts as one that was going there', () => {
  const found = prove(
    'accept } chain raw hook prerouting priority raw { tcp dport 80 drop',
    'always accept in zone lan out zone wan tcp dport 80',
  );
  expect(found?.counterexample?.trace.verdict).toBe('drop');
});

test('an example is one that people expect to see', () => {
  const { counterexample } = prove('from zone wan accept', ssh) ?? {};
  expect(counterexample && formatInjection(counterexample.sent)).toBe(
    'in wan0 tcp 198.51.100.10:40000 -> 203.0.113.10:2222 syn',
  );
});

test('the time is over at once', () => {
  const [found] = proveAssertions(policyOf('accept', ssh), { isOver: () => true, step: () => {} });
  expect(found).toMatchObject({ outcome: 'unfinished', claims: [{ outcome: 'unfinished', proved: [] }] });
});

test('each host has its own rules', () => {
  const text = `
host one { interface "lan0" { address 10.0.0.1/24 }
  table inet filter { chain input hook input priority filter policy drop { tcp dport 22 accept } } }
host two { interface "lan0" { address 10.0.0.2/24 }
  table inet filter { chain input hook input priority filter policy drop { } } }
assert "one" { on one; never accept iif "lan0" tcp dport 22 to 10.0.0.1 }
assert "two" { on two; never accept tcp dport 22 to 10.0.0.2 }`;
  const { value, diagnostics } = loadPolicy({ name: 'test.hook', text });
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(value && proveAssertions(value).map(({ outcome }) => outcome)).toEqual(['broken', 'holds']);
});
