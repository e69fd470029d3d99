// Random packets as bytes, with what rules look at deep inside: options of TCP, chunks of SCTP, extension headers of
// IPv6, IPsec and so on. They are all well formed, so that no module drops one by itself.
import { concat, viewOf } from '../../../src/core/packet/bytes.ts';
import { checksum } from '../../../src/core/packet/checksum.ts';
import type { Random } from '../../conformance/random-packets.ts';

type Version = 4 | 6;

/** Makes a packet each time; of IPv6 with fragment headers too, which connection tracking takes for itself. */
export function packetMaker(random: Random, version: Version, fragments = true): () => Uint8Array {
  const draw = dice(random);
  return () => (version === 4 ? ipv4(draw) : ipv6(draw, fragments));
}

interface Dice {
  /** A number from 0, below the limit. */
  below(limit: number): number;
  one<Item>(...items: readonly [Item, ...Item[]]): Item;
}

function dice(random: Random): Dice {
  return {
    below: (limit) => Math.floor(random() * limit),
    one: (...items) => items[Math.floor(random() * items.length)] ?? items[0],
  };
}

function bytes(...numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers);
}

function word16(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}

function word32(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

const port = (draw: Dice): number => draw.one(22, 53, 80, 443, 1000, 1500, 2001, 40_000);
const ports = (draw: Dice): readonly number[] => [...word16(port(draw)), ...word16(port(draw))];

/** Padded to four bytes by what does nothing. */
function tcpOptions(draw: Dice): readonly number[] {
  const some = [
    [2, 4, ...word16(draw.one(536, 1000, 1460, 1461))],
    [8, 10, ...word32(1), ...word32(2)],
    [5, 10, ...word32(1), ...word32(2)],
    [77, 3, 9],
    [4, 2],
    [1],
    [3, 3, 7],
  ].filter(() => draw.below(3) === 0);
  const all = some.flat();
  return [...all, ...Array<number>((4 - (all.length % 4)) % 4).fill(1)];
}

function tcp(draw: Dice): Uint8Array {
  const options = tcpOptions(draw);
  const size = (20 + options.length) / 4;
  const flags = draw.one(2, 0x12, 0x10, 0x42, 0xc2, 0x82, 4, 0x11);
  const rest = [...word32(1000), ...word32(0), size << 4, flags, ...word16(1024), 0, 0, 0, 0];
  return bytes(...ports(draw), ...rest, ...options);
}

function udp(draw: Dice): Uint8Array {
  const data = draw.below(40);
  return concat(bytes(...ports(draw), ...word16(8 + data), 0, 0), new Uint8Array(data));
}

/** What the IP header names a protocol by, and how its header begins. */
const makers: Readonly<Record<number, (draw: Dice) => Uint8Array>> = {
  6: tcp,
  17: udp,
  33: (draw) => bytes(...ports(draw), 4, 0, 0, 0, draw.below(16) << 1, 0, 0, 0, ...word32(0)),
  50: (draw) => bytes(...word32(draw.one(5, 500, 501)), ...word32(1), ...word32(0)),
  108: (draw) => bytes(6, draw.one(0, 1), ...word16(draw.one(4, 5, 18, 0xffff)), ...word32(0)),
  132: (draw) => concat(bytes(...ports(draw), ...word32(1), ...word32(0)), sctpChunks(draw)),
  135: (draw) => bytes(59, 0, draw.one(0, 1, 5, 6), 0, 0, 0, 0, 0),
  253: () => new Uint8Array(12),
};

function sctpChunks(draw: Dice): Uint8Array {
  const count = 1 + draw.below(3);
  const chunks = Array.from({ length: count }, () =>
    bytes(draw.one(0, 1, 3, 6, 10), 0, ...word16(8), ...word32(7)),
  );
  return concat(...chunks);
}

function icmp(draw: Dice): Uint8Array {
  return bytes(draw.one(3, 8, 8, 13), draw.one(0, 3, 4), 0, 0, ...word16(7), ...word16(1), ...word32(0));
}

function icmpv6(draw: Dice): Uint8Array {
  return bytes(draw.one(1, 128, 129), draw.one(0, 3), 0, 0, ...word16(7), ...word16(1), ...word32(0));
}

function authentication(draw: Dice, next: number): Uint8Array {
  const words = draw.one(3, 4);
  const head = [next, words - 2 + 1, ...word16(draw.one(0, 1)), ...word32(draw.one(4, 5, 500, 501))];
  return concat(bytes(...head), new Uint8Array((words + 1) * 4 - head.length));
}

function transportProtocol(draw: Dice, more: readonly number[]): number {
  return draw.one(6, 6, 6, 17, 33, 50, 108, 132, 132, 253, ...more);
}

function sum(data: Uint8Array, at: number): Uint8Array {
  viewOf(data).setUint16(at, checksum(data));
  return data;
}

const sources4 = [
  [10, 0, 1, 2],
  [10, 0, 1, 3],
  [10, 0, 1, 6],
  [10, 0, 2, 9],
  [192, 0, 2, 1],
] as const;
const destinations4 = [
  [10, 0, 2, 2],
  [10, 0, 2, 5],
  [10, 0, 1, 1],
  [10, 0, 1, 255],
  [224, 0, 0, 1],
  [255, 255, 255, 255],
] as const;

function ipv4(draw: Dice): Uint8Array {
  const protocol = transportProtocol(draw, [1, 1, 51]);
  const inner = transportProtocol(draw, []);
  const behind = (next: number): Uint8Array => makers[next]?.(draw) ?? new Uint8Array(8);
  const payload =
    protocol === 1
      ? sum(icmp(draw), 2)
      : protocol === 51
        ? concat(authentication(draw, inner), behind(inner))
        : behind(protocol);
  const options = draw.below(5) === 0 ? bytes(1, 1, 1, 0) : new Uint8Array();
  const total = 20 + options.length + payload.length;
  const tos = draw.one(0, 0, 0x10, 0x12, 0x08, 0x51, 0xff);
  const head = [
    0x40 | ((20 + options.length) / 4),
    tos,
    ...word16(total),
    ...word16(draw.below(65_536)),
    0,
    0,
  ];
  const rest = [draw.one(2, 64, 128), protocol, 0, 0];
  const header = concat(
    bytes(
      ...head,
      ...rest,
      ...draw.one<readonly number[]>(...sources4),
      ...draw.one<readonly number[]>(...destinations4),
    ),
    options,
  );
  return concat(sum(header, 10), withTransportSum(payload, protocol, header.subarray(12, 20)));
}

/** Where the checksum stands in headers whose checksum covers the addresses. */
const sumPlaces: Readonly<Record<number, number>> = { 6: 16, 58: 2 };

/** Connection tracking takes a wrong checksum for invalid. */
function withTransportSum(payload: Uint8Array, protocol: number, addresses: Uint8Array): Uint8Array {
  const place = sumPlaces[protocol];
  if (place === undefined) return payload;
  const pseudo = concat(addresses, bytes(0, protocol, ...word16(payload.length)));
  viewOf(payload).setUint16(place, checksum(pseudo, payload));
  return payload;
}

const near6 = (network: number, host: number): readonly number[] => [
  0xfd,
  0,
  0,
  network,
  ...Array<number>(11).fill(0),
  host,
];
const sources6 = [
  near6(1, 2),
  near6(1, 3),
  near6(2, 9),
  [0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1],
] as const;
const destinations6 = [
  near6(2, 2),
  near6(1, 1),
  near6(1, 0),
  [0xff, 2, ...Array<number>(13).fill(0), 1],
  [0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 2],
] as const;

/** Each extension header with what comes behind it, which is made in the end. */
function extended(
  draw: Dice,
  kinds: readonly number[],
  last: number,
  make: () => Uint8Array,
): readonly [number, Uint8Array] {
  const [kind, ...others] = kinds;
  if (kind === undefined) return [last, make()];
  const [next, rest] = extended(draw, others, last, make);
  return [kind, concat(extension(draw, kind, next), rest)];
}

function extension(draw: Dice, kind: number, next: number): Uint8Array {
  const units = draw.below(2);
  switch (kind) {
    case 43:
      return routing(draw, next);
    case 44:
      return bytes(next, draw.one(0, 0, 1), ...word16(0), ...word32(draw.one(4, 5, 7, 8)));
    case 51:
      return authentication(draw, next);
    default:
      return concat(bytes(next, units, 0x1e, units * 8 + 4), new Uint8Array(units * 8 + 4));
  }
}

/** With one or two addresses; type 4 is segment routing, which counts the last of them. */
function routing(draw: Dice, next: number): Uint8Array {
  const count = draw.one(1, 2);
  const type = draw.one(0, 2, 4, 4);
  const rest = type === 4 ? [count - 1, 0, 0, 7] : word32(0);
  const left = draw.below(type === 4 ? count : count + 1);
  return concat(bytes(next, count * 2, type, left, ...rest), new Uint8Array(count * 16));
}

function ipv6(draw: Dice, fragments: boolean): Uint8Array {
  const kinds = [0, 60, 43, ...(fragments ? [44] : []), 51].filter(() => draw.below(4) === 0);
  // nft takes an authentication header for the last one, iptables what is behind it.
  const last = kinds.includes(51) ? 253 : transportProtocol(draw, [58, 58, 59, 135]);
  const addresses = bytes(
    ...draw.one<readonly number[]>(...sources6),
    ...draw.one<readonly number[]>(...destinations6),
  );
  const [next, payload] = extended(draw, kinds, last, () =>
    withTransportSum(
      last === 58 ? icmpv6(draw) : (makers[last]?.(draw) ?? new Uint8Array()),
      last,
      addresses,
    ),
  );
  const tos = draw.one(0, 0x10, 0x12, 0x08, 0x51, 0xff);
  const head = [
    0x60 | (tos >> 4),
    (tos & 15) << 4,
    0,
    0,
    ...word16(payload.length),
    next,
    draw.one(2, 64, 128),
  ];
  return concat(bytes(...head), addresses, payload);
}
