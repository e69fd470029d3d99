// Connections that are expected beside a translated one: net/netfilter/nf_nat_helper.c.
import { type Entry, hasStatus } from './entry.ts';
import type { Expectation } from './expectation.ts';
import { setupNat } from './nat.ts';
import { portKey } from './nat-port.ts';
import { translatedKey } from './pptp.ts';
import type { ConntrackTable } from './table.ts';
import type { Direction } from './tuple.ts';

/** Helpers that also translate: nf_nat_ftp.c and so on; the others leave it to the nat chains. */
const translating: ReadonlySet<string | undefined> = new Set([
  'ftp',
  'irc',
  'tftp',
  'amanda',
  'sip',
  'pptp',
  'Q.931',
  'RAS',
  'H.245',
]);

/** The connection as it begins, and what no listing tells of it. */
export interface Followed {
  readonly entry: Entry;
  readonly unsure?: string;
}

/**
 * nf_nat_follow_master: where the master is translated, the connection is so in the same way before any chain is asked.
 * Which port the peers told each other is not listed; it is the expected one unless that was taken.
 */
export function followMaster(
  table: ConntrackTable,
  entry: Entry,
  expectation: Expectation,
  master: Entry,
): Followed {
  const isTranslated = hasStatus(master, 'snat') || hasStatus(master, 'dnat');
  if (!isTranslated || !translating.has(nameOf(expectation))) return { entry };
  const way = master[opposite(directionOf(expectation, master))];
  const port = portKey(expectation.tuple, 'destination');
  const [source, destination] = [way.destination, way.source];
  const range = {
    minAddress: destination,
    maxAddress: destination,
    ...(port !== undefined && { minPort: port, maxPort: port }),
  };
  const bound = setupNat(table, entry, 'source', { minAddress: source, maxAddress: source }).entry;
  const moved = setupNat(table, bound, 'destination', range).entry;
  const { layer4 } = moved.reply;
  if (layer4.kind !== 'gre') return { entry: moved, unsure };
  const direction = directionOf(expectation, master);
  const key = translatedKey(table.expectations, expectation, direction);
  if (key === undefined) return { entry: moved, unsure: unsureKey };
  const part = direction === 'original' ? 'destinationKey' : 'sourceKey';
  return { entry: { ...moved, reply: { ...moved.reply, layer4: { ...layer4, [part]: key } } } };
}

const unsureKey = 'the call of PPTP whose other direction is not listed keeps its keys';

const unsure = 'the translated connection that a helper expects has the port that is listed on both sides';

/** Helpers of other ports than the usual one have it in their name: `ftp-2121`. */
function nameOf({ helper }: Expectation): string | undefined {
  return helper?.split('-')[0];
}

/** Which packets of the master the expected connection goes with. */
function directionOf({ tuple, mask }: Expectation, { original, reply }: Entry): Direction {
  const isSource = mask.address !== 0n;
  const side = isSource ? 'source' : 'destination';
  return original[side] === tuple[side] || reply[side] !== tuple[side] ? 'original' : 'reply';
}

function opposite(direction: Direction): Direction {
  return direction === 'original' ? 'reply' : 'original';
}
