// Random packets as rules see them at a hook, with what conntrack may have of them: for properties about conditions.
import fc from 'fast-check';
import { ctStatus, defaultZone, type Entry } from '../../src/core/conntrack/entry.ts';
import type { Tuple, TupleLayer4 } from '../../src/core/conntrack/tuple.ts';
import type { ConntrackView, PacketView } from '../../src/core/field/view.ts';
import { ipHooks } from '../../src/core/hook/hook.ts';
import { type Injection, isIp, type Packet } from '../../src/core/packet/packet.ts';
import { frames, injections, packets } from './packet.ts';

const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const bigUint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

/** Numbers that rules of fixtures name, so that some are met. */
const ports = fc.oneof(fc.constantFrom(22, 25, 53, 80, 443, 1024, 5353, 8080), uint(16));
const ipv4 = fc.oneof(
  fc.constantFrom(0x0a000001n, 0x0a000002n, 0x0a000007n, 0x0a010203n, 0xc0000201n, 0xe0000001n, 0xffffffffn),
  bigUint(32),
);
const ipv6 = fc.oneof(
  fc.constantFrom(0x20010db8_00000000_00000000_00000001n, 0xff02n << 112n, 1n, 0n),
  bigUint(128),
);

/** The packet with some values that are often met in rules. */
function nearRules(packet: Packet): fc.Arbitrary<Packet> {
  const address = packet.family === 4 ? ipv4 : ipv6;
  const { transport } = packet;
  const isPorted = transport.kind === 'tcp' || transport.kind === 'udp';
  const ends = isPorted ? fc.record({ sport: ports, dport: ports }) : fc.constant({});
  return fc
    .tuple(fc.record({ source: address, destination: address }), ends)
    .map(([more, others]) => ({ ...packet, ...more, transport: { ...transport, ...others } }));
}

const layers: fc.Arbitrary<TupleLayer4> = fc.record({
  kind: fc.constant('ports' as const),
  sport: ports,
  dport: ports,
});

function tuples(family: 4 | 6): fc.Arbitrary<Tuple> {
  const address = family === 4 ? ipv4 : ipv6;
  return fc.record({
    family: fc.constant(family),
    protocol: fc.constantFrom(6, 17),
    source: address,
    destination: address,
    layer4: layers,
  });
}

function entries(family: 4 | 6): fc.Arbitrary<Entry> {
  return fc.record({
    original: tuples(family),
    reply: tuples(family),
    status: fc.subarray(Object.values(ctStatus)).map((bits) => bits.reduce((sum, bit) => sum | bit, 0)),
    mark: fc.oneof(fc.constantFrom(0, 1, 0x10), uint(32)),
    zone: fc.constant(defaultZone),
  });
}

function connections(family: 4 | 6): fc.Arbitrary<ConntrackView | undefined> {
  const untracked = fc.constantFrom('invalid' as const, 'untracked' as const);
  const tracked = fc.record({
    state: fc.constantFrom('established' as const, 'new' as const, 'related' as const),
    direction: fc.constantFrom('original' as const, 'reply' as const),
    entry: entries(family),
  });
  return fc.oneof(
    fc.constant(undefined),
    untracked.map((state) => ({ state, direction: 'original' as const, entry: undefined })),
    { weight: 3, arbitrary: tracked },
  );
}

const interfaces = fc.constantFrom(undefined, 'eth0', 'eth1', 'wan0', 'lan0', 'br0', 'lo', 'other');
const packetTypes = { host: 0, broadcast: 1, multicast: 2, other: 3 } as const;

function viewOf(injection: Injection): fc.Arbitrary<PacketView> {
  const { packet, mark = 0, skuid, skgid, direction, pkttype = 'host' } = injection;
  const near = isIp(packet) ? fc.oneof(fc.constant(packet), nearRules(packet)) : fc.constant(packet);
  return fc
    .record({
      packet: near,
      hook: fc.constantFrom(...ipHooks),
      iif: interfaces,
      oif: interfaces,
      ct: connections(packet.family),
    })
    .map((drawn) => ({
      ...drawn,
      mark,
      skuid: direction === 'in' ? undefined : (skuid ?? { unknown: 'nobody said who sends it' }),
      ...(skgid !== undefined && { skgid }),
      pkttype: packetTypes[pkttype],
      unknown: {},
    }));
}

const framed = frames.map((packet): Injection => ({ packet, direction: 'in', iif: 'eth0' }));
const near = packets.chain((packet) =>
  nearRules(packet).map((one): Injection => ({ packet: one, direction: 'in', iif: 'eth0' })),
);

/** What rules see of a packet, at any hook. */
export const views: fc.Arbitrary<PacketView> = fc
  .oneof({ weight: 3, arbitrary: injections }, { weight: 3, arbitrary: near }, framed)
  .chain(viewOf);
