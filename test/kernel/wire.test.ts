// What fixtures/wire says goes over the wire is what the kernel sends, and tcpdump sees packets where the steps of traces
// say. UPDATE_FIXTURES=1 writes down what it sends now.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trace } from '../../src/core/trace/trace.ts';
import { readWireFixture, writeCaused } from '../support/wire-fixture.ts';
import { isCaptured, seenBy, seenByTraces } from './support/captures.ts';
import { describeKernel, missingOf } from './support/require.ts';
import { runOnWire } from './support/wire-host.ts';
import { causedOf, scriptOf } from './support/wire-script.ts';

const folder = join(import.meta.dirname, '../../fixtures/wire');

/** Without it test/kernel/captures.test.ts says so. */
const hasTcpdump = missingOf(['tcpdump']).length === 0;

describeKernel('what the kernel sends', ['nft', 'conntrack', 'unshare'], () => {
  for (const name of readdirSync(folder)) {
    test(name, () => {
      const path = join(folder, name);
      const fixture = readWireFixture(name, readFileSync(path, 'utf8'));
      const listens = hasTcpdump && isCaptured(name);
      const record = runOnWire({ ...scriptOf(fixture), listens });
      const seen = writeCaused(fixture, record.map(causedOf));
      if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(path, fixture.head + seen);
      else expect(seen).toBe(fixture.written);
      if (listens) expect(seenByTraces(fixture)).toEqual(seenBy(name, fixture, record));
    });
  }

  test('a packet goes by one of the next hops that the trace names', () => {
    const fixture = readWireFixture('next-hops', sharedOut());
    const { policy, host, injections } = fixture;
    const seen = runOnWire(scriptOf(fixture)).map((one) => one.frames.map(({ device }) => device).join());
    const named = injections.map((injection) =>
      trace({ ruleSet: policy.ruleSet, host, injection }).ways.map(({ out }) => out),
    );
    for (const [at, device] of seen.entries()) expect(named[at]).toContain(device);
    expect(new Set(seen.slice(0, 24)).size).toBe(2);
    expect(new Set(seen.slice(24)).size).toBe(2);
  });
});

/** The hash has a seed of its own in each run, so that nothing can be written down. */
function sharedOut(): string {
  const packets = Array.from({ length: 24 }, (_, at) => `in lan0 udp 10.0.0.5:4000 -> 10.9.0.${at + 1}:53`);
  const inIpv6 = packets.map((line) =>
    line.replace('10.0.0.5', '[2001:db8:1::5]').replace(/10\.9\.0\.(\d+)/, '[2001:db8:9::$1]'),
  );
  return `host gw {
  interface "lan0" { address 10.0.0.1/24; address 2001:db8:1::1/64 }
  interface "wan0" { address 203.0.113.1/24; address 2001:db8:2::1/64 }
  interface "wan1" { address 198.51.100.1/24; address 2001:db8:3::1/64 }
  route default nexthop via 203.0.113.254 nexthop via 198.51.100.254
  route ip6 default nexthop via 2001:db8:2::fe nexthop via 2001:db8:3::fe
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}
# ---- packets ----
${[...packets, ...inIpv6].join('\n')}
`;
}
