// Random conntrack entries near the values that the drawn policies and hosts speak of: translated or not, of every
// protocol, in every state.
import fc from 'fast-check';
import { ctStatus, type Entry } from '../../src/core/conntrack/entry.ts';
import { invert, type Tuple, type TupleLayer4 } from '../../src/core/conntrack/tuple.ts';
import { parseAddress } from '../../src/core/datatype/address.ts';

function addressIn(text: string): bigint {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(text);
  return parsed.value;
}

const near = {
  4: [
    ...[1, 2, 3, 4, 5, 6, 7, 9].flatMap((host) => [1, 2, 9].map((net) => `10.0.${net}.${host}`)),
    '10.0.0.1',
    '10.0.0.2',
    '10.1.2.3',
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.1',
    '127.0.0.1',
    '224.0.0.1',
  ].map(addressIn),
  6: [
    ...[1, 2, 3, 4, 5, 6, 7, 9].flatMap((host) => [1, 2, 9].map((net) => `fd00:${net}::${host}`)),
    '2001:db8::1',
    '2001:db8::5',
    '2001:db8:1::1',
    'fe80::1',
    '::1',
    'ff02::1',
  ].map(addressIn),
};

function addresses(family: 4 | 6): fc.Arbitrary<bigint> {
  const known = fc.constantFrom(...near[family]);
  const beside = fc
    .tuple(known, fc.integer({ min: -2, max: 2 }))
    .map(([value, by]) => BigInt.asUintN(family === 4 ? 32 : 128, value + BigInt(by)));
  const any = fc.bigInt({ min: 0n, max: (1n << (family === 4 ? 32n : 128n)) - 1n });
  return fc.oneof(
    { weight: 5, arbitrary: known },
    { weight: 2, arbitrary: beside },
    { weight: 1, arbitrary: any },
  );
}

const ports = fc.oneof(
  fc.constantFrom(21, 22, 53, 79, 80, 81, 90, 91, 443, 1024, 1500, 3000, 3003, 4000, 8080),
  fc.integer({ min: 0, max: 65_535 }),
);

function icmps(family: 4 | 6): fc.Arbitrary<TupleLayer4> {
  const types = family === 4 ? [8, 13, 0] : [128, 129];
  return fc.record({
    kind: fc.constant('icmp'),
    type: fc.constantFrom(...types),
    code: fc.constant(0),
    id: fc.integer({ min: 0, max: 65_535 }),
  });
}

function layer4s(family: 4 | 6, protocol: number): fc.Arbitrary<TupleLayer4> {
  if (protocol === 1 || protocol === 58) return icmps(family);
  if (protocol === 47) return fc.constant({ kind: 'gre', sourceKey: 0, destinationKey: 0 });
  if (![6, 17, 132, 136].includes(protocol)) return fc.constant({ kind: 'none' });
  return fc.record({ kind: fc.constant('ports'), sport: ports, dport: ports });
}

const tuples: fc.Arbitrary<Tuple> = fc.constantFrom(4 as const, 4 as const, 6 as const).chain((family) =>
  fc.constantFrom(6, 6, 17, 17, family === 4 ? 1 : 58, 47, 132, 136, 50).chain((protocol) =>
    fc.record({
      family: fc.constant(family),
      protocol: fc.constant(protocol),
      source: addresses(family),
      destination: addresses(family),
      layer4: layer4s(family, protocol),
    }),
  ),
);

const states = [
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
];

function moved(layer: TupleLayer4, port: number): TupleLayer4 {
  return layer.kind === 'ports' ? { ...layer, dport: port } : layer;
}

/** The reply of a tuple, as another one may have translated it. */
function replies(tuple: Tuple): fc.Arbitrary<Tuple> {
  const plain = invert(tuple) ?? { ...tuple, source: tuple.destination, destination: tuple.source };
  const { family, layer4 } = plain;
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(plain) },
    addresses(family).map((destination) => ({ ...plain, destination })),
    addresses(family).map((source) => ({ ...plain, source })),
    fc.tuple(addresses(family), ports).map(([destination, port]) => ({
      ...plain,
      destination,
      layer4: moved(layer4, port),
    })),
  );
}

/** One connection as the kernel may list it. */
const connections: fc.Arbitrary<Entry> = tuples.chain((original) =>
  fc
    .record({
      reply: replies(original),
      isReplied: fc.boolean(),
      isAssured: fc.boolean(),
      mark: fc.constantFrom(0, 0, 1, 2, 5),
      zone: fc.constantFrom(0, 0, 0, 1),
      state: fc.constantFrom(...states),
    })
    .map(({ reply, isReplied, isAssured, mark, zone, state }) => ({
      original,
      reply,
      status:
        statusOf(original, reply) |
        (isReplied ? ctStatus['seen-reply'] : 0) |
        (isAssured ? ctStatus.assured : 0),
      mark,
      zone: { original: zone, reply: zone },
      timeout: 100,
      ...(original.protocol === 6 && { protocolState: state }),
    })),
);

function statusOf(original: Tuple, reply: Tuple): number {
  const plain = invert(original);
  const source = reply.destination !== original.source || portOf(reply) !== (plain && portOf(plain));
  const destination = reply.source !== original.destination;
  const done = ctStatus.confirmed | ctStatus['snat-done'] | ctStatus['dnat-done'];
  return done | (source ? ctStatus.snat : 0) | (destination ? ctStatus.dnat : 0);
}

function portOf({ layer4 }: Tuple): number {
  return layer4.kind === 'ports' ? layer4.dport : 0;
}
/** A connection and others that differ from it in one part, often by little: such as classes may take for the same. */
export const similarConnections: fc.Arbitrary<readonly Entry[]> = fc
  .array(
    connections.chain((first) =>
      fc
        .array(fc.tuple(changes, shifts), { minLength: 2, maxLength: 5 })
        .map((list) => [first, ...list.map(([change, by]) => changed(first, change, by))]),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) => all.flat());

const changes = fc.constantFrom('source', 'destination', 'sport', 'dport', 'id');
const shifts = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -300, max: 300 }));

/** The same change on the other side of the reply, unless that is translated there. */
function changed(
  { original, reply, ...rest }: Entry,
  part: 'source' | 'destination' | 'sport' | 'dport' | 'id',
  by: number,
): Entry {
  const shift = (tuple: Tuple, which: typeof part): Tuple => {
    const { layer4, family } = tuple;
    const wrap = (value: number) => (value + by + 65_536) % 65_536;
    if (which === 'source' || which === 'destination')
      return { ...tuple, [which]: BigInt.asUintN(family === 4 ? 32 : 128, tuple[which] + BigInt(by)) };
    if (layer4.kind === 'icmp') return { ...tuple, layer4: { ...layer4, id: wrap(layer4.id) } };
    if (layer4.kind !== 'ports' || which === 'id') return tuple;
    return { ...tuple, layer4: { ...layer4, [which]: wrap(layer4[which]) } };
  };
  const isPlain =
    original[part === 'source' ? 'source' : 'destination'] ===
    reply[part === 'source' ? 'destination' : 'source'];
  return {
    ...rest,
    original: shift(original, part),
    reply: isPlain || by % 2 === 0 ? shift(reply, opposite[part]) : reply,
  };
}

const opposite = {
  source: 'destination',
  destination: 'source',
  sport: 'dport',
  dport: 'sport',
  id: 'id',
} as const;
