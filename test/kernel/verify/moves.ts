// The packets of a history: new ones, and those that belong to what earlier ones did, as the kernel sent them on: answers,
// further packets of the same connection, ICMP errors about it.
import fc from 'fast-check';
import { decodePacket } from '../../../src/core/packet/decode.ts';
import type { Injection, Packet, Transport } from '../../../src/core/packet/packet.ts';
import { notFragmented, protocolNumber } from '../../../src/core/packet/packet.ts';
import { knownSize } from '../../../src/core/packet/size.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import type { Frame } from '../../../src/host/kernel/kernel-host.ts';
import { sctpAnswer } from '../../arbitrary/sctp.ts';
import {
  answerSegment,
  firstSegment,
  lengthInSequence,
  nextSegment,
  type Segment,
  segments,
} from './segments.ts';

/** One packet of a history; `of` counts back from the last one. */
export type Move =
  | { readonly kind: 'spec'; readonly text: string }
  | { readonly kind: 'answer' | 'again'; readonly of: number; readonly segment: Segment }
  | { readonly kind: 'error'; readonly of: number; readonly error: number; readonly router: boolean };

/** What became of an earlier packet. */
export interface Past {
  readonly injection: Injection;
  readonly frame: Frame | undefined;
}

const back = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 12 }));

/** A history of packets that begin with these. */
export function histories(specs: fc.Arbitrary<string>, size: number): fc.Arbitrary<readonly Move[]> {
  const move: fc.Arbitrary<Move> = fc.oneof(
    { weight: 5, arbitrary: specs.map((text) => ({ kind: 'spec' as const, text })) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('answer' as const), of: back, segment: segments }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), of: back, segment: segments }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('error' as const),
        of: back,
        error: fc.nat({ max: errorKinds.length - 1 }),
        router: fc.boolean(),
      }),
    },
  );
  return fc.array(move, { minLength: size, maxLength: size, size: 'max' });
}

/** The packet of a move; undefined where there is none, such as an answer before there was any packet. */
export function injectionOf(move: Move, past: readonly Past[]): Injection | undefined {
  if (move.kind === 'spec') return specOf(move.text);
  const about = past[past.length - 1 - (move.of % Math.max(past.length, 1))];
  if (!about) return undefined;
  switch (move.kind) {
    case 'answer':
      return answerTo(about, move.segment);
    case 'again':
      return furtherOf(about, move.segment);
    case 'error':
      return errorAbout(about, errorKinds[move.error] ?? errorKinds[0], move.router);
  }
}

function specOf(text: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(text);
  const { transport } = value.packet;
  const isNumbered = transport.kind === 'tcp' && transport.numbered;
  const packet = isNumbered ? value.packet : firstSegment(value.packet);
  return { ...value, packet: { ...packet, ...(value.direction === 'out' && named(packet)) } };
}

/** The kernel gives each packet of its own an identification that has none. */
function named({ family }: Packet): Pick<Packet, 'identification'> {
  return family === 4 ? { identification: 0x1234 } : {};
}

/** From where a packet came out: the other end of the wire, or the host itself. */
function farEnd({ injection, frame }: Past): {
  readonly packet: Packet;
  readonly device: string | undefined;
} {
  const sent = frame && decodePacket(frame.packet).value;
  if (sent) return { packet: sent, device: frame.device };
  const device = injection.direction === 'out' ? 'a0' : undefined;
  return { packet: injection.packet, device };
}

/** Only the host's own addresses are sent from. */
function arriving(packet: Packet, device: string | undefined): Injection {
  const whole = { ...packet, length: knownSize(packet) };
  if (device === undefined && ownAddresses.has(packet.source))
    return { packet: { ...whole, ...named(whole) }, direction: 'out' };
  return { packet: whole, direction: 'in', iif: device ?? 'b0' };
}

function answerTo(past: Past, segment: Segment): Injection | undefined {
  const { packet, device } = farEnd(past);
  const transport = packet.fragment.offset === 0 ? answerTransport(packet) : undefined;
  if (!transport) return undefined;
  const { identification: _identification, ...rest } = packet;
  const turned = { source: packet.destination, destination: packet.source, ttl: 64, fragment: notFragmented };
  const answer = { ...rest, ...turned, transport, ...answerPayload(packet) };
  const isSegment = packet.transport.kind === 'tcp';
  const numbered = isSegment
    ? answerSegment(answer, packet.transport, lengthInSequence(packet.transport, packet), segment)
    : answer;
  return arriving(numbered, device);
}

function answerPayload({ protocol, payload }: Packet): Pick<Packet, 'payload'> {
  return payload && protocol === protocolNumber.sctp ? { payload: sctpAnswer(payload) } : {};
}

function answerTransport({ transport, protocol }: Packet): Transport | undefined {
  switch (transport.kind) {
    case 'tcp': {
      const { sport, dport } = transport;
      return { ...transport, sport: dport, dport: sport };
    }
    case 'udp':
      return { ...transport, sport: transport.dport, dport: transport.sport };
    case 'icmp': {
      const { inner: _inner, ...rest } = transport;
      return { ...rest, type: protocol === protocolNumber.icmp ? 0 : 129, code: 0 };
    }
    case 'opaque':
      return transport;
  }
}

function furtherOf({ injection }: Past, segment: Segment): Injection {
  const { packet } = injection;
  if (packet.transport.kind !== 'tcp') return injection;
  const { transport } = packet;
  const next = nextSegment(packet, transport, lengthInSequence(transport, packet), segment);
  return { ...injection, packet: { ...next, length: knownSize(next) } };
}

interface ErrorKind {
  readonly 4: readonly [type: number, code: number];
  readonly 6: readonly [type: number, code: number];
}

const errorKinds: readonly [ErrorKind, ...ErrorKind[]] = [
  { 4: [3, 3], 6: [1, 4] },
  { 4: [3, 1], 6: [1, 3] },
  { 4: [11, 0], 6: [3, 0] },
  // What is too big for IPv6 would be remembered.
  { 4: [3, 4], 6: [4, 0] },
];

/** An error about a packet as it was on the wire, from where it went or from a router on the way. */
function errorAbout(past: Past, kind: ErrorKind, byRouter: boolean): Injection | undefined {
  const { packet, device } = farEnd(past);
  if (packet.transport.kind === 'icmp' && packet.transport.inner) return undefined;
  const { family } = packet;
  const [type, code] = kind[family];
  const router = device === undefined ? packet.destination : (routers[family].get(device) ?? 0n);
  const message: Packet = {
    family,
    source: byRouter ? router : packet.destination,
    destination: packet.source,
    protocol: family === 4 ? protocolNumber.icmp : protocolNumber.icmpv6,
    ttl: 64,
    dscp: 0,
    length: 0,
    fragment: notFragmented,
    transport: { kind: 'icmp', type, code, id: 0, sequence: 0, inner: packet },
  };
  return arriving(message, device);
}

const ownAddresses: ReadonlySet<bigint> = new Set([
  0x0a000101n,
  0x0a000201n,
  (0xfd000001n << 96n) | 1n,
  (0xfd000002n << 96n) | 1n,
]);

/** Behind each device. */
const routers: Readonly<Record<4 | 6, ReadonlyMap<string, bigint>>> = {
  4: new Map([
    ['a0', 0x0a000109n],
    ['b0', 0x0a000209n],
  ]),
  6: new Map([
    ['a0', (0xfd000001n << 96n) | 9n],
    ['b0', (0xfd000002n << 96n) | 9n],
  ]),
};
