// Binding a new connection to other addresses and ports: net/netfilter/nf_nat_core.c.
import { type DrawnPort, type Entry, hasStatus, isExpired, withStatus } from './entry.ts';
import { chooseAddress, narrowed } from './nat-address.ts';
import { hasPort, inPortRange, type PortChoice, portKey, uniquePort, withPortKey } from './nat-port.ts';
import type { ConntrackTable } from './table.ts';
import { invert, sameTuple, type Tuple } from './tuple.ts';

/** Which half of the packets that go in the original direction is rewritten. */
export type Manip = 'source' | 'destination';

/**
 * What a rule asks for: struct nf_nat_range2. Addresses or ports that are not named stay as they are if they can.
 * `masquerade` and `redirect` name the one address that they found.
 */
export interface NatRange {
  readonly minAddress?: bigint;
  /** The last of the range; `minAddress` where absent. */
  readonly maxAddress?: bigint;
  /** Ports, or ICMP identifiers. */
  readonly minPort?: number;
  readonly maxPort?: number;
  /** The port that becomes `minPort`, the ones above likewise: NF_NAT_RANGE_PROTO_OFFSET. */
  readonly basePort?: number;
  readonly random?: boolean;
  readonly fullyRandom?: boolean;
  readonly persistent?: boolean;
  /** Keep the host bits and replace the network: NETMAP and nft's `prefix`. */
  readonly netmap?: boolean;
}

/** The connection after NAT. */
export interface Binding {
  readonly entry: Entry;
  /**
   * Set where the kernel draws the port (or ICMP identifier) by chance: it is a free one of these, and the entry
   * has the first free one in its place.
   */
  readonly randomPort?: DrawnPort;
}

/**
 * nf_nat_setup_info, and nf_nat_alloc_null_binding for `'null'`: what a rule's NAT, or the end of the nat chains
 * without any, does to a connection. It always succeeds: where no free tuple was found the packet is dropped later,
 * by confirm(). A connection that is confirmed or already bound this way stays as it is.
 */
export function setupNat(
  table: ConntrackTable,
  entry: Entry,
  manip: Manip,
  range: NatRange | 'null',
): Binding {
  const done = manip === 'source' ? 'snat-done' : 'dnat-done';
  const current = invert(entry.reply);
  if (!current || hasStatus(entry, 'confirmed') || hasStatus(entry, done)) return { entry };
  const wanted = range === 'null' ? { minAddress: current[manip] } : narrowed(range, current[manip]);
  const { tuple, random } = uniqueTuple({ table, entry, manip, range: wanted }, current);
  const reply = sameTuple(tuple, current) ? undefined : invert(tuple);
  const bound = reply ? withStatus({ ...entry, reply }, manip === 'source' ? 'snat' : 'dnat') : entry;
  const set = withStatus(bound, done);
  return random
    ? { entry: { ...set, drawn: { ...set.drawn, [manip]: random } }, randomPort: random }
    : { entry: set };
}

interface Request {
  readonly table: ConntrackTable;
  readonly entry: Entry;
  readonly manip: Manip;
  readonly range: NatRange;
}

/** get_unique_tuple: keep the source if the range allows, else choose an address, then a port if need be. */
function uniqueTuple(request: Request, current: Tuple): PortChoice {
  const { entry, manip, range } = request;
  const draws = range.random === true || range.fullyRandom === true;
  const kept = manip === 'source' && !draws ? keptSource(request, current) : undefined;
  if (kept) return kept;
  const zone = entry.zone.original || entry.zone.reply;
  const moved = { ...current, [manip]: chooseAddress(current, manip, range, zone) };
  if (!draws && isSettled(request, moved)) return { tuple: moved };
  return uniquePort(moved, manip, range, (tuple) => isUsed(request, tuple));
}

/** The tuple as it is, or with the mapping that another connection from the same address and port has. */
function keptSource(request: Request, current: Tuple): PortChoice | undefined {
  const candidate = inRange(request.range, current) ? { tuple: current } : mappedSource(request, current);
  return candidate && !isUsed(request, candidate.tuple) ? candidate : undefined;
}

/** find_appropriate_src. Every connection of the table counts as one that went through NAT; a drawn port is the same. */
function mappedSource({ table, entry, range }: Request, current: Tuple): PortChoice | undefined {
  for (const other of table.bySource(current, entry.zone)) {
    const tuple = withSourceOf(current, other.reply);
    const random = other.drawn?.source;
    if (inRange(range, tuple)) return { tuple, ...(random && { random }) };
  }
  return undefined;
}

/** The tuple with the source that answers come back to. */
function withSourceOf(tuple: Tuple, reply: Tuple): Tuple {
  const moved = { ...tuple, source: reply.destination };
  const key = portKey(reply, 'destination');
  return key === undefined ? moved : withPortKey(moved, 'source', key);
}

/** nf_in_range. */
function inRange(range: NatRange, tuple: Tuple): boolean {
  const { minAddress, maxAddress = minAddress } = range;
  if (minAddress !== undefined && tuple.source < minAddress) return false;
  if (maxAddress !== undefined && tuple.source > maxAddress) return false;
  return !hasPort(range) || inPortRange(tuple, 'source', range);
}

/** Whether the port may stay: it is in the range, and free or the only one that the rule allows. */
function isSettled(request: Request, tuple: Tuple): boolean {
  const { range, manip } = request;
  if (!hasPort(range)) return !isUsed(request, tuple);
  if (range.basePort !== undefined || !inPortRange(tuple, manip, range)) return false;
  return range.minPort === (range.maxPort ?? range.minPort) || !isUsed(request, tuple);
}

/** nf_nat_used_tuple: whether answers to this tuple belong to another connection already. */
function isUsed({ table, entry }: Request, tuple: Tuple): boolean {
  const reply = invert(tuple);
  const found = reply && table.lookup(reply, entry.zone);
  return found !== undefined && !isExpired(found.entry, entry.created ?? 0);
}
