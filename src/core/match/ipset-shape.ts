// How ipset holds a set of several fields: its type there, and where each part of its elements comes from.
import { contains } from '../datatype/range.ts';
import type { NamedSet } from '../ir/ruleset.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import { protocolNumber } from '../packet/packet.ts';
import {
  type IpsetPart,
  type IpsetSide,
  lookedUpBy,
  type PortProtocol,
  partsOfType,
  typeOfWords,
} from './ipset-type.ts';

/** The form that elements have in ipset. */
export interface IpsetShape {
  /** `hash:net,port`. */
  readonly type: string;
  readonly family: 'ip' | 'ip6';
  /** In the order of ipset; without a protocol where the set says none, so that its ports are those of TCP and UDP. */
  readonly parts: readonly IpsetPart[];
  /** Which field of the set each part is. */
  readonly places: readonly number[];
}

/** The types that hold what a policy declares: those that take networks. */
const types: Readonly<Record<string, string>> = {
  'address port': 'hash:net,port',
  'address protocol port': 'hash:net,port',
  'address address': 'hash:net,net',
  'address port address': 'hash:net,port,net',
  'address protocol port address': 'hash:net,port,net',
  'address interface': 'hash:net,iface',
};

const partOfType: Readonly<Record<string, IpsetPart>> = {
  ipv4_addr: 'address',
  ipv6_addr: 'address',
  inet_proto: 'protocol',
  inet_service: 'port',
  ifname: 'interface',
};

/** A second address stands behind the port. */
const order: readonly IpsetPart[] = ['protocol', 'port', 'address', 'interface'];

/** ipset takes ranges of ports apart: sets that become larger are written out in the rules. */
export const mostElements = 65_536;

/** How ipset holds the set; undefined where it can't, and for sets of one field. */
export function shapeOf(set: NamedSet): IpsetShape | undefined {
  if (set.elements.kind !== 'tuples') return undefined;
  const names = set.type.split(' . ');
  const family = names.includes('ipv6_addr') ? 'ip6' : 'ip';
  if (set.ipset !== undefined) {
    const type = typeOfWords(set.ipset);
    const parts = partsOfType(type);
    return parts && { type, family, parts, places: [...parts.keys()] };
  }
  if (family === 'ip6' && names.includes('ipv4_addr')) return undefined;
  const places = placesOf(names);
  const parts = places.map((place) => partOfType[names[place] ?? ''] ?? 'mark');
  const type = types[parts.join(' ')];
  if (type === undefined) return undefined;
  const shape = { type, family, parts, places } as const;
  return fits(set.elements.tuples, shape) ? shape : undefined;
}

function placesOf(names: readonly string[]): readonly number[] {
  const first = names.findIndex((name) => name.endsWith('_addr'));
  const rank = (place: number): number =>
    place === first ? -1 : order.indexOf(partOfType[names[place] ?? ''] ?? 'mark');
  return [...names.keys()].toSorted((one, other) => rank(one) - rank(other));
}

function fits(tuples: readonly Tuple[], shape: IpsetShape): boolean {
  let count = 0;
  for (const tuple of tuples) {
    count += shape.parts.reduce((all, part, at) => all * countOf(part, tuple[shape.places[at] ?? 0]), 1);
    if (!(count <= mostElements)) return false;
  }
  return isPorted(tuples, shape) && !tuples.flat().some((atom) => isPattern(atom));
}

/** A range of addresses is a few networks. */
function countOf(part: IpsetPart, atom: Atom | undefined): number {
  return part === 'port' && typeof atom === 'object' ? Number(atom.hi - atom.lo) + 1 : 1;
}

function isPattern(atom: Atom): boolean {
  return typeof atom === 'string' && /[*,"\s]|^$/.test(atom);
}

const ported = [protocolNumber.tcp, protocolNumber.udp, protocolNumber.sctp, protocolNumber.udplite].map(
  (value) => ({ lo: BigInt(value), hi: BigInt(value) }),
);

/** Whether all elements are of one protocol each, which has ports. */
function isPorted(tuples: readonly Tuple[], { parts, places }: IpsetShape): boolean {
  const place = places[parts.indexOf('protocol')];
  if (place === undefined) return true;
  return tuples.every((tuple) => {
    const atom = tuple[place];
    return typeof atom === 'object' && atom.lo === atom.hi && contains(ported, atom.lo);
  });
}

/** What a rule says to look some fields up. */
export interface IpsetLookup {
  readonly sides: readonly IpsetSide[];
  /** The protocol that the rule needs. */
  readonly protocol: Exclude<PortProtocol, 'th'> | undefined;
}

/** How fields are looked up in the set; `never` where it is of the other family, undefined where ipset can't be asked. */
export function ipsetLookup(
  set: NamedSet,
  keys: readonly string[],
  family: 'ip' | 'ip6',
): IpsetLookup | 'never' | undefined {
  const shape = shapeOf(set);
  if (!shape || keys.length !== shape.parts.length) return undefined;
  const asked = shape.places.map((place) => lookedUpBy(keys[place] ?? ''));
  if (asked.some((one, at) => one?.part !== shape.parts[at])) return undefined;
  if (asked.some((one) => one?.family !== undefined && one.family !== shape.family)) return undefined;
  if (shape.family !== family) return 'never';
  const protocol = asked.find((one) => one?.protocol)?.protocol;
  if (!isAskable(set, shape, protocol)) return undefined;
  const sides = asked.flatMap((one) => one?.side ?? []);
  return { sides, protocol: protocol === 'th' ? undefined : protocol };
}

/** Elements without a protocol are there for TCP and UDP; only ports may be asked for without saying whose. */
function isAskable(set: NamedSet, shape: IpsetShape, protocol: PortProtocol | undefined): boolean {
  if (protocol === undefined) return true;
  if (!shape.parts.includes('protocol')) return protocol === 'tcp' || protocol === 'udp';
  return protocol !== 'th' || (set.elements.kind === 'tuples' && isPorted(set.elements.tuples, shape));
}
