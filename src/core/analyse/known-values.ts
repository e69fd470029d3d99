// What sets of values are called: services, and what a policy names.
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import { knownService, knownServiceNames } from '../datatype/known-services.ts';
import { normalize, prefixRange, type Range } from '../datatype/range.ts';
import type { PolicyZone } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import type { Host, InterfaceAddress } from '../topology/host.ts';
import { addressesOf, subnetAddress } from '../topology/inventory.ts';
import type { NamedNames } from './name-text.ts';
import { ownRanges } from './ordinary.ts';
import { type NamedRanges, rangesWithout } from './range-text.ts';

/** Names that cells are written with. */
export interface KnownValues {
  readonly addresses: readonly NamedAddresses[];
  readonly interfaces: readonly NamedNames[];
  readonly services: readonly NamedPorts[];
  /** Tables tell of packets between ordinary addresses only, where there are any. */
  readonly scope?: 'ordinary';
  /** Addresses that such tables say nothing of. */
  readonly open?: OpenAddresses;
}

/** Of both ends of packets, by family. */
export type OpenAddresses = Readonly<
  Record<'source' | 'destination', Readonly<Record<AddressFamily, readonly Range[]>>>
>;

/** Addresses of one family. */
export interface NamedAddresses extends NamedRanges {
  readonly family: AddressFamily;
}

/** Ports of one protocol. */
export interface NamedPorts extends NamedRanges {
  readonly protocol: string;
}

/** Services that every policy knows, zones that are interfaces or addresses alone, and sets of addresses. */
export function knownValues(
  zones: readonly PolicyZone[] = [],
  ruleSets: readonly RuleSet[] = [],
  host?: Host,
): KnownValues {
  const own = host ? ownAddresses(host) : [];
  const addresses = [...zonesOf(zones), ...ruleSets.flatMap(setsOf), ...own].filter(
    ({ ranges }) => ranges.length > 0,
  );
  return {
    addresses: addresses.toSorted(
      (one, other) => Number(sizeOf(other) > sizeOf(one)) - Number(sizeOf(other) < sizeOf(one)),
    ),
    interfaces: zones.flatMap(({ name, interfaces, addresses: of }) =>
      interfaces.length === 0 || of ? [] : [{ name: `zone ${name}`, patterns: interfaces }],
    ),
    services: knownServiceNames
      .flatMap(servicePorts)
      .toSorted((one, other) => Number((one.ranges[0]?.lo ?? 0n) - (other.ranges[0]?.lo ?? 0n))),
  };
}

function zonesOf(zones: readonly PolicyZone[]): readonly NamedAddresses[] {
  return zones.flatMap(({ name, interfaces, addresses = [] }) =>
    interfaces.length > 0 || addresses === 'not-told'
      ? []
      : ([4, 6] as const).map((family) => ({
          name: `zone ${name}`,
          family,
          ranges: normalize(addresses.flatMap((one) => (one.family === family ? [one.range] : []))),
        })),
  );
}

/** The subnets on the interfaces of zones, by the names of these, with and without the addresses that the host has there. */
export function zoneNets(zones: readonly PolicyZone[], host: Host | undefined): readonly NamedAddresses[] {
  const byInterfaces = zones.filter(({ interfaces, addresses }) => interfaces.length > 0 && !addresses);
  return byInterfaces.flatMap(({ name, interfaces }) => {
    const own = host?.interfaces.filter((one) => interfaces.some((each) => interfaceMatches(each, one.name)));
    return ([4, 6] as const).flatMap((family): readonly NamedAddresses[] => {
      const nets = own?.flatMap((one) => addressesOf(one, family).map((entry) => subnetOf(entry, family)));
      if (!host || !nets || nets.length === 0) return [];
      const others = rangesWithout(nets, ownRanges(host, family));
      return [normalize(nets), others].map((ranges) => ({ name: `zone ${name}`, family, ranges }));
    });
  });
}

function subnetOf(entry: InterfaceAddress, family: AddressFamily): Range {
  return prefixRange(subnetAddress(entry), entry.prefixLength, addressWidth(family));
}

const addressTypes: ReadonlyMap<string, AddressFamily> = new Map([
  ['ipv4_addr', 4],
  ['ipv6_addr', 6],
]);

/** Sets of addresses that nothing changes while packets pass. */
function setsOf({ tables }: RuleSet): readonly NamedAddresses[] {
  return tables.flatMap(({ sets }) =>
    sets.flatMap((set) => {
      const family = addressTypes.get(set.type);
      if (!family || set.elements.kind !== 'ranges' || changesOf(set)) return [];
      return [{ name: `@${set.name}`, family, ranges: normalize(set.elements.ranges) }];
    }),
  );
}

/** Several addresses of the host; a single one says more. */
function ownAddresses({ interfaces }: Host): readonly NamedAddresses[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = interfaces.flatMap((one) =>
      one.name === 'lo'
        ? []
        : one.addresses.flatMap(({ address }) => (address.family === family ? [address.value] : [])),
    );
    const ranges = normalize(own.map((value) => ({ lo: value, hi: value })));
    return own.length > 1 ? [{ name: 'this host', family, ranges }] : [];
  });
}

function sizeOf({ ranges }: NamedRanges): bigint {
  return ranges.reduce((sum, { lo, hi }) => sum + hi - lo + 1n, 0n);
}

/** The names of ports that are a service in each of these protocols. */
export function servicesOf({ services }: KnownValues, protocols: readonly string[]): readonly NamedPorts[] {
  const [first, ...others] = protocols;
  return services.filter(
    (one) =>
      one.protocol === first &&
      others.every((protocol) =>
        services.some(
          (other) => other.protocol === protocol && other.name === one.name && isAlike(other, one),
        ),
      ),
  );
}

function isAlike({ ranges: some }: NamedPorts, { ranges: others }: NamedPorts): boolean {
  return (
    some.length === others.length &&
    some.every(({ lo, hi }, at) => lo === others[at]?.lo && hi === others[at]?.hi)
  );
}

/** All ports of a service, by protocol. */
function servicePorts(name: string): readonly NamedPorts[] {
  const members = (knownService(name) ?? []).flatMap((member) => {
    const [, protocol, first, last = first] = /^(\w+) (\d+)(?:-(\d+))?$/.exec(member) ?? [];
    return protocol && first && last ? [{ protocol, range: { lo: BigInt(first), hi: BigInt(last) } }] : [];
  });
  const protocols = [...new Set(members.map(({ protocol }) => protocol))];
  return protocols.map((protocol) => {
    const own = members.filter((one) => one.protocol === protocol);
    return { name, protocol, ranges: normalize(own.map(({ range }) => range)) };
  });
}
