// All packets at once through a rule set: each drawn packet ends as its trace says, and nowhere else unless something is
// free or the trace does not know either.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewAt } from '../../src/core/analyse/example.ts';
import { decidingName } from '../../src/core/analyse/walk.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import { equals } from '../../src/core/bdd/vector.ts';
import { addressWidth } from '../../src/core/datatype/address.ts';
import { destinationAddress, sourceAddress } from '../../src/core/field/parts.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { makeDraw } from '../../src/core/policy-test/draw.ts';
import { makePool } from '../../src/core/policy-test/pool.ts';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import type { Host } from '../../src/core/topology/host.ts';
import type { TraceRequest } from '../../src/core/trace/run.ts';
import type { Way } from '../../src/core/trace/step.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { bridgedHost, bridgedPolicies } from '../arbitrary/bridged.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { objectTables } from '../arbitrary/objects.ts';
import { outputPolicies } from '../arbitrary/output.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';
import { type Ended, nameOfEnd, type Walked, walkAll } from '../support/walked.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 6);
const packetsEach = 15;

const texts = fc
  .oneof(
    gatewayPolicies,
    hookPolicies,
    withLookups(policyTexts),
    setPolicies,
    programs,
    objectTables,
    outputPolicies,
  )
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const ruleSets = fc
  .oneof(texts, drawnChains(['ip', 'ip6', 'inet']).map(loadChain))
  .filter((one): one is RuleSet => one !== undefined);
const bridged = bridgedPolicies
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet)
  .filter((one): one is RuleSet => one !== undefined);

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
  rule fwmark 0x1 lookup 100 priority 91
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

const hosts = fc.constantFrom(undefined, undefined, gateway, strict);

function check(all: Walked, request: TraceRequest, way: Way, isSure: boolean): void {
  const { space, ends, walk: done } = all;
  const { bdd } = space;
  const seen = space.seen(viewAt(request, way));
  const possible = ends.filter(({ node }) => bdd.intersects(node, seen));
  const names = possible.map(({ name }) => name);
  const expected = nameOfEnd(way, request.host);
  if (names.some((name) => name.startsWith('depends'))) return;
  expect(names, shown(request)).toContain(expected);
  const free = (node: Node) => space.freeIn(bdd.and(node, seen));
  if (isSure && names.length > 1)
    expect(
      possible.every(({ node }) => free(node).length > 0),
      names.join('\n'),
    ).toBe(true);
  const same = possible.filter(({ name }) => name === expected);
  if (way.reason) return;
  const given = way.translations.map(({ manip, deciding }) => `${manip} ${decidingName(deciding)}`);
  const isAsTraced = (end: Ended): boolean => {
    const node = bdd.and(seen, end.node);
    const found = done.translations.filter((one) => bdd.intersects(one.node, node));
    const rules = found.map(({ manip, deciding }) => `${manip} ${decidingName(deciding)}`);
    return given.every((name) => rules.includes(name)) && mayLeaveAs(all, way, node, end);
  };
  expect(same.some(isAsTraced), shown(request)).toBe(true);
}

/** Whether packets may leave with the addresses that the trace gives. */
function mayLeaveAs(
  { space }: Walked,
  { packet, unknownParts }: Way,
  node: Node,
  { values }: Ended,
): boolean {
  const symbols = space.at({ hook: 'forward', changed: values });
  return sides.every(([field, side]) => {
    const value = symbols.read(field);
    if (value.kind !== 'number' || unknownParts.some((part) => part.startsWith(side))) return true;
    const is = equals(space.bdd, value.bits.slice(0, addressWidth(packet.family)), packet[side]);
    return space.bdd.intersects(node, is);
  });
}

const sides = [
  [sourceAddress, 'source'],
  [destinationAddress, 'destination'],
] as const;

function shown({ host, injection }: TraceRequest): string {
  const packet = JSON.stringify(injection, (_, one: unknown) =>
    typeof one === 'bigint' ? `0x${one.toString(16)}` : one,
  );
  return `${host?.name ?? 'no host'}: ${packet}`;
}

const subjects = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ruleSet: ruleSets, host: hosts }) },
  fc.record({ ruleSet: bridged, host: fc.constant(hostIn(bridgedHost)) }),
);

test('each packet ends as its trace says', () => {
  let compared = 0;
  fc.assert(
    fc.property(subjects, fc.nat(), ({ ruleSet, host }, number) => {
      const pool = makePool(ruleSet, host, []);
      const draw = makeDraw(pool.rules, pool, makeRandom(number));
      const both = new Map<Injection['direction'], Walked>();
      for (let at = 0; at < packetsEach; at++) {
        const injection = draw();
        if (!injection) return;
        const { direction } = injection;
        const all = both.get(direction) ?? walkAll(ruleSet, host, direction);
        both.set(direction, all);
        const request = { ruleSet, host, injection };
        const { ways } = trace(request);
        for (const way of ways) check(all, request, way, ways.length === 1 && way.suppositions.length === 0);
        compared++;
      }
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThan(numRuns * 5);
});
