// What fixtures/wire says goes over the wire is what the kernel sends. UPDATE_FIXTURES=1 writes down what it sends now.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import { formatAddress } from '../../src/core/datatype/address.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import { decodePacket } from '../../src/core/packet/decode.ts';
import { encodePacket } from '../../src/core/packet/encode.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { furnishing } from '../../src/host/kernel/furnish.ts';
import { type Caused, readWireFixture, type WireFixture, writeCaused } from '../support/wire-fixture.ts';
import { describeKernel } from './support/require.ts';
import { runOnWire, type WireRecord, type WireScript } from './support/wire-host.ts';

const folder = join(import.meta.dirname, '../../fixtures/wire');

describeKernel('what the kernel sends', ['nft', 'conntrack', 'unshare'], () => {
  for (const name of readdirSync(folder)) {
    test(name, () => {
      const path = join(folder, name);
      const fixture = readWireFixture(name, readFileSync(path, 'utf8'));
      const seen = writeCaused(fixture, runOnWire(scriptOf(fixture)).map(causedOf));
      if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(path, fixture.head + seen);
      else expect(seen).toBe(fixture.written);
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

function scriptOf({ policy, host, injections }: WireFixture): WireScript {
  return {
    arp: injections.some(({ packet }) => packet.frame?.kind === 'arp'),
    devices: furnishing(host).devices,
    setup: [...setupLines(host), ...neighbourLines(host, injections)],
    sysctls: [...host.sysctls].map(([name, value]) => [
      name.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.')),
      value,
    ]),
    rules: rulesOf(policy),
    packets: injections.map(packetOf),
  };
}

/** What only iptables says is loaded by its legacy variant. */
function rulesOf({ ruleSet }: Policy): WireScript['rules'] {
  const { value: nftJson, diagnostics } = compile(ruleSet, 'nft-json');
  if (nftJson !== undefined) return { nftJson };
  const { value: iptables } = compile(ruleSet, 'iptables');
  if (iptables === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return { iptables };
}

/** The stations behind a bridge, which would be asked for. */
function neighbourLines(host: Host, injections: readonly Injection[]): readonly string[] {
  return injections.flatMap(({ iif, packet: { family, source, link } }) => {
    const { master } = host.interfaces.find(({ name }) => name === iif) ?? {};
    if (!link || master === undefined) return [];
    const address = formatAddress({ family, value: source });
    return [`neigh replace ${address} lladdr ${macText(link.source)} dev ${master} nud permanent`];
  });
}

function macText(mac: bigint): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replaceAll(/..(?!$)/g, '$&:');
}

function packetOf({ direction, iif, pkttype, after, packet }: Injection): WireScript['packets'][number] {
  const bytes = Buffer.from(encodePacket(packet));
  // The checksum of the whole is not known from a fragment: IPv4 may go without.
  const checksum = packet.link ? 40 : 26;
  if (packet.family === 4 && packet.fragment.more && packet.transport.kind === 'udp')
    bytes.fill(0, checksum, checksum + 2);
  const timed = { packet: bytes.toString('hex'), ...(after !== undefined && { after }) };
  if (direction === 'out') return timed;
  if (packet.link || packet.frame)
    return { ...timed, framed: true, ...(iif !== undefined && { device: iif }) };
  return { ...timed, ...(iif !== undefined && { device: iif }), ...(pkttype && { to: pkttype }) };
}

function setupLines(host: Host): readonly string[] {
  return furnishing(host).batches.flatMap(({ options, lines }) =>
    lines.map((line) => [...options, line].join(' ')),
  );
}

function causedOf({ frames, conntrack }: WireRecord[number]): Caused {
  return {
    frames: frames.flatMap(({ device, frame }) => {
      const { value } = decodePacket(Buffer.from(frame, 'hex'), 'ethernet');
      return value ? [{ device, packet: value }] : [];
    }),
    connections: [...readConntrack(conntrack.split('\n'))].flatMap((item) =>
      item.kind === 'entry' ? [item.entry] : [],
    ),
  };
}
