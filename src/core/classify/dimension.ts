// The parts of a connection's packets of which there are too many values to treat each by itself, and which of them a
// field is.
import type { Field, FieldValue } from '../field/define.ts';
import type { PacketView } from '../field/view.ts';
import type { Packet, Transport } from '../packet/packet.ts';
import { notFragmented, protocolNumber } from '../packet/packet.ts';

/** Addresses of either family, ports, and the identifier of ICMP. */
export const dimensions = ['source', 'destination', 'sport', 'dport', 'id'] as const;

export type Dimension = (typeof dimensions)[number];

/** What a field is: one of the packet's own parts, one of a tuple of its connection, nothing of the kind, or not told. */
export type FieldKind =
  | { readonly kind: 'packet' | 'original' | 'reply'; readonly dimension: Dimension }
  | { readonly kind: 'device'; readonly dimension: 'iif' | 'oif' }
  | { readonly kind: 'other' }
  | { readonly kind: 'untold' };

/** Found by reading the field from packets that differ in nothing but these parts. */
export function kindOfField(field: Field): FieldKind {
  const found = kinds.get(field) ?? probe(field);
  kinds.set(field, found);
  return found;
}

const kinds = new WeakMap<Field, FieldKind>();

type Values = Readonly<Record<Dimension, bigint>>;

interface Probe {
  readonly view: PacketView;
  readonly parts: readonly { readonly kind: FieldKind; readonly value: bigint | string }[];
}

function probe(field: Field): FieldKind {
  const read = groups.map((group) => group.map((one) => ({ one, value: field.read(one.view) })));
  const told = read.flat().filter(({ value }) => value !== undefined);
  if (told.length === 0) return { kind: 'untold' };
  const isSame = (group: (typeof read)[number]) => group.every(({ value }) => value === group[0]?.value);
  if (read.every(isSame) && told.every(({ value }) => isPlain(value))) return { kind: 'other' };
  const [first] = told;
  const index = first ? first.one.parts.findIndex(({ value }) => value === first.value) : -1;
  const isIt = index >= 0 && told.every(({ one, value }) => one.parts[index]?.value === value);
  return (isIt && first?.one.parts[index]?.kind) || { kind: 'untold' };
}

function isPlain(value: FieldValue): boolean {
  return typeof value !== 'object';
}

/** Any two numbers of a row and of all rows differ. */
function valuesOf(seed: number, family: 4 | 6): Values {
  const address = (low: number) =>
    family === 4 ? BigInt(0x0a000000 + low) : (0x20010db8n << 96n) + BigInt(low);
  return {
    source: address(seed * 7919 + 11),
    destination: address(seed * 6151 + 2_000_003),
    sport: BigInt(1009 + seed * 13),
    dport: BigInt(20_011 + seed * 17),
    id: BigInt(40_009 + seed * 19),
  };
}

const protocols: readonly (readonly [number, (values: Values) => Transport])[] = [
  [protocolNumber.tcp, ports('tcp')],
  [protocolNumber.udp, ports('udp')],
  [protocolNumber.icmp, echo(8)],
  [protocolNumber.icmpv6, echo(128)],
];

function ports(kind: 'tcp' | 'udp'): (values: Values) => Transport {
  return ({ sport, dport }) => {
    const both = { sport: Number(sport), dport: Number(dport) };
    return kind === 'udp' ? { kind, ...both } : { kind, ...both, flags: 2, seq: 0, ack: 0, window: 65_535 };
  };
}

function echo(type: number): (values: Values) => Transport {
  return ({ id }) => ({ kind: 'icmp', type, code: 0, id: Number(id), sequence: 0 });
}

/** Each a few packets that differ in their dimensions alone. */
const groups: readonly (readonly Probe[])[] = ([4, 6] as const).flatMap((family) =>
  protocols.map(([protocol, transport]) =>
    [1, 2, 3].map((seed) => probeOf(family, protocol, transport, seed * 3)),
  ),
);

function probeOf(
  family: 4 | 6,
  protocol: number,
  transportOf: (values: Values) => Transport,
  seed: number,
): Probe {
  const [own, original, reply] = [seed, seed + 100, seed + 200].map((one) => valuesOf(one, family));
  if (!own || !original || !reply) throw new Error('there are three');
  const packet: Packet = {
    family,
    protocol,
    source: own.source,
    destination: own.destination,
    ttl: 64,
    dscp: 0,
    length: 60,
    fragment: notFragmented,
    transport: transportOf(own),
  };
  const tuple = (values: Values) => ({
    family,
    protocol,
    source: values.source,
    destination: values.destination,
    layer4: layer4Of(packet.transport, values),
  });
  const [iif, oif] = [`in${seed}`, `out${seed}`];
  const entry = {
    original: tuple(original),
    reply: tuple(reply),
    status: 0,
    mark: 0,
    zone: { original: 0, reply: 0 },
  };
  const view: PacketView = {
    packet,
    hook: 'forward',
    iif,
    oif,
    mark: 0,
    skuid: undefined,
    pkttype: 0,
    ct: { state: 'new', direction: 'original', entry },
    unknown: {},
  };
  return {
    view,
    parts: [
      ...partsOf('packet', own),
      ...partsOf('original', original),
      ...partsOf('reply', reply),
      { kind: { kind: 'device', dimension: 'iif' }, value: iif },
      { kind: { kind: 'device', dimension: 'oif' }, value: oif },
    ],
  };
}

function layer4Of(transport: Transport, { sport, dport, id }: Values) {
  return transport.kind === 'icmp'
    ? { kind: 'icmp' as const, type: transport.type, code: 0, id: Number(id) }
    : { kind: 'ports' as const, sport: Number(sport), dport: Number(dport) };
}

function partsOf(kind: 'packet' | 'original' | 'reply', values: Values): Probe['parts'] {
  return dimensions.map((dimension) => ({ kind: { kind, dimension }, value: values[dimension] }));
}
