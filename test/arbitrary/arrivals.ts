// Random packets as they come to a chain: few addresses, ports and interfaces, at the borders of what drawn rules name, and
// every kind of header.
import fc from 'fast-check';
import type { Arrival } from '../../src/core/classify/chain/columns.ts';
import { parseAddress } from '../../src/core/datatype/address.ts';
import type { ConntrackView } from '../../src/core/field/view.ts';
import type { Packet, Transport } from '../../src/core/packet/packet.ts';

const addresses = {
  4: fc.constantFrom(
    '10.0.0.1',
    '10.0.0.4',
    '10.0.0.10',
    '10.0.1.0',
    '10.0.1.2',
    '10.0.1.3',
    '10.0.1.80',
    '10.0.1.255',
    '10.0.2.0',
    '10.0.2.2',
    '10.0.2.5',
    '10.0.2.15',
    '10.0.2.16',
    '10.0.9.9',
    '0.0.0.0',
    '255.255.255.255',
    '192.0.2.127',
  ),
  6: fc.constantFrom(
    '::',
    '2001:db8::1',
    '2001:db8::2',
    '2001:db8::9',
    '2001:db8::a',
    '2001:db8:0:5::',
    '2001:db8:0:5:ffff:ffff:ffff:ffff',
    '2001:db8:1::5',
    'fd00:1::1',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ),
} as const;

const port = fc.constantFrom(0, 21, 22, 53, 79, 80, 90, 91, 443, 999, 1000, 1500, 2000, 2001, 65_535);
const flags = fc.constantFrom(0, 1, 2, 3, 4, 16, 18, 17, 255);
const icmp = { type: fc.constantFrom(0, 3, 8, 128, 129, 135), code: fc.constantFrom(0, 1, 3) };

const tcp = fc.record({ kind: fc.constant('tcp' as const), sport: port, dport: port, flags });
const udp = fc.record({ kind: fc.constant('udp' as const), sport: port, dport: port });

function transports(family: 4 | 6): fc.Arbitrary<readonly [number, Transport]> {
  return fc.oneof(
    tcp.map((one) => [6, { ...one, seq: 0, ack: 0, window: 1 }] as const),
    fc.tuple(fc.constantFrom(17, 136), udp),
    fc
      .record(icmp)
      .map((one) => [family === 4 ? 1 : 58, { kind: 'icmp' as const, ...one, id: 0, sequence: 0 }] as const),
    // A later fragment has no transport header.
    fc.constantFrom(2, 6, 17, 47, 132).map((protocol) => [protocol, { kind: 'opaque' as const }] as const),
  );
}

function packets(family: 4 | 6): fc.Arbitrary<Packet> {
  const value = addresses[family].map((text) => parseAddress(text)?.value ?? 0n);
  const fields = {
    source: value,
    destination: value,
    ttl: fc.constantFrom(1, 64, 255),
    dscp: fc.constantFrom(0, 10, 46),
    length: fc.constantFrom(40, 60, 1500),
    more: fc.boolean(),
    payload: fc.constantFrom(undefined, new Uint8Array([1, 2, 3, 4])),
  };
  return fc.tuple(fc.record(fields), transports(family)).map(([{ more, payload, ...rest }, both]): Packet => {
    const [protocol, transport] = both;
    const isLater = transport.kind === 'opaque' && (protocol === 6 || protocol === 17);
    const fragment = { offset: isLater ? 185 : 0, more: isLater && more, dontFragment: false };
    return { family, protocol, transport, fragment, ...rest, ...(payload && { payload }) };
  });
}

const stateAlone = { unknown: 'nobody said' };
const states = fc.constantFrom('new' as const, 'established' as const, 'related' as const);

function connections({ family, protocol, source, destination }: Packet): fc.Arbitrary<ConntrackView> {
  const layer4 = { kind: 'ports', sport: 1, dport: 2 } as const;
  const original = { family, protocol, source, destination, layer4 };
  const entry = fc.record({
    original: fc.constant(original),
    reply: fc.constant({ ...original, source: destination, destination: source }),
    status: fc.constantFrom(0, 0x2, 0x20, 0x1e),
    mark: fc.constantFrom(0, 1, 3),
    zone: fc.constant({ original: 0, reply: 0 }),
  });
  const direction = fc.constantFrom('original' as const, 'reply' as const);
  return fc.oneof(
    fc.record({ state: states, direction, entry }),
    fc.record({ state: states, direction: fc.constant(stateAlone), entry: fc.constant(stateAlone) }),
    fc.constantFrom('invalid' as const, 'untracked' as const).map((state) => ({
      state,
      direction: 'original' as const,
      entry: undefined,
    })),
  );
}

const device = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a0', 'b0', 'ab', 'eth0', 'wan0') },
  fc.constant({ unknown: 'nobody said' }),
);
const around = {
  iif: device,
  oif: device,
  mark: fc.constantFrom(0, 1, 2, 3, 5, 0xffff_ffff),
  pkttype: fc.constantFrom('host' as const, 'broadcast' as const),
};

/** A packet of either family with what a chain sees beside it; one in many has an interface that is not known. */
export const arrivals: fc.Arbitrary<Arrival> = fc
  .oneof(packets(4), packets(4), packets(6))
  .chain((packet) =>
    fc
      .tuple(fc.record(around, { requiredKeys: [] }), fc.option(connections(packet), { nil: undefined }))
      .map(([rest, ct]) => ({ packet, ...rest, ct })),
  );
