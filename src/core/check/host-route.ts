// The lines `route` and `rule` of a `host` block, written as after `ip route add` and `ip rule add`.
import type { AddressFamily } from '../datatype/address.ts';
import { numberType } from '../datatype/define.ts';
import { mark, port, protocol, userId } from '../datatype/types.ts';
import type { Span } from '../text/source.ts';
import type { HopFacts, RouteFacts, RuleFacts } from '../topology/facts.ts';
import { type NumberRange, type RoutePreference, routeTypes } from '../topology/host.ts';
import { table } from '../topology/inventory.ts';
import { type Cursor, complainAt, peek, takeMark, takeWord } from './cursor.ts';
import {
  type Network,
  type Option,
  option,
  readAddress,
  readCount,
  readDevice,
  readNetwork,
  readOptions,
  readSpan,
  routingTable,
} from './host-value.ts';

/** The eight bits that ECN has a part of. */
const serviceType = numberType('tos', 'a type of service', 8);

const tos = option<RouteFacts & RuleFacts, number>(readServiceType, (value) => ({ tos: value }));

/** Without the bits of ECN (include/net/inet_dscp.h: inet_validate_dscp). */
function readServiceType(cursor: Cursor): number | undefined {
  const at = peek(cursor);
  const value = readCount(cursor, serviceType);
  if (value === undefined || (value & 3) === 0) return value;
  return complainAt(cursor, at, 'HK3005', 'the lowest two bits of a type of service are those of ECN', {
    help: 'write it without them',
  });
}

const routeOptions: ReadonlyMap<string, Option<RouteFacts>> = new Map([
  [
    'via',
    option<RouteFacts, Omit<Network, 'length'>>(ofFamily, ({ family, value }) => ({
      family,
      gateway: value,
    })),
  ],
  [
    'src',
    option<RouteFacts, Omit<Network, 'length'>>(ofFamily, ({ family, value }) => ({ family, source: value })),
  ],
  ['dev', option<RouteFacts, string>(readDevice, (device) => ({ device }))],
  [
    'metric',
    option<RouteFacts, number>(
      (cursor) => readCount(cursor),
      (metric) => ({ metric }),
    ),
  ],
  ['table', option<RouteFacts, number>(readTable, (id) => ({ table: id }))],
  ['tos', tos],
  ['dsfield', tos],
  ['mtu', option<RouteFacts, Pick<RouteFacts, 'mtu' | 'mtuLocked'>>(readMtu, (facts) => facts)],
  ['pref', option<RouteFacts, RoutePreference>(readPreference, (preference) => ({ family: 6, preference }))],
  ['onlink', () => ({ onlink: true })],
]);

function ofFamily(
  cursor: Cursor,
  { family }: { readonly family?: AddressFamily },
): Omit<Network, 'length'> | undefined {
  return readAddress(cursor, family);
}

/** `mtu [lock] NUMBER`, as `ip route` has it. */
function readMtu(cursor: Cursor): Pick<RouteFacts, 'mtu' | 'mtuLocked'> | undefined {
  const isLocked = takeWord(cursor, 'lock') !== undefined;
  const mtu = readCount(cursor);
  return mtu === undefined ? undefined : { mtu, ...(isLocked && { mtuLocked: true }) };
}

function readPreference(cursor: Cursor): RoutePreference | undefined {
  const word = takeWord(cursor, 'low', 'medium', 'high');
  return word ?? complainAt(cursor, peek(cursor), 'HK3009', 'expected `low`, `medium` or `high`');
}

function readTable(cursor: Cursor): number | undefined {
  return readCount(cursor, routingTable);
}

/** IPv4 or IPv6, where a line says so itself; elsewhere its addresses show it. */
function readFamily(cursor: Cursor): { readonly family?: AddressFamily } {
  const word = takeWord(cursor, 'ip', 'ip6');
  return word ? { family: word === 'ip6' ? 6 : 4 } : {};
}

/** Takes `[ip|ip6] [TYPE] default|NETWORK [via …] [dev …] …`; IPv4 where nothing shows the family, as for `ip`. */
export function readRoute(cursor: Cursor, span: Span): RouteFacts | undefined {
  const { family } = readFamily(cursor);
  const type = takeWord(cursor, ...routeTypes);
  const network = takeWord(cursor, 'default') ? 'default' : readNetwork(cursor, family);
  if (!network) return undefined;
  const known = network === 'default' ? family : network.family;
  const facts = readOptions<RouteFacts>(
    cursor,
    { ...(type && { type }), ...(known && { family: known }) },
    routeOptions,
  );
  const destination = network === 'default' ? 0n : network.value;
  const prefixLength = network === 'default' ? 0 : network.length;
  const hops = facts && readHops(cursor, facts.family ?? known);
  if (!facts || !hops) return undefined;
  const shown = hops.find((hop) => hop.family !== undefined)?.family ?? 4;
  const several = hops.length > 0 && { hops: hops.map(({ family: _family, ...hop }) => hop) };
  return { family: shown, ...facts, destination, prefixLength, span, ...several };
}

type Hop = HopFacts & { readonly family?: AddressFamily };

/** Takes `nexthop via … dev … weight …`, as often as it stands there. */
function readHops(cursor: Cursor, family: AddressFamily | undefined): readonly Partial<Hop>[] | undefined {
  const hops: Partial<Hop>[] = [];
  while (takeWord(cursor, 'nexthop')) {
    const hop = readOptions<Hop>(cursor, family === undefined ? {} : { family }, hopOptions);
    if (!hop) return undefined;
    hops.push(hop);
  }
  return hops;
}

const hopOptions: ReadonlyMap<string, Option<Hop>> = new Map([
  [
    'via',
    option<Hop, Omit<Network, 'length'>>(ofFamily, ({ family, value }) => ({ family, gateway: value })),
  ],
  ['dev', option<Hop, string>(readDevice, (device) => ({ device }))],
  [
    'weight',
    option<Hop, number>(
      (cursor) => readCount(cursor),
      (weight) => ({ weight }),
    ),
  ],
  ['onlink', () => ({ onlink: true })],
]);

const refuse =
  (action: RuleFacts['action']): Option<RuleFacts> =>
  () => ({ action, table: 0 });
const lookup = option<RuleFacts, number>(readTable, (id) => ({ action: 'lookup', table: id }));
const priority = option<RuleFacts, number>(
  (cursor) => readCount(cursor),
  (value) => ({ priority: value }),
);

const ruleOptions: ReadonlyMap<string, Option<RuleFacts>> = new Map([
  ['not', () => ({ invert: true })],
  ['from', option<RuleFacts, Network>(networkOf, ({ family, ...from }) => ({ family, from }))],
  ['to', option<RuleFacts, Network>(networkOf, ({ family, ...to }) => ({ family, to }))],
  ['fwmark', option<RuleFacts, { value: number; mask: number }>(readMark, (value) => ({ mark: value }))],
  ['iif', option<RuleFacts, string>(readDevice, (iif) => ({ iif }))],
  ['oif', option<RuleFacts, string>(readDevice, (oif) => ({ oif }))],
  ['tos', tos],
  ['dsfield', tos],
  [
    'ipproto',
    option<RuleFacts, number>(
      (cursor) => readCount(cursor, protocol),
      (number) => ({ protocol: number }),
    ),
  ],
  ['sport', option<RuleFacts, NumberRange>(readPorts, (sports) => ({ sports }))],
  ['dport', option<RuleFacts, NumberRange>(readPorts, (dports) => ({ dports }))],
  [
    'uidrange',
    option<RuleFacts, NumberRange>(
      (cursor) => readSpan(cursor, userId),
      (users) => ({ users }),
    ),
  ],
  ['priority', priority],
  ['pref', priority],
  ['lookup', lookup],
  ['table', lookup],
  [
    'suppress_prefixlength',
    option<RuleFacts, number>(
      (cursor) => readCount(cursor),
      (length) => ({ suppressPrefixLength: length }),
    ),
  ],
  [
    'suppress_ifgroup',
    option<RuleFacts, number>(
      (cursor) => readCount(cursor),
      (group) => ({ suppressGroup: group }),
    ),
  ],
  ['l3mdev', () => ({ action: 'lookup', table: 0, l3mdev: true })],
  ['unreachable', refuse('unreachable')],
  ['prohibit', refuse('prohibit')],
  ['blackhole', refuse('blackhole')],
]);

function readPorts(cursor: Cursor): NumberRange | undefined {
  return readSpan(cursor, port);
}

function networkOf(cursor: Cursor, { family }: { readonly family?: AddressFamily }): Network | undefined {
  return readNetwork(cursor, family);
}

function readMark(cursor: Cursor): { value: number; mask: number } | undefined {
  const value = readCount(cursor, mark);
  const mask = value !== undefined && takeMark(cursor, '/') ? readCount(cursor, mark) : 0xffffffff;
  return value === undefined || mask === undefined ? undefined : { value, mask };
}

/** Takes `[ip|ip6] [not] [from …] [to …] [fwmark …] … [lookup TABLE]`; IPv4 and main are `ip rule`'s defaults. */
export function readRule(cursor: Cursor): RuleFacts | undefined {
  const facts = readOptions<RuleFacts>(cursor, readFamily(cursor), ruleOptions);
  return facts && { family: 4, action: 'lookup', table: table.main, ...facts };
}
