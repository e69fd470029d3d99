// Packet specs: what they mean, what is wrong with bad ones, and that formatting and parsing are each other's inverse.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIpv4 } from '../../../src/core/datatype/address.ts';
import { formatInjection, formatPacket } from '../../../src/core/packet/format.ts';
import type { Injection } from '../../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { textOf } from '../../../src/core/text/source.ts';
import { injections } from '../../arbitrary/packet.ts';

function read(text: string): Injection {
  const { value, diagnostics } = parsePacketSpec({ name: 'test', text });
  expect(diagnostics).toEqual([]);
  if (!value) throw new Error('no value');
  return value;
}

test('a received TCP packet', () => {
  const { packet, ...way } = read('in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:8080 syn');
  expect(way).toEqual({ direction: 'in', iif: 'wan0' });
  expect(packet).toEqual({
    family: 4,
    source: 0xc6336409n,
    destination: 0xcb007101n,
    protocol: 6,
    ttl: 64,
    dscp: 0,
    length: 40,
    fragment: { offset: 0, more: false, dontFragment: false },
    transport: { kind: 'tcp', sport: 40000, dport: 8080, flags: 2, seq: 0, ack: 0, window: 65535 },
  });
});

test.each([
  ['out udp :: -> [2001:db8::53]:domain', 'out udp [::]:40000 -> [2001:db8::53]:53'],
  ['in lan0 icmp 10.0.0.2 -> 1.1.1.1 echo-request', 'in lan0 icmp 10.0.0.2 -> 1.1.1.1 echo-request'],
  ['in lan0 icmp 2001:db8::1 -> 2001:db8::2', 'in lan0 icmpv6 2001:db8::1 -> 2001:db8::2 echo-request'],
  [
    'in "lan0" tcp [2001:db8::1]:4000 -> [2001:db8::2]:22 syn,ack',
    'in lan0 tcp [2001:db8::1]:4000 -> [2001:db8::2]:22 syn,ack',
  ],
  ['in A out B tcp 10.0.0.1:1->10.0.0.2:ssh ack', 'in A out B tcp 10.0.0.1:1 -> 10.0.0.2:22 ack'],
  [
    'in A local udp 10.0.0.1:1 -> 10.0.0.2:2 ttl 3 mark 0x1f',
    'in A local udp 10.0.0.1:1 -> 10.0.0.2:2 ttl 3 mark 0x1f',
  ],
  ['in A proto 47 10.0.0.1 -> 10.0.0.2', 'in A gre 10.0.0.1 -> 10.0.0.2'],
  ['in A proto 99 10.0.0.1 -> 10.0.0.2', 'in A proto 99 10.0.0.1 -> 10.0.0.2'],
  [
    'in A icmp 10.0.0.1 -> 10.0.0.2 3/1',
    'in A icmp 10.0.0.1 -> 10.0.0.2 destination-unreachable/host-unreachable',
  ],
  ['in A tcp 10.0.0.1:1 -> 10.0.0.2:2 fin psh ece', 'in A tcp 10.0.0.1:1 -> 10.0.0.2:2 fin,psh,ecn'],
  ['in A tcp 10.0.0.1 -> 10.0.0.2 frag 185', 'in A tcp 10.0.0.1 -> 10.0.0.2 frag 185'],
  [
    'out wan0 udp 10.0.0.1:5 -> 10.0.0.2:2 uid 1000 gid 100 state established',
    'out wan0 udp 10.0.0.1:5 -> 10.0.0.2:2 uid 1000 gid 100 state established',
  ],
])('%s', (text, canonical) => {
  expect(formatInjection(read(text))).toBe(canonical);
});

test('an ICMP error carries the packet that it speaks of', () => {
  const { transport } = read(
    'in A icmp 9.9.9.9 -> 10.0.0.1 time-exceeded inner (udp 10.0.0.1:5 -> 8.8.8.8:53 ttl 1)',
  ).packet;
  const inner = transport.kind === 'icmp' ? transport.inner : undefined;
  expect(inner && formatPacket(inner)).toBe('udp 10.0.0.1:5 -> 8.8.8.8:53 ttl 1');
});

test('a span limits what is read', () => {
  const text = 'packet in a udp 1.1.1.1:1 -> 2.2.2.2:2\nexpect accept';
  const source = { name: 'test', text };
  const span = { source, start: 7, end: text.indexOf('\n') };
  expect(formatIpv4(parsePacketSpec(source, span).value?.packet.destination ?? 0n)).toBe('2.2.2.2');
});

test.each([
  [
    'in wan0 tcp 198.51.100.9:70000 -> 203.0.113.1:80',
    'HK6004',
    '198.51.100.9:70000',
    'a port is a number from 0 to 65535',
  ],
  ['in wan0 tcp 198.51.100.9:1 -> 203.0.113.1:htps', 'HK6004', '203.0.113.1:htps', 'did you mean `https`?'],
  [
    'in wan0 tcp 10.0.0.300:1 -> 203.0.113.1:80',
    'HK3001',
    '10.0.0.300:1',
    'an IPv4 address is four numbers from 0 to 255',
  ],
  [
    'in wan0 tcp www.example.org:1 -> 203.0.113.1:80',
    'HK3001',
    'www.example.org:1',
    'host names are not looked up: write the address',
  ],
  ['in wan0 icmp 10.0.0.1 -> 2001:db8::1', 'HK6005', '2001:db8::1', undefined],
  ['in wan0 icmpv6 10.0.0.1 -> 10.0.0.2', 'HK6005', 'icmpv6', 'write `icmp`'],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 sny', 'HK6002', 'sny', 'did you mean `syn`?'],
  ['in wan0 icmp 10.0.0.1 -> 10.0.0.2 echo-reqest', 'HK6002', 'echo-reqest', 'did you mean `echo-request`?'],
  ['in wan0 icmp 10.0.0.1 -> 10.0.0.2 3/300', 'HK6006', '3/300', 'a code is a number from 0 to 255'],
  [
    'in wan0 tcp 10.0.0.1:1 10.0.0.2:2',
    'HK6001',
    '10.0.0.2:2',
    'a packet goes from one address to another: `A -> B`',
  ],
  ['in wan0 tpc 10.0.0.1:1 -> 10.0.0.2:2', 'HK6003', 'tpc', 'did you mean `tcp`?'],
  ['in wan0 47 10.0.0.1 -> 10.0.0.2', 'HK6003', '47', 'a protocol by its number is written `proto 47`'],
  ['in wan0 proto 300 10.0.0.1 -> 10.0.0.2', 'HK6003', '300', 'a protocol number is at most 255'],
  ['inn wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2', 'HK6001', 'inn', 'did you mean `in`?'],
  [
    'in interface-with-a-long-name tcp 10.0.0.1:1 -> 10.0.0.2:2',
    'HK6008',
    'interface-with-a-long-name',
    undefined,
  ],
  [
    'in tcp 10.0.0.1:1 -> 10.0.0.2:2',
    'HK6001',
    'tcp',
    'say which one: `in wan0 tcp …`; an interface of that name is written "tcp"',
  ],
  ['in wan0 gre 10.0.0.1:1 -> 10.0.0.2', 'HK6004', '10.0.0.1:1', 'leave the port out'],
  [
    'in wan0 tcp 10.0.0.1:1 -> 10.0.0.2',
    'HK6004',
    '10.0.0.2',
    'write it behind the address: `203.0.113.1:443`',
  ],
  [
    'in wan0 tcp 2001:db8::1 -> 2001:db8::2:80',
    'HK6004',
    '2001:db8::2:80',
    'write it behind the address: `[2001:db8::1]:443`',
  ],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 ttl 300', 'HK6006', '300', '`ttl` takes a number up to 255'],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 ttl', 'HK6001', '', undefined],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 ttl 3 ttl 4', 'HK6007', 'ttl', undefined],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 uid 0', 'HK6007', 'uid', undefined],
  ['in wan0 udp 10.0.0.1:1 -> 10.0.0.2:2 window 5', 'HK6007', 'window', undefined],
  [
    'in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 state estblished',
    'HK6006',
    'estblished',
    'did you mean `established`?',
  ],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 mac 02:00', 'HK6006', '02:00', undefined],
  [
    'in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 frag 5',
    'HK6004',
    '10.0.0.1:1',
    'leave the ports out, or say `mf` for the first one',
  ],
  ['in wan0 tcp 10.0.0.1:1 -> 10.0.0.2:2 )', 'HK6001', ')', undefined],
  ['in wan0', 'HK6001', '', 'for example `tcp`, `udp`, `icmp`, or `proto 47`'],
  ['', 'HK6001', '', 'begin with `in INTERFACE` for a received packet, `out` for one that this host sends'],
])('%s: %s', (text, code, at, help) => {
  const { value, diagnostics } = parsePacketSpec({ name: 'test', text });
  expect(value).toBeUndefined();
  const [first] = diagnostics;
  expect([first?.code, first?.span && textOf(first.span), first?.help]).toEqual([
    code,
    at,
    help ?? expect.any(String),
  ]);
});

test('one run finds every independent mistake', () => {
  const { diagnostics } = parsePacketSpec({
    name: 'test',
    text: 'in a tcp 10.0.0.300:1 -> 10.0.0.1:70000 ttl 999',
  });
  expect(diagnostics.map((one) => one.code)).toEqual(['HK3001', 'HK6004']);
});

test('parsing what was formatted gives the same packet', () => {
  fc.assert(
    fc.property(injections, (injection) => {
      const text = formatInjection(injection);
      expect(parsePacketSpec({ name: 'test', text })).toEqual({ value: injection, diagnostics: [] });
    }),
    { numRuns: 500 },
  );
});

test('no text makes the parser throw', () => {
  const word = fc.constantFrom(
    'in',
    'out',
    'tcp',
    'icmp',
    'proto',
    '->',
    '(',
    ')',
    'inner',
    'ttl',
    '10.0.0.1',
    '10.0.0.1:1',
    '[::1]:2',
    '"',
    'syn',
    '3/1',
    'mac',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(' ')),
      ),
      (text) => {
        const { value, diagnostics } = parsePacketSpec({ name: 'test', text });
        expect(value === undefined).toBe(diagnostics.length > 0);
      },
    ),
  );
});
