// Random packets for properties: everything that a packet spec and the bytes of a packet can both say.
import fc from 'fast-check';
import { framePacket } from '../../src/core/packet/frame.ts';
import { hasIcmpId, isIcmpError } from '../../src/core/packet/icmp-kind.ts';
import type { Fragment, Injection, Packet, Transport } from '../../src/core/packet/packet.ts';
import { knownSize } from '../../src/core/packet/size.ts';

const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const bigUint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

const ports = { sport: uint(16), dport: uint(16) };
const tcp = fc.record({
  kind: fc.constant('tcp' as const),
  ...ports,
  flags: uint(8),
  seq: uint(32),
  ack: uint(32),
  window: uint(16),
  numbered: fc.constant(true as const),
});
const udp = fc.record({ kind: fc.constant('udp' as const), ...ports });

function icmp(protocol: 1 | 58, depth: number): fc.Arbitrary<Transport> {
  const message = fc.record({ type: uint(8), code: uint(8), id: uint(16), sequence: uint(16) });
  return message.chain(({ type, code, id, sequence }) => {
    const numbers = hasIcmpId(protocol, type) ? { id, sequence } : { id: 0, sequence: 0 };
    const plain = { kind: 'icmp' as const, type, code, ...numbers };
    if (!isIcmpError(protocol, type) || depth > 0) return fc.constant(plain);
    return packetOf(protocol === 1 ? 4 : 6, depth + 1).map((inner) => ({ ...plain, inner }));
  });
}

function transportOf(family: 4 | 6, depth: number): fc.Arbitrary<readonly [number, Transport]> {
  const protocol = family === 4 ? 1 : 58;
  const opaque = fc.constantFrom(2, 47, 50, 51, 132, 253);
  return fc.oneof(
    tcp.map((one) => [6, one] as const),
    fc.tuple(fc.constantFrom(17, 136), udp),
    icmp(protocol, depth).map((one) => [protocol, one] as const),
    opaque.map((number) => [number, { kind: 'opaque' as const }] as const),
  );
}

function fragmentOf(family: 4 | 6): fc.Arbitrary<Fragment> {
  const dontFragment = family === 4 ? fc.boolean() : fc.constant(false);
  const offset = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, uint(13));
  const more = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean());
  return fc.record({ offset, more, dontFragment });
}

function packetOf(family: 4 | 6, depth: number): fc.Arbitrary<Packet> {
  const width = family === 4 ? 32 : 128;
  const ends = { source: bigUint(width), destination: bigUint(width) };
  const fields = { ...ends, ttl: uint(8), dscp: uint(6), ecn: uint(2), identification: uint(16) };
  const payload = fc.uint8Array({ maxLength: 40 });
  return fc
    .tuple(fc.record(fields), transportOf(family, depth), fragmentOf(family), payload)
    .map(([{ ecn, identification, ...rest }, [protocol, transport], fragment, bytes]): Packet => {
      const seen: Transport = fragment.offset > 0 ? { kind: 'opaque' } : transport;
      const quotes = seen.kind === 'icmp' && (seen.inner !== undefined || isIcmpError(protocol, seen.type));
      const packet = {
        family,
        ...rest,
        protocol,
        fragment,
        transport: seen,
        ...(bytes.length > 0 && !quotes && { payload: bytes }),
        ...(ecn > 0 && { ecn }),
        ...(family === 4 && identification > 0 && { identification }),
      };
      return { ...packet, length: knownSize(packet) };
    });
}

/** Whole packets of both families, ICMP errors with what they quote. */
export const packets: fc.Arbitrary<Packet> = fc.oneof(packetOf(4, 0), packetOf(6, 0));

const interfaceNames = fc.constantFrom(
  'lan0',
  'wan0',
  'br-12',
  'eth0.100',
  'tcp',
  'local',
  'ünï',
  '()',
  '->',
);
const known = {
  mark: uint(32),
  state: fc.constantFrom('new' as const, 'established' as const, 'invalid' as const),
};

const links = fc.record({ source: bigUint(48), destination: bigUint(48) });

const stationMac = bigUint(48).filter((value) => value !== 0n);

const arp = fc
  .record({
    operation: fc.integer({ min: 1, max: 12 }),
    sender: bigUint(32),
    target: bigUint(32),
    senderMac: stationMac,
    targetMac: bigUint(48),
  })
  .map((ends) => ({ frame: { kind: 'arp' as const, ...ends } }));

const otherFrame = fc
  .record({ type: uint(16), payload: fc.uint8Array({ minLength: 1, maxLength: 40 }) })
  .filter(({ type }) => ![0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8].includes(type))
  .map(({ type, payload }) => ({ frame: { kind: 'other' as const, type }, payload }));

const tag = fc.record(
  {
    id: uint(12),
    priority: uint(3),
    dropEligible: fc.constant(true as const),
    isService: fc.constant(true as const),
  },
  { requiredKeys: ['id', 'priority'] },
);

const tags = fc
  .array(tag, { maxLength: 2 })
  .map((list): Pick<Packet, 'tags'> => (list.length > 0 ? { tags: list } : {}));

/** Frames that carry no IP packet, with all that is in them. */
export const frames: fc.Arbitrary<Packet> = fc
  .tuple(fc.oneof(arp, otherFrame), fc.record({ source: stationMac, destination: stationMac }), tags)
  .map(([{ frame, ...payload }, link, tagged]) => framePacket(frame, { link, ...tagged, ...payload }));

function received(packet: Packet): fc.Arbitrary<Injection> {
  const pkttype = fc.constantFrom('host' as const, 'other' as const);
  const way = { direction: fc.constant('in' as const), iif: interfaceNames };
  const packetWithLink = fc.oneof(
    fc.constant(packet),
    links.map((link) => ({ ...packet, link })),
  );
  const injection = fc.record(
    { ...known, ...way, pkttype, packet: packetWithLink },
    { requiredKeys: ['direction', 'iif', 'packet'] },
  );
  const onward = fc.oneof(fc.constant({}), fc.constant({ local: true }), fc.record({ oif: interfaceNames }));
  return fc.tuple(injection, onward).map(([one, rest]) => ({ ...one, ...rest }));
}

function sent(packet: Packet): fc.Arbitrary<Injection> {
  const way = { direction: fc.constant('out' as const), oif: interfaceNames };
  const owner = { skuid: uint(32), skgid: uint(32) };
  return fc.record(
    { ...known, ...way, ...owner, packet: fc.constant(packet) },
    { requiredKeys: ['direction', 'packet'] },
  );
}

/** Packets with where they enter and what else is known of them. */
export const injections: fc.Arbitrary<Injection> = packets.chain((packet) =>
  fc.oneof(received(packet), sent(packet)),
);
