// `hookline services`: who may talk to whom through a host, by which service. Rules are asked about the packets of one
// service alone, which leaves addresses and interfaces.
import type { Node } from '../bdd/bdd.ts';
import { equals, inRange } from '../bdd/vector.ts';
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import { ctState } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import {
  destinationAddress,
  laterFragment,
  moreFragments,
  ofVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import { fieldIs } from '../field/symbolic.ts';
import { tcpFlagBits } from '../field/transport.ts';
import { protocolNumber, tcpFlag } from '../packet/packet.ts';
import type { Dimension } from './dimension.ts';
import { bddWithin, inTime } from './lint/budget.ts';
import { type AddressGroup, matrixOf } from './matrix.ts';
import { mentionedNames } from './names.ts';
import type { Subject } from './question.ts';
import { createSpace, type Space } from './space.ts';
import { walk } from './walk.ts';

/** Ports of a protocol. */
export interface Service {
  readonly protocol: 'tcp' | 'udp';
  readonly ports: Range;
}

/** Who may begin a connection with whom. */
export interface ServiceMatrix {
  readonly service: Service;
  readonly family: AddressFamily;
  readonly groups: readonly AddressGroup[];
  /** Who may reach the host itself. */
  readonly here: readonly Range[];
  /** What it depends on and nobody can tell; it counts as letting packets pass. */
  readonly free: readonly string[];
  readonly assumptions: readonly string[];
}

/** A service for which a matrix is asked. */
export interface ServiceQuestion {
  readonly service: Service;
  readonly family: AddressFamily;
}

/** The matrices, and those for which there was no time. */
export interface ServiceMatrices {
  readonly matrices: readonly ServiceMatrix[];
  readonly missed: readonly ServiceQuestion[];
}

/** One after the other. */
export function serviceMatrices(subject: Subject, asked: readonly ServiceQuestion[]): ServiceMatrices {
  const found = asked.map((one) => ({
    one,
    matrix: inTime(() => serviceMatrix(subject, one.service, one.family)),
  }));
  return {
    matrices: found.flatMap(({ matrix }) => matrix ?? []),
    missed: found.flatMap(({ one, matrix }) => (matrix ? [] : [one])),
  };
}

/** The matrix of one service, for connections that are new. */
export function serviceMatrix(
  { ruleSet, host, budget }: Subject,
  service: Service,
  family: AddressFamily,
): ServiceMatrix {
  const interfaces = host?.interfaces.map(({ name }) => name) ?? [];
  const space = createSpace(mentionedNames([ruleSet], interfaces), bddWithin(budget));
  const { bdd } = space;
  const packets = firstPackets(space, service, family);
  const walked = walk({ space, ruleSet, host, budget, direction: 'in', packets });
  const ended = (fate: string): Node =>
    walked.ends.filter((end) => end.fate === fate).reduce<Node>((any, { node }) => bdd.or(any, node), 0);
  const [source, destination] = [sourceAddress, destinationAddress].map((field) =>
    sideOf(space, field, family),
  );
  if (!source || !destination) throw new Error('a space has addresses');
  const onward = bdd.and(ended('forwarded'), space.valid());
  const here = bdd.and(ended('delivered-local'), space.valid());
  const talk = onlyOf(space, onward, [source, destination]);
  const reaching = onlyOf(space, here, [source]);
  return {
    service,
    family,
    groups: matrixOf(bdd, { node: talk, source, destination }),
    here: matrixOf(bdd, { node: reaching, source, destination }).flatMap(({ ranges, to }) =>
      to.length > 0 ? ranges : [],
    ),
    free: space.freeIn(bdd.or(onward, here)),
    assumptions: walked.assumptions,
  };
}

/** What begins a connection: whole packets, of TCP a SYN, from a port of a client. */
function firstPackets(space: Space, { protocol, ports }: Service, family: AddressFamily): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  const bits = (field: Field) => {
    const value = symbols.read(field);
    return value.kind === 'number' ? value.bits : [];
  };
  const named = (field: Field, name: string) => {
    const value = symbols.read(field);
    return value.kind === 'name' ? value.is(name) : 0;
  };
  const isTcp = protocol === 'tcp';
  return [
    inRange(bdd, bits(transportNext), ports),
    inRange(bdd, bits(transportStart), { lo: 1024n, hi: 0xffffn }),
    fieldIs(symbols, transportProtocol, BigInt(protocolNumber[protocol])),
    ofVersion(family)(symbols),
    ...[inputInterface, outputInterface].map((field) => bdd.not(named(field, 'lo'))),
    bdd.not(named(inputInterface, '')),
    fieldIs(symbols, ctState, ctState.type.constants?.get('new') ?? 0n),
    ...[laterFragment, moreFragments].map((field) => bdd.not(fieldIs(symbols, field, 1n))),
    ...(isTcp ? [equals(bdd, bits(tcpFlagBits), BigInt(tcpFlag.syn))] : []),
  ].reduce<Node>((all, one) => bdd.and(all, one), 1);
}

/** The variables of the addresses of a family. */
function sideOf(space: Space, field: Field, family: AddressFamily): Dimension {
  const part = space.parts().find((one) => one.field === field);
  return {
    name: field.name,
    variables: part?.variables.slice(0, addressWidth(family)) ?? [],
    shape: 'prefixes',
  };
}

/** For which of these values there is any such packet. */
function onlyOf({ bdd }: Space, node: Node, sides: readonly Dimension[]): Node {
  const kept = new Set(sides.flatMap(({ variables }) => variables));
  return bdd.exists(
    node,
    bdd.support(node).filter((variable) => !kept.has(variable)),
  );
}
