// The packet at hand: a row of columns, with its codes in the program of its shape.
import type { PacketColumns } from './columns.ts';
import { isOrdered, partNames } from './part.ts';
import type { Program } from './program.ts';
import { addressAt } from './row.ts';
import type { WatchedPacket } from './watched-packet.ts';

/** A row of columns. */
export interface PacketAtHand {
  columns: PacketColumns;
  /** The columns of plain parts at the numbers of these. */
  plain: readonly (Uint32Array | undefined)[];
  row: number;
  /** Where the names of the columns stand among those of the classifier. */
  places: Uint32Array;
}

/** No row of these columns yet. */
export function packetAtHand(columns: PacketColumns): PacketAtHand {
  return { columns, plain: plainColumns(columns), row: 0, places: new Uint32Array(1) };
}

/** The columns of plain parts at the numbers of these. */
export function plainColumns({ plain }: PacketColumns): PacketAtHand['plain'] {
  return partNames.map((part) => (isOrdered(part) ? undefined : plain[part]));
}

const [iifNumber, oifNumber] = [partNames.indexOf('iif'), partNames.indexOf('oif')];

/** What stands in the column of a plain part, names by their places in the classifier. */
export function plainValue({ plain, row, places }: PacketAtHand, part: number): number {
  const value = plain[part]?.[row] ?? 0;
  return part === iifNumber || part === oifNumber ? (places[value] ?? 0) : value;
}

/** Makes the watched packet the one at hand. */
export function setPacket(packet: WatchedPacket, hand: PacketAtHand): void {
  const { columns, row } = hand;
  const family = columns.family[row] ?? 4;
  packet.set('source', addressAt(columns.source, row, family));
  packet.set('destination', addressAt(columns.destination, row, family));
  packet.set('sport', BigInt(columns.sport[row] ?? 0));
  packet.set('dport', BigInt(columns.dport[row] ?? 0));
  for (const [number, part] of partNames.entries())
    if (!isOrdered(part)) packet.set(part, BigInt(plainValue(hand, number)));
}

/** Fills in the codes of the packet at hand; false where a condition turned out to be on more than its part. */
export function encode({ codes, ordered, plain }: Program, hand: PacketAtHand): boolean {
  const { columns, row } = hand;
  const { family, source, destination, sport, dport } = columns;
  const [sources, destinations, sports, dports] = ordered;
  const isWide = family[row] === 6;
  if (sources)
    codes[0] = isWide ? sources.classOfWords(source, 4 * row) : sources.classOf(source[4 * row] ?? 0);
  if (destinations)
    codes[1] = isWide
      ? destinations.classOfWords(destination, 4 * row)
      : destinations.classOf(destination[4 * row] ?? 0);
  if (sports) codes[2] = sports.classOf(sport[row] ?? 0);
  if (dports) codes[3] = dports.classOf(dport[row] ?? 0);
  for (let at = 0; at < plain.length; at++) {
    const one = plain[at];
    if (!one) continue;
    const { code, classes } = one;
    const value = plainValue(hand, code);
    const known = classes.table[value] ?? -1;
    const found = known >= 0 ? known : classes.classOf(value);
    if (found < 0) return false;
    codes[code] = found;
  }
  return true;
}
