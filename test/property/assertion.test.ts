// Proofs of assertions against traces: no drawn packet breaks one that holds, the packet that is shown breaks one that does
// not, and where few values can be told apart, trying all of them says the same.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proveAssertions } from '../../src/core/analyse/assertion.ts';
import { isBroken } from '../../src/core/analyse/counterexample.ts';
import type { Assertion, Claim, Policy } from '../../src/core/ir/policy.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { makeDraw } from '../../src/core/policy-test/draw.ts';
import { hostOf } from '../../src/core/policy-test/host-of.ts';
import { makePool } from '../../src/core/policy-test/pool.ts';
import { makeProbe, meets } from '../../src/core/policy-test/probe.ts';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import { requestProblems } from '../../src/core/trace/request.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { policyTexts } from '../arbitrary/rules.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 8);
const packetsEach = 25;

const conditions = [
  'tcp dport { 22, 80, 443 }',
  'ip saddr 10.0.0.0/8 ct state new',
  'meta l4proto udp',
  'oif "lan0"',
];
const claims = fc
  .tuple(
    fc.constantFrom('never', 'always'),
    fc.constantFrom('accept', 'drop', 'reject'),
    fc.constantFrom(...conditions),
  )
  .map((words) => words.join(' '));

function policyWith(text: string, claim: string): Policy | undefined {
  return loadPolicy({ name: 'drawn.hook', text: `${text}\nassert "drawn" { ${claim} }\n` }, 'hook').value;
}

/** On how many of its ways a packet breaks the claim; nothing of a packet that the host can't get. */
function broken(policy: Policy, { sets }: Assertion, claim: Claim, injection: Injection) {
  const { ruleSet } = policy;
  const probe = makeProbe(ruleSet, claim, sets);
  const request = { ruleSet: probe.ruleSet, host: hostOf(policy, {}), injection };
  if (requestProblems(request).length > 0) return undefined;
  const { ways } = trace(request);
  const bad = ways.filter(
    (way) => way.reason === undefined && isBroken(claim, way.verdict) && meets(way, probe, request),
  );
  return { bad: bad.length, of: ways.length };
}

test('drawn packets break none that hold, and the packet shown breaks the others', () => {
  fc.assert(
    fc.property(
      fc.oneof(gatewayPolicies, hookPolicies, policyTexts),
      claims,
      fc.nat(),
      (text, said, number) => {
        const policy = policyWith(text, said);
        if (!policy || policy.hosts.length > 1) return;
        const [proof] = proveAssertions(policy);
        const [claim] = proof?.claims ?? [];
        if (!proof || !claim) return;
        const { counterexample, outcome } = claim;
        const shown = counterexample && broken(policy, proof.assertion, claim.claim, counterexample.sent);
        if (outcome === 'broken') expect(shown?.bad).toBeGreaterThan(0);
        if (outcome !== 'holds') return;
        const { cases } = claim.claim;
        const placed = cases.map((rule) => ({ rule, table: proof.assertion }));
        const draw = makeDraw(
          placed,
          makePool(policy.ruleSet, hostOf(policy, {}), placed),
          makeRandom(number),
        );
        for (let at = 0; at < packetsEach; at++) {
          const injection = draw();
          if (injection) expect(broken(policy, proof.assertion, claim.claim, injection)?.bad ?? 0).toBe(0);
        }
      },
    ),
    { numRuns },
  );
});

const parts = fc.constantFrom(
  'iif "a"',
  'iif != "b"',
  'oif "a"',
  'tcp dport 1',
  'tcp dport != 2',
  'udp dport { 1, 2 }',
  'meta l4proto tcp',
  'meta nfproto ipv6',
);
const rules = fc
  .tuple(fc.array(parts, { maxLength: 2 }), fc.constantFrom('accept', 'drop', 'reject', 'return'))
  .map(([asked, verdict]) => [...asked, verdict].join(' '));
const smallPolicies = fc.tuple(fc.array(rules, { maxLength: 5 }), fc.array(rules, { maxLength: 3 })).map(
  ([forward, input]) => `table inet filter {
  chain forward hook forward priority filter policy drop { ${forward.join('; ')} }
  chain input hook input priority filter { ${input.join('; ')} }
}`,
);
const smallClaims = fc
  .tuple(
    fc.constantFrom('never', 'always'),
    fc.constantFrom('accept', 'drop', 'reject'),
    fc.array(parts, { minLength: 1, maxLength: 2 }),
  )
  .map(([says, verdict, asked]) => `${says} ${verdict} iif "a" ${asked.join(' ')} ct state new`);

/** One of every kind that those rules can tell apart. */
const kinds: readonly Injection[] = ['198.51.100.1', '[2001:db8::1]'].flatMap((address) =>
  ['out a', 'out b', 'out c', 'local'].flatMap((way) =>
    ['tcp', 'udp'].flatMap((protocol) =>
      [1, 2, 3].flatMap((port) => {
        const peer = address.replace('1]', '2]').replace(/100\.1$/, '100.2');
        const spec = `in a ${way} ${protocol} ${address}:9 -> ${peer}:${port}`;
        return parsePacketSpec({ name: 'spec', text: spec }).value ?? [];
      }),
    ),
  ),
);

test('trying every kind of packet says the same', () => {
  expect(kinds.length).toBe(48);
  const seen = new Set<string>();
  fc.assert(
    fc.property(smallPolicies, smallClaims, (text, said) => {
      const policy = policyWith(text, said);
      const [proof] = policy ? proveAssertions(policy) : [];
      const [claim] = proof?.claims ?? [];
      // Conditions that exclude each other are errors.
      if (!policy || !proof || !claim) return;
      const some = kinds.some((one) => (broken(policy, proof.assertion, claim.claim, one)?.bad ?? 0) > 0);
      expect(claim.outcome, `${text}\n${said}`).toBe(some ? 'broken' : 'holds');
      seen.add(claim.outcome);
    }),
    { numRuns: 4 * numRuns },
  );
  expect([...seen].toSorted()).toEqual(['broken', 'holds']);
});
