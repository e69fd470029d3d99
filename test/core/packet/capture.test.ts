// Captures in both formats and with every link header, written here byte by byte.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '../../../src/core/packet/bytes.ts';
import { encodePacket } from '../../../src/core/packet/encode.ts';
import { formatInjection } from '../../../src/core/packet/format.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { wholeCapture as read } from '../../support/capture.ts';

const { value } = parsePacketSpec({ name: 'p', text: 'in a tcp 10.0.0.1:1000 -> 10.0.0.2:80 syn seq 0' });
if (!value) throw new Error('bad spec');
const ip = encodePacket(value.packet);
const ethernet = concat(Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]), ip);
const cooked = (type: number) =>
  concat(Uint8Array.from([0, type, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 8, 0]), ip);
const cooked2 = (type: number) =>
  concat(Uint8Array.from([8, 0, 0, 0, 0, 0, 0, 3, 0, 1, type, 6, 2, 0, 0, 0, 0, 2, 0, 0]), ip);

function words(little: boolean, ...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, number] of numbers.entries()) view.setUint32(at * 4, number, little);
  return bytes;
}

function pcap(linkType: number, frame: Uint8Array, little = true): Uint8Array {
  const header = words(little, 0xa1b2c3d4, 0x00040002, 0, 0, 65535, linkType);
  return concat(header, words(little, 1, 2, frame.length, frame.length), frame);
}

function block(little: boolean, type: number, body: Uint8Array): Uint8Array {
  const padded = concat(body, new Uint8Array(-body.length & 3));
  const length = padded.length + 12;
  return concat(words(little, type, length), padded, words(little, length));
}

function pcapng(linkType: number, frame: Uint8Array, little: boolean): Uint8Array {
  const name = concat(
    words(little, little ? 0x00040002 : 0x00020004),
    Uint8Array.from([119, 97, 110, 48]),
    words(little, 0),
  );
  return concat(
    block(little, 0x0a0d0d0a, words(little, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff)),
    block(little, 1, concat(words(little, little ? linkType : linkType << 16, 0), name)),
    block(little, 0xbad, words(little, 1)),
    block(little, 6, concat(words(little, 0, 0, 0, frame.length, frame.length), frame)),
  );
}

function specs(bytes: Uint8Array): readonly string[] | undefined {
  const { problem, packets } = read(bytes);
  return problem?.severity === 'error'
    ? undefined
    : packets.map(({ packet }) =>
        packet.value ? formatInjection(packet.value) : `${packet.diagnostics[0]?.message}`,
      );
}

const tcp = 'tcp 10.0.0.1:1000 -> 10.0.0.2:80 syn seq 0';

function times(bytes: Uint8Array): readonly (bigint | undefined)[] | undefined {
  return read(bytes).packets.map(({ time }) => time);
}

test('the time of a frame', () => {
  expect(times(pcap(101, ip))).toEqual([1_000_002_000n]);
  const inNanoseconds = pcap(101, ip);
  inNanoseconds[0] = 0x4d;
  inNanoseconds[1] = 0x3c;
  expect(times(inNanoseconds)).toEqual([1_000_000_002n]);
  expect(times(pcapng(101, ip, true))).toEqual([0n]);
});

const section = block(true, 0x0a0d0d0a, words(true, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff));
const described = (...options: readonly number[]) => block(true, 1, words(true, 101, 0, ...options));

const timesAt = (...options: readonly number[]) =>
  times(
    concat(
      section,
      described(...options),
      block(true, 6, concat(words(true, 0, 0, 3, ip.length, ip.length), ip)),
    ),
  );

const tagged = (...tags: readonly number[]) =>
  concat(ethernet.subarray(0, 12), Uint8Array.from(tags), ethernet.subarray(12));

describe('pcap', () => {
  test('of raw IP, in both byte orders', () => {
    expect(specs(pcap(101, ip))).toEqual([`in eth0 ${tcp}`]);
    expect(specs(pcap(101, ip, false))).toEqual([`in eth0 ${tcp}`]);
  });

  test('of Ethernet keeps the addresses', () => {
    expect(specs(pcap(1, ethernet))?.[0]).toContain(tcp);
    expect(read(pcap(1, ethernet)).packets[0]?.packet.value?.packet.link?.source).toBe(0x020000000002n);
  });

  test('of a cooked socket knows the direction and the kind of frame', () => {
    expect(specs(pcap(113, cooked(4)))).toEqual([`out ${tcp}`]);
    expect(specs(pcap(276, cooked2(0)))).toEqual([`in eth0 ${tcp}`]);
    expect(read(pcap(113, cooked(3))).packets[0]?.packet.value?.pkttype).toBe('other');
  });

  test('of loopback', () => {
    expect(specs(pcap(0, concat(words(true, 2), ip)))).toEqual([`in eth0 ${tcp}`]);
  });

  test('with frames that are no packets says why', () => {
    expect(specs(pcap(105, ip))).toEqual(['frames of link type 105 are not known']);
  });

  test('of ARP, behind both link headers', () => {
    const arp = Uint8Array.from([
      0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,
    ]);
    const said = 'in eth0 arp request 10.0.0.2 -> 10.0.0.1';
    expect(specs(pcap(1, concat(ethernet.subarray(0, 12), Uint8Array.from([8, 6]), arp)))).toEqual([
      `${said} mac 02:00:00:00:00:02 dmac 02:00:00:00:00:01`,
    ]);
    const header = cooked(1).slice(0, 16);
    header.set([8, 6], 14);
    expect(specs(pcap(113, concat(header, arp)))).toEqual([
      `${said} sender-mac 02:00:00:00:00:02 pkttype broadcast`,
    ]);
    expect(specs(pcap(113, concat(header, arp.subarray(0, 20))))?.[0]).toContain('ether type 0x0806');
  });

  test('that is cut off says where', () => {
    const whole = concat(pcap(101, ip), pcap(101, ip).subarray(24));
    const { packets, problem } = read(whole.subarray(0, whole.length - 1));
    expect(packets).toHaveLength(1);
    expect([problem?.code, problem?.message]).toEqual([
      'HK6064',
      'the capture ends at byte 135, within what follows frame 1 at byte 80',
    ]);
  });

  test('that is no capture is refused, with the byte', () => {
    expect(read(concat(pcap(101, ip), words(true, 1, 2, 0x7fffffff, 5))).problem?.message).toBe(
      "at byte 80: a frame of 2147483647 bytes can't be",
    );
    expect(read(Uint8Array.from([0x1f, 0x8b, 8, 0])).problem?.message).toContain('unpack it first');
    expect(read(Uint8Array.from([1, 2, 3])).problem?.message).toBe('the file is too short for a capture');
  });

  test('of tagged frames keeps the tags', () => {
    expect(specs(pcap(1, tagged(0x81, 0, 0, 100)))?.[0]).toMatch(/^in eth0 tcp .* vlan 100$/);
    expect(specs(pcap(1, tagged(0x88, 0xa8, 0, 200, 0x81, 0, 0, 100)))?.[0]).toContain(
      ' service-vlan 200 vlan 100',
    );
    expect(specs(pcap(1, tagged(0x81, 0, 0x20, 0)))?.[0]).toContain(' vlan 0 pcp 1');
  });

  test('with less than the whole frame does not know what was not kept', () => {
    const short = pcap(101, ip.subarray(0, 30));
    new DataView(short.buffer).setUint32(36, ip.length, true);
    const [first] = read(short).packets;
    expect(first?.packet.value?.packet).toMatchObject({
      transport: { kind: 'opaque' },
      untold: expect.any(String),
    });
    expect(read(pcap(101, ip.subarray(0, 30))).packets[0]?.packet.value).toBeUndefined();
  });
});

describe('pcapng', () => {
  test('names the interface, in both byte orders; other blocks are passed over', () => {
    expect(specs(pcapng(101, ip, true))).toEqual([`in wan0 ${tcp}`]);
    expect(specs(pcapng(101, ip, false))).toEqual([`in wan0 ${tcp}`]);
  });

  test('that is cut off says where', () => {
    const whole = pcapng(101, ip, true);
    expect(read(whole.subarray(0, whole.length - 4)).problem?.code).toBe('HK6064');
  });

  test('has simple and obsolete blocks, several interfaces, and sections that each begin anew', () => {
    const named = described(0x00010002, 97, 0x00010002, 98);
    const bytes = concat(
      section,
      named,
      described(0x00010002, 99),
      block(true, 3, concat(words(true, ip.length), ip)),
      block(true, 2, concat(words(true, 1, 0, 5, ip.length, ip.length), ip)),
      block(true, 6, concat(words(true, 1, 0, 5, ip.length, ip.length), ip, words(true, 0x00040002, 2, 0))),
      section,
      block(true, 6, concat(words(true, 0, 0, 5, ip.length, ip.length), ip)),
    );
    const { packets, problem } = read(bytes);
    expect(packets.map(({ packet }) => packet.value && formatInjection(packet.value))).toEqual([
      `in a ${tcp}`,
      `in c ${tcp}`,
      `out ${tcp}`,
    ]);
    expect(problem?.message).toBe(
      `at byte ${bytes.length - 32 - ip.length}: a packet of an interface that the capture does not describe`,
    );
  });

  test('counts time as each interface says', () => {
    expect(timesAt()).toEqual([3000n]);
    expect(timesAt(0x00010009, 9)).toEqual([3n]);
    expect(timesAt(0x00010009, 0x81)).toEqual([1_500_000_000n]);
    expect(timesAt(0x00010009, 0, 0x0008000e, 7, 0)).toEqual([10_000_000_000n]);
  });
});

const errorHeader = (length: number) =>
  concat(
    Uint8Array.from([0x45, 0, length >> 8, length & 255, 0, 0, 0, 0, 64, 1, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]),
    Uint8Array.from([3, 1, 0, 0, 0, 0, 0, 0]),
  );

test('errors that speak of errors are followed a few times only', () => {
  const nested = concat(...Array.from({ length: 2300 }, (_, at) => errorHeader((2300 - at) * 28)));
  expect(specs(pcap(101, nested))?.[0]?.match(/inner/g)).toHaveLength(8);
});

test('no bytes make it fail', () => {
  const start = fc.constantFrom(pcap(1, ethernet), pcapng(1, ethernet, true));
  fc.assert(
    fc.property(start, fc.nat(200), fc.uint8Array({ maxLength: 60 }), (whole, at, noise) => {
      const bytes = Uint8Array.from(whole);
      bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
      read(bytes);
    }),
    { numRuns: 2000 },
  );
});
