// Which port or ICMP identifier a connection gets: net/netfilter/nf_nat_core.c: nf_nat_l4proto_unique_tuple.
import type { DrawnPort } from './entry.ts';
import type { Manip, NatRange } from './nat.ts';
import type { Tuple, TupleLayer4 } from './tuple.ts';

/** A tuple, and the ports that its port stands for if the kernel takes any of them by chance. */
export interface PortChoice {
  readonly tuple: Tuple;
  readonly random?: DrawnPort;
}

/** NF_NAT_MAX_ATTEMPTS: so many ports are tried before the kernel jumps to another place of a range. */
const maxAttempts = 128;

/** Whether a rule names ports (NF_NAT_RANGE_PROTO_SPECIFIED). */
export function hasPort(range: NatRange): boolean {
  return range.minPort !== undefined;
}

/** The number that NAT may change beside an address; protocols without ports have none. */
export function portKey({ layer4 }: Tuple, manip: Manip): number | undefined {
  switch (layer4.kind) {
    case 'ports':
      return manip === 'source' ? layer4.sport : layer4.dport;
    case 'icmp':
      return layer4.id;
    case 'gre':
    case 'none':
      return undefined;
  }
}

/** The tuple with another port or identifier. */
export function withPortKey(tuple: Tuple, manip: Manip, key: number): Tuple {
  return { ...tuple, layer4: withKey(tuple.layer4, manip, key) };
}

function withKey(layer4: TupleLayer4, manip: Manip, key: number): TupleLayer4 {
  switch (layer4.kind) {
    case 'ports':
      return manip === 'source' ? { ...layer4, sport: key } : { ...layer4, dport: key };
    case 'icmp':
      return { ...layer4, id: key };
    case 'gre':
    case 'none':
      return layer4;
  }
}

/** l4proto_in_range; a protocol without ports is in every range. */
export function inPortRange(tuple: Tuple, manip: Manip, range: NatRange): boolean {
  const key = portKey(tuple, manip);
  const { lo, hi } = namedPorts(range);
  return key === undefined || (lo <= key && key <= hi);
}

function namedPorts({ minPort = 0, maxPort = minPort }: NatRange): DrawnPort {
  return { lo: Math.min(minPort, maxPort), hi: Math.max(minPort, maxPort) };
}

/**
 * A port whose tuple nobody uses. A shifted range and a destination search upwards from a known port; everything else
 * begins at a random one, so only the range is known, unless it has a single free port. When no port is free the
 * tuple has the last one that was tried, which the confirmation then refuses. Long ranges of which the kernel would
 * try only a part, and its reuse of closing TCP connections' ports (nf_nat_used_tuple_harder), are not followed.
 */
export function uniquePort(
  tuple: Tuple,
  manip: Manip,
  range: NatRange,
  isUsed: (tuple: Tuple) => boolean,
): PortChoice {
  const key = portKey(tuple, manip);
  const ports = key === undefined ? undefined : candidates(tuple, key, manip, range);
  if (key === undefined || !ports) return { tuple };
  const isFree = (port: number) => !isUsed(withPortKey(tuple, manip, port));
  const start = startOf(key, manip, range);
  const choice = start === 'random' ? drawn(ports, key, isFree) : searched(ports, { start, key }, isFree);
  return { tuple: withPortKey(tuple, manip, choice.port), ...(choice.random && { random: choice.random }) };
}

/** The ports of the rule, else those of the port's class; undefined where it cannot change. */
function candidates(tuple: Tuple, key: number, manip: Manip, range: NatRange): DrawnPort | undefined {
  if (hasPort(range)) return namedPorts(range);
  if (tuple.layer4.kind === 'icmp') return { lo: 0, hi: 65_535 };
  if (manip === 'destination') return undefined;
  if (key < 512) return { lo: 1, hi: 511 };
  return key < 1024 ? { lo: 600, hi: 1023 } : { lo: 1024, hi: 65_535 };
}

/** The distance from the range's first port at which the search begins. */
function startOf(key: number, manip: Manip, range: NatRange): number | 'random' {
  if (range.basePort !== undefined) return (key - range.basePort) & 0xffff;
  return range.random || range.fullyRandom || manip === 'source' ? 'random' : 0;
}

interface Choice {
  readonly port: number;
  readonly random?: DrawnPort;
}

interface Search {
  readonly start: number;
  /** The port before. */
  readonly key: number;
}

function searched(ports: DrawnPort, { start, key }: Search, isFree: (port: number) => boolean): Choice {
  const size = ports.hi - ports.lo + 1;
  const attempts = Math.min(size, maxAttempts);
  const portAt = (attempt: number) => ports.lo + (((start + attempt) & 0xffff) % size);
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (isFree(portAt(attempt))) return { port: portAt(attempt) };
  }
  return attempts === size ? { port: portAt(attempts - 1) } : drawn(ports, key, isFree);
}

/** The stand-in is another port than before, as the drawn one nearly always is: only then it is a translation. */
function drawn(ports: DrawnPort, key: number, isFree: (port: number) => boolean): Choice {
  const first = nextFree(ports, isFree);
  if (first === undefined) return { port: ports.hi };
  const second = nextFree({ lo: first + 1, hi: ports.hi }, isFree);
  if (second === undefined) return { port: first };
  return { port: first === key ? second : first, random: ports };
}

function nextFree({ lo, hi }: DrawnPort, isFree: (port: number) => boolean): number | undefined {
  for (let port = lo; port <= hi; port++) if (isFree(port)) return port;
  return undefined;
}
