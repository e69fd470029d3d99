// What tunnels carry, of a real capture and of packets written here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { carriedBy } from '../../../src/core/packet/tunnel.ts';
import { wholeCapture } from '../../support/capture.ts';

test('the tunnels of a capture', () => {
  const path = join(import.meta.dirname, '../../../fixtures/capture/ethernet.pcap');
  const { packets } = wholeCapture(new Uint8Array(readFileSync(path)));
  const found = packets.map(({ packet }) => packet.value && carriedBy(packet.value.packet));
  expect([...new Set(found.filter((one) => one !== undefined))]).toMatchInlineSnapshot(`
    [
      "GRE: udp 1.1.1.1:5 -> 2.2.2.2:6 ipid 1",
      "ESP, SPI 0x12345678",
      "AH, SPI 0xaabbccdd",
      "IPIP: tcp 1.1.1.1:5 -> 2.2.2.2:6 syn seq 1000 window 64240 ipid 1",
      "IPv6 in IP: udp [fd02::1]:5 -> [fd02::2]:6",
      "VXLAN 42: udp 1.1.1.1:5 -> 2.2.2.2:6 ipid 1 mac 02:02:02:02:02:02 dmac 02:02:02:02:02:02",
      "WireGuard, data",
    ]
  `);
});

test.each([
  ['udp 10.0.0.1:5 -> 10.0.0.2:4500 payload 0x000010010000000100', 'ESP, SPI 0x00001001'],
  ['udp 10.0.0.1:5 -> 10.0.0.2:4500 payload 0x000000000000000100', undefined],
  ['gre 10.0.0.1 -> 10.0.0.2 payload 0x3001880b00000007', 'GRE with PPP, of PPTP call 7'],
  ['proto 4 10.0.0.1 -> 10.0.0.2 payload 0x45', 'IPIP: the IPv4 header needs 20 bytes, there are 1'],
  ['udp 10.0.0.1:5 -> 10.0.0.2:53 payload 0x0102', undefined],
])('%s: %s', (text, carried) => {
  const { value } = parsePacketSpec({ name: 'p', text: `in a ${text}` });
  expect(value && carriedBy(value.packet)).toBe(carried);
});
