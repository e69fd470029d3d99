// Packets as bytes, both ways.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksum } from '../../../src/core/packet/checksum.ts';
import { decodePacket } from '../../../src/core/packet/decode.ts';
import { encodePacket } from '../../../src/core/packet/encode.ts';
import { formatPacket } from '../../../src/core/packet/format.ts';
import { parseBytes } from '../../../src/core/packet/link-text.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { frames, packets } from '../../arbitrary/packet.ts';

function bytes(hex: string): Uint8Array {
  return parseBytes(`0x${hex.replaceAll(/\s/g, '')}`) ?? new Uint8Array();
}

function encode(spec: string): string {
  const packet = parsePacketSpec({ name: 'test', text: `in a ${spec}` }).value?.packet;
  return packet ? Buffer.from(encodePacket(packet)).toString('hex') : '';
}

function decode(hex: string, link: 'ethernet' | 'none' = 'none'): string {
  const { value, diagnostics } = decodePacket(bytes(hex), link);
  return value ? formatPacket(value) : diagnostics.map((one) => one.message).join();
}

test('decoding what was encoded gives the same packet', () => {
  fc.assert(
    fc.property(packets, (packet) => {
      expect(decodePacket(encodePacket(packet))).toEqual({ value: packet, diagnostics: [] });
    }),
    { numRuns: 500 },
  );
});

test('with an Ethernet header as well', () => {
  fc.assert(
    fc.property(packets, (packet) => {
      const framed = { ...packet, link: { source: 0x020000000001n, destination: 0xffffffffffffn } };
      expect(decodePacket(encodePacket(framed), 'ethernet').value).toEqual(framed);
    }),
    { numRuns: 50 },
  );
});

test('no bytes make the decoder throw, and cut packets end in a diagnostic or a shorter payload', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (random) => {
      for (const link of ['none', 'ethernet'] as const) {
        const { value, diagnostics } = decodePacket(random, link);
        expect(value === undefined).toBe(diagnostics.length > 0);
      }
    }),
  );
  fc.assert(
    fc.property(packets, fc.nat(120), (packet, size) => {
      const { value, diagnostics } = decodePacket(encodePacket(packet).subarray(0, size));
      expect(value === undefined).toBe(diagnostics.length > 0);
    }),
  );
});

test('IPv4 and transport checksums come out as zero when summed again', () => {
  fc.assert(
    fc.property(packets, (packet) => {
      const encoded = encodePacket(packet);
      if (packet.family === 4) expect(checksum(encoded.subarray(0, 20))).toBe(0);
      if (packet.protocol === 1 && packet.transport.kind === 'icmp')
        expect(checksum(encoded.subarray(20))).toBe(0);
    }),
  );
});

test.each([
  [
    'udp 10.0.0.1:1000 -> 10.0.0.2:53 payload 0xcafe',
    '4500001e00000000401166cd0a0000010a00000203e80035000a1cbccafe',
  ],
  [
    'icmp 10.0.0.1 -> 10.0.0.2 echo-request id 7 seq 1 ipid 9 df',
    '4500001c00094000400126d60a0000010a0000020800f7f700070001',
  ],
  [
    'tcp [2001:db8::1]:4000 -> [2001:db8::2]:22 syn,ack seq 1 ack-seq 2 window 512 ttl 63 dscp ef',
    '6b8000000014063f20010db800000000000000000000000120010db80000000000000000000000020fa0001600000001000000025012020042a50000',
  ],
])('the bytes of %s', (spec, hex) => {
  expect(encode(spec)).toBe(hex);
});

test('a length beyond what is known is filled with zeros', () => {
  expect(encode('udp 10.0.0.1:1 -> 10.0.0.2:2 len 100')).toHaveLength(200);
});

test('IPv6 extension headers are followed to the transport header', () => {
  const header = '60000000 001c 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002';
  const hopByHop = '2b00 010400000000';
  const routing = '3a00 000000000000';
  const echo = '80000000 00070001 00000000';
  expect(decode(header + hopByHop + routing + echo)).toBe(
    'icmpv6 2001:db8::1 -> 2001:db8::2 echo-request id 7 seq 1 len 68 payload 0x00000000',
  );
});

test('VLAN tags are kept', () => {
  const udp = '4500001c00000000401166cf0a0000010a000002000100020008ffff';
  expect(decode(`ffffffffffff 020000000001 8100 0064 0800 ${udp}`, 'ethernet')).toBe(
    'udp 10.0.0.1:1 -> 10.0.0.2:2 mac 02:00:00:00:00:01 dmac ff:ff:ff:ff:ff:ff vlan 100',
  );
});

test.each([
  ['', 'the packet is empty'],
  ['50', 'the IP version is 5'],
  ['4500', 'the IPv4 header needs 20 bytes, there are 2'],
  ['44000014 00000000 40060000 0a000001 0a000002', 'the IPv4 header says that it has 16 bytes'],
  [
    '45000010 00000000 40060000 0a000001 0a000002',
    'the IPv4 packet says that it has 16 bytes, its header 20',
  ],
  ['45000028 00000000 40060000 0a000001 0a000002 00010002', 'the TCP header needs 20 bytes, there are 4'],
])('%s is refused: %s', (hex, message) => {
  expect(decode(hex)).toBe(message);
});

test('frames that are not IP come back from bytes, and from what is said of them', () => {
  fc.assert(
    fc.property(frames, (frame) => {
      expect(decodePacket(encodePacket(frame), 'ethernet').value).toEqual(frame);
      expect(parsePacketSpec({ name: 'test', text: `in a ${formatPacket(frame)}` }).value?.packet).toEqual(
        frame,
      );
    }),
    { numRuns: 500 },
  );
});

test('ARP that is not for IPv4 over Ethernet is kept as bytes', () => {
  expect(decode('ffffffffffff0200000000010806', 'ethernet')).toBe(
    'ether type 0x0806 mac 02:00:00:00:00:01 dmac ff:ff:ff:ff:ff:ff',
  );
});

test('what is refused has a code', () => {
  expect(decodePacket(new Uint8Array([1])).diagnostics.map(({ code }) => code)).toEqual(['HK6030']);
});
