// Between which zones of a policy connections go. These are not the zones of conntrack, which are numbers (`ct zone`).
import type { Tuple } from '../conntrack/tuple.ts';
import { contains } from '../datatype/range.ts';
import type { PolicyZone } from '../ir/policy.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import type { Brief } from './brief.ts';
import { self } from './ends.ts';

/** Where a connection comes from and where it goes to, for people. */
export interface ZonePair {
  readonly from: string;
  readonly to: string;
}

/** What stands in place of an interface that is not known, or a way that is not gone. */
const nowhere = { from: 'not known', to: 'nowhere' } as const;

/**
 * Names both ends: by interface where a policy has no zones. A zone is told by the interface that the first packet comes
 * in by and leaves by; one that has addresses, too, by the source as it comes and the destination as it is translated.
 */
export function zonePairs(zones: readonly PolicyZone[] = []): (brief: Brief) => ZonePair {
  if (zones.length === 0) return ({ arrival: { from = nowhere.from, to = nowhere.to } }) => ({ from, to });
  const endName = endNames(zones);
  return ({ arrival: { from, to }, whole }) => ({
    from: from === undefined ? nowhere.from : endName(from, () => endOf(whole().entry.original)),
    to: to === undefined ? nowhere.to : endName(to, () => endOf(whole().entry.reply)),
  });
}

/** Answers come from where the original direction goes to. */
function endOf({ family, source: address }: Tuple): End {
  return { family, address };
}

interface End {
  readonly family: number;
  readonly address: bigint;
}

/** The name of an interface and an address on it. */
type EndName = (device: string, end: () => End) => string;

/** Most interfaces are of one zone, whatever the address: their names are worked out once. */
function endNames(zones: readonly PolicyZone[]): EndName {
  const known = new Map<string, string | readonly PolicyZone[]>();
  return (device, end) => {
    let found = known.get(device);
    if (found === undefined) {
      const there = zonesOf(zones, device);
      found = there.every(({ addresses }) => addresses === undefined) ? nameOf(there, device) : there;
      known.set(device, found);
    }
    if (typeof found === 'string') return found;
    const there = end();
    return nameOf(
      found.filter((zone) => mayHave(zone, there)),
      device,
    );
  };
}

function zonesOf(zones: readonly PolicyZone[], device: string): readonly PolicyZone[] {
  if (device === self) return [];
  return zones.filter(
    ({ interfaces }) =>
      interfaces.length === 0 || interfaces.some((pattern) => interfaceMatches(pattern, device)),
  );
}

function mayHave({ addresses }: PolicyZone, { family, address }: End): boolean {
  if (addresses === undefined || addresses === 'not-told') return true;
  return addresses.some((one) => one.family === family && contains([one.range], address));
}

/** Zones may overlap: then all are named. What the addresses of one are stands in sets is not looked up. */
function nameOf(zones: readonly PolicyZone[], device: string): string {
  if (device === self) return 'this host';
  if (zones.length === 0) return `${device}, in no zone`;
  return zones.map(({ name, addresses }) => (addresses === 'not-told' ? `perhaps ${name}` : name)).join(', ');
}
