// One packet of many that stands for them, as somebody might send it: ports and addresses from what is usual, as far as
// the conditions leave that open.
import type { Bdd, Node } from '../../../bdd/bdd.ts';
import { ctStateBits } from '../../../datatype/types.ts';
import { ctState } from '../../../field/ct.ts';
import type { Field } from '../../../field/define.ts';
import { inputInterface, metaMark, outputInterface } from '../../../field/meta.ts';
import {
  destinationAddress,
  laterFragment,
  networkVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../../../field/parts.ts';
import type { Condition, SymbolicNumber } from '../../../field/symbolic.ts';
import { tcpFlagBits } from '../../../field/transport.ts';
import type { Hook } from '../../../hook/hook.ts';
import {
  type Injection,
  notFragmented,
  type Packet,
  protocolNumber,
  type Transport,
} from '../../../packet/packet.ts';
import { knownSize } from '../../../packet/size.ts';
import type { PlaceSymbols, Space } from '../../space.ts';
import { interfacesAt, named, number } from './wish.ts';

/** A packet that is, as far as a packet spec can say it, in the region at a hook; nothing where the region is empty. */
export function packetIn(space: Space, region: Node, hook: Hook): Injection | undefined {
  const symbols = space.at({ hook });
  const preferred = preferredBits(symbols);
  const node = usual(space, region, hook);
  const path = space.bdd.pick(node, (variable) => preferred.get(variable));
  return path && injectionOf(space, new Map([...preferred, ...path]), hook);
}

/** One after the other, each where it leaves any packet. */
const usually: readonly Condition[] = [
  named(inputInterface, 'lo', false),
  named(outputInterface, 'lo', false),
  number(networkVersion, 4n),
  number(laterFragment, 0n),
  number(ctState, ctStateBits.constants?.get('new') ?? 0n),
  number(metaMark, 0n),
  number(transportProtocol, BigInt(protocolNumber.tcp)),
  number(transportProtocol, BigInt(protocolNumber.udp)),
  number(transportProtocol, BigInt(protocolNumber.icmp)),
  number(tcpFlagBits, 2n),
  ...[443n, 80n, 22n, 53n].map((port) => number(transportNext, port)),
];

function usual(space: Space, region: Node, hook: Hook): Node {
  const { bdd } = space;
  const symbols = space.at({ hook });
  return [interfacesAt(hook), ...usually].reduce(
    (node, wish) => {
      const wanted = bdd.and(node, wish(symbols));
      return wanted === 0 ? node : wanted;
    },
    bdd.and(region, space.valid()),
  );
}

/** Addresses of documentation (RFC 5737), whose host part stays where rules only say the network. */
const preferredValues: readonly (readonly [Field, bigint])[] = [
  [sourceAddress, 0xc6336409n << 96n],
  [destinationAddress, 0xcb007107n << 96n],
  [transportStart, 40000n],
  [transportNext, 80n],
];

function preferredBits(symbols: PlaceSymbols): ReadonlyMap<number, boolean> {
  const found = new Map<number, boolean>();
  for (const [field, value] of preferredValues) {
    const read = symbols.read(field);
    if (read.kind === 'number')
      for (const [variable, bit] of bitsOf(symbols.bdd, read, value)) found.set(variable, bit);
  }
  return found;
}

function bitsOf(bdd: Bdd, { bits }: SymbolicNumber, value: bigint): readonly (readonly [number, boolean])[] {
  return bits.flatMap((bit, at) => {
    const variable = bdd.root(bit);
    const wanted = ((value >> BigInt(bits.length - 1 - at)) & 1n) === 1n;
    return variable === undefined ? [] : [[variable, wanted] as const];
  });
}

function injectionOf(space: Space, values: ReadonlyMap<number, boolean>, hook: Hook): Injection {
  const numberOf = (field: Field) => {
    const value = space.valueOf(field, values);
    return typeof value === 'bigint' ? value : 0n;
  };
  const nameOf = (field: Field) => {
    const value = space.valueOf(field, values);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [iif, oif] = [nameOf(inputInterface), nameOf(outputInterface)];
  const mark = Number(numberOf(metaMark));
  const state = [...(ctStateBits.constants ?? [])].find(([, bit]) => bit === numberOf(ctState))?.[0];
  return {
    packet: packetOf(numberOf),
    ...wayOf(hook, iif, oif),
    ...(mark !== 0 && { mark }),
    ...(isState(state) && { state }),
  };
}

function isState(state: string | undefined): state is 'established' | 'related' | 'invalid' | 'untracked' {
  return state === 'established' || state === 'related' || state === 'invalid' || state === 'untracked';
}

function wayOf(
  hook: Hook,
  iif: string | undefined,
  oif: string | undefined,
): Pick<Injection, 'direction' | 'iif' | 'oif' | 'local'> {
  if (hook === 'output' || hook === 'egress' || iif === undefined)
    return { direction: 'out', ...(oif !== undefined && { oif }) };
  if (hook === 'input') return { direction: 'in', iif, local: true };
  return { direction: 'in', iif, ...(oif !== undefined && { oif }) };
}

function packetOf(numberOf: (field: Field) => bigint): Packet {
  const family = numberOf(networkVersion) === 6n ? 6 : 4;
  const address = (field: Field) => (family === 4 ? numberOf(field) >> 96n : numberOf(field));
  const protocol = Number(numberOf(transportProtocol));
  const packet: Omit<Packet, 'length'> = {
    family,
    source: address(sourceAddress),
    destination: address(destinationAddress),
    protocol,
    ttl: 64,
    dscp: 0,
    fragment: numberOf(laterFragment) === 1n ? { ...notFragmented, offset: 185 } : notFragmented,
    transport: transportOf(protocol, numberOf),
  };
  return { ...packet, length: knownSize(packet) };
}

function transportOf(protocol: number, numberOf: (field: Field) => bigint): Transport {
  const [start, next] = [Number(numberOf(transportStart)), Number(numberOf(transportNext))];
  if (numberOf(laterFragment) === 1n) return { kind: 'opaque' };
  switch (protocol) {
    case protocolNumber.tcp: {
      const flags = Number(numberOf(tcpFlagBits)) || 2;
      return { kind: 'tcp', sport: start, dport: next, flags, seq: 0, ack: 0, window: 65535 };
    }
    case protocolNumber.udp:
    case protocolNumber.udplite:
      return { kind: 'udp', sport: start, dport: next };
    case protocolNumber.icmp:
    case protocolNumber.icmpv6:
      return { kind: 'icmp', type: start >> 8, code: start & 255, id: 0, sequence: 0 };
    default:
      return { kind: 'opaque' };
  }
}
