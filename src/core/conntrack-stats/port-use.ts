// The ports of translated addresses: how many are taken towards each destination, and how soon none will be left.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import { protocolText } from '../conntrack/format.ts';
import { portKey } from '../conntrack/nat-port.ts';
import type { AddressFamily } from '../datatype/address.ts';
import { isSourceTranslated, translatedEndText, translationOf } from '../translations/translation.ts';
import { type PortRange, refusalChance } from './refusal.ts';
import { rangeFor, type SourceRange } from './source-ranges.ts';

/** The connections from one address to one destination: each needs a port of its own. */
export interface PortUse {
  readonly protocol: string;
  /** The translated address. */
  readonly address: string;
  /** Where they go, with the port. */
  readonly destination: string;
  readonly range: PortRange;
  /** The rule that gives the range; without a policy, or where none fits, the kernel's class of ports. */
  readonly rule?: string;
  /** Ports of the range that are taken. */
  readonly taken: number;
  /** Of the range, from 0 to 1. */
  readonly share: number;
  /** Connections of the machine itself that take some of them. */
  readonly own: number;
  /** Closed connections of TCP, whose ports the kernel may give to a new one. */
  readonly closed: number;
  /** The chance that a new connection that can't keep its own port is refused. */
  readonly refusal: number;
  /** More of them in a second than there were, where an earlier listing is known; negative if they got fewer. */
  readonly growth?: number;
  /** New ones in a second, where the listing has ages. */
  readonly arrivals?: number;
  /** Seconds until the range is full at this growth. */
  readonly fullIn?: number;
}

/** Takes a listing in one by one. */
export interface PortUseBuilder {
  add(entry: DumpedEntry): void;
  /** How many destinations had to be left out because there were too many. */
  readonly leftOut: () => number;
  readonly groups: ReadonlyMap<string, PortGroup>;
}

interface PortGroup {
  readonly family: AddressFamily;
  readonly number: number;
  readonly addressValue: bigint;
  readonly protocol: string;
  readonly address: string;
  readonly destination: string;
  readonly ports: number[];
  translated: number;
  closed: number;
  young: number;
  aged: boolean;
}

/** So many destinations are told apart. */
const mostGroups = 2 ** 19;

/** No connections yet. */
export function portUseBuilder(): PortUseBuilder {
  const groups = new Map<string, PortGroup>();
  let leftOut = 0;
  return {
    groups,
    leftOut: () => leftOut,
    add(entry) {
      const port = portKey(entry.reply, 'destination');
      if (port === undefined) return;
      const key = keyOf(entry);
      const known = groups.get(key);
      if (!known && groups.size >= mostGroups) {
        leftOut++;
        return;
      }
      const group = known ?? emptyGroup(entry);
      if (!known) groups.set(key, group);
      count(group, entry, port);
    },
  };
}

function keyOf({ reply, zone }: DumpedEntry): string {
  const port = reply.layer4.kind === 'ports' ? reply.layer4.sport : 0;
  return `${reply.protocol} ${zone.reply} ${reply.destination.toString(36)} ${reply.source.toString(36)} ${port}`;
}

function emptyGroup(entry: DumpedEntry): PortGroup {
  const { reply } = entry;
  const { modifiedSource, modifiedDestination } = translationOf(entry);
  return {
    family: reply.family,
    number: reply.protocol,
    addressValue: reply.destination,
    protocol: protocolText(reply.protocol),
    address: translatedEndText(reply.family, { address: modifiedSource.address }),
    destination: translatedEndText(reply.family, modifiedDestination),
    ports: [],
    translated: 0,
    closed: 0,
    young: 0,
    aged: false,
  };
}

/** Those younger than this tell how fast they come. */
const youngest = 10;

/** nf_nat_may_kill: the states of which the kernel takes a port for a new connection. */
const closedStates = new Set(['TIME_WAIT', 'CLOSE']);

function count(group: PortGroup, entry: DumpedEntry, port: number): void {
  group.ports.push(port);
  if (isSourceTranslated(translationOf(entry))) {
    group.translated++;
    if (closedStates.has(entry.protocolState ?? '')) group.closed++;
  }
  if (entry.age !== undefined) group.aged = true;
  if (entry.age !== undefined && entry.age < youngest) group.young++;
}

/** What else is known of the ports. */
export interface PortContext {
  readonly ranges: readonly SourceRange[];
  /** An earlier listing, and the seconds between both. */
  readonly earlier?: { readonly groups: ReadonlyMap<string, PortGroup>; readonly interval: number };
}

/** The destinations with the largest shares first; at the most `most` of them. */
export function portUses({ groups }: PortUseBuilder, context: PortContext, most: number): readonly PortUse[] {
  const translated = [...groups].filter(([, { translated: number }]) => number > 0);
  return translated
    .map(([key, group]) => ({ key, group, ...rangeOf(group, context.ranges) }))
    .toSorted((one, other) => shareOf(other) - shareOf(one))
    .slice(0, most)
    .map(({ key, ...one }) => useOf(one, context, key));
}

interface Ranged {
  readonly group: PortGroup;
  readonly range: PortRange;
  readonly rule?: string;
}

function rangeOf(group: PortGroup, ranges: readonly SourceRange[]): Omit<Ranged, 'group'> {
  const { family, number: protocol, addressValue: address, ports } = group;
  const found = rangeFor(ranges, { family, protocol, address, port: ports[0] ?? 0 });
  return { range: found?.ports ?? classOf(group), ...(found && { rule: found.place }) };
}

/** Ports are drawn from the class that the one before was of: nearly always the last one. */
function classOf({ number, family, ports }: PortGroup): PortRange {
  if (number === (family === 4 ? 1 : 58)) return { lo: 0, hi: 65_535 };
  const least = Math.max(...ports.slice(0, 100));
  if (least < 512) return { lo: 1, hi: 511 };
  return least < 1024 ? { lo: 600, hi: 1023 } : { lo: 1024, hi: 65_535 };
}

function takenOf({ group: { ports }, range: { lo, hi } }: Ranged): number {
  return ports.filter((port) => port >= lo && port <= hi).length;
}

function shareOf(one: Ranged): number {
  return takenOf(one) / (one.range.hi - one.range.lo + 1);
}

function useOf(one: Ranged, { earlier }: PortContext, key: string): PortUse {
  const { group, range, rule } = one;
  const taken = takenOf(one);
  const left = range.hi - range.lo + 1 - taken;
  const before = earlier?.groups.get(key)?.ports.length ?? 0;
  const growth = earlier && (group.ports.length - before) / earlier.interval;
  return {
    protocol: group.protocol,
    address: group.address,
    destination: group.destination,
    range,
    ...(rule !== undefined && { rule }),
    taken,
    share: shareOf(one),
    own: group.ports.length - group.translated,
    closed: group.closed,
    refusal: refusalChance(group.ports, range),
    ...(growth !== undefined && { growth }),
    ...(group.aged && { arrivals: group.young / youngest }),
    ...(growth !== undefined && growth > 0 && { fullIn: left / growth }),
  };
}
