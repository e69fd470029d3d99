// Packets as a table that a person reads: a row for each class, a cell for each field that the class says anything of.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { createDomain } from '../bdd/domain.ts';
import { equals } from '../bdd/vector.ts';
import { trackedEntry } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import {
  destinationAddress,
  laterFragment,
  localSocket,
  networkVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import { fieldIs } from '../field/symbolic.ts';
import { isIcmp } from '../packet/icmp-kind.ts';
import { protocolNumber } from '../packet/packet.ts';
import { type Column, protocolsOf, type Writing, writeCell } from './cell-text.ts';
import { classesOf, type Row } from './classes.ts';
import { nodeOfRow } from './cover.ts';
import type { Dimension } from './dimension.ts';
import type { KnownValues } from './known-values.ts';
import { allBut } from './range-text.ts';
import type { Space } from './space.ts';
import type { SpacePart } from './space-part.ts';

/** Packets of which a row of a table tells. */
export interface PacketClass {
  readonly node: Node;
  /** What it says of them, by the title of the column: any value where it says nothing. */
  readonly cells: ReadonlyMap<string, string>;
}

const addresses: readonly Field[] = [sourceAddress, destinationAddress];
const ports: readonly Field[] = [transportStart, transportNext];

/** How columns are titled, in their order; others follow by the names of their fields. */
const titles: readonly (readonly [Field, string])[] = [
  [networkVersion, 'family'],
  [inputInterface, 'in'],
  [outputInterface, 'out'],
  [sourceAddress, 'source'],
  [destinationAddress, 'destination'],
  [transportProtocol, 'protocol'],
  [transportStart, 'source port'],
  [transportNext, 'destination port'],
];

/**
 * Few classes that together are all packets of the node, as far as they are possible: of others a class may have some. The
 * cells are complete, however long.
 */
export function packetClasses(
  space: Space,
  node: Node,
  known: KnownValues,
  possible: Node = 1,
): readonly PacketClass[] {
  const { bdd } = space;
  const columns = space.parts().map((part) => ({ part, dimension: dimensionOf(bdd, part) }));
  const symbols = space.at({ hook: 'forward' });
  const writing = { bdd, columns, known, symbols };
  const dimensions = columns.map(({ dimension }) => dimension);
  const rows = classesOf(bdd, node, dimensions, bdd.and(possible, space.valid()));
  return rows.map((row) => ({ node: nodeOfRow(bdd, row), cells: cellsOf(writing, row) }));
}

function dimensionOf(bdd: Bdd, { name, field, variables, values = [] }: SpacePart): Dimension {
  const shape = field && addresses.includes(field) ? 'prefixes' : 'ranges';
  if (field === networkVersion) {
    const domain = createDomain(bdd, variables[0] ?? 0, values.length);
    const of = new Set(addresses.map((one) => one.name));
    return { name, variables, shape, kinds: { sets: values.map((_, at) => domain.is(at)), of } };
  }
  if (field !== transportProtocol) return { name, variables, shape };
  const bits = variables.map((variable) => bdd.variable(variable));
  const [icmp, icmpv6] = [protocolNumber.icmp, protocolNumber.icmpv6].map((number) =>
    equals(bdd, bits, BigInt(number)),
  );
  const others = bdd.not(bdd.or(icmp ?? 0, icmpv6 ?? 0));
  const sets = [icmp ?? 0, icmpv6 ?? 0, others];
  return { name, variables, shape, kinds: { sets, of: new Set([transportStart.name]) } };
}

function cellsOf(writing: Writing, row: Row): ReadonlyMap<string, string> {
  const said = inOrder(writing.columns).filter((column) => row.has(column.dimension));
  const all = said.map((column) => ({ column, text: writeCell(writing, column, row) }));
  const cells = all.filter(({ text }) => text !== '');
  // All but some addresses are those of one version.
  const isOpen = cells.some(({ column, text }) => isAddress(column) && text.startsWith(allBut));
  const isShown = (column: Column) =>
    !isImplied(writing, column, row) || (isOpen && column.part.field === networkVersion);
  return new Map(
    cells.flatMap(({ column, text }) =>
      isShown(column) ? [[titleOf(writing, column.part, row), text] as const] : [],
    ),
  );
}

function isAddress({ part }: Column): boolean {
  return part.field !== undefined && addresses.includes(part.field);
}

function inOrder(columns: readonly Column[]): readonly Column[] {
  const first = titles.flatMap(([field]) => columns.filter(({ part }) => part.field === field));
  return [...first, ...columns.filter((column) => !first.includes(column))];
}

/** The first two bytes of a header are a port, or type and code. */
function titleOf(writing: Writing, { name, field }: SpacePart, row: Row): string {
  const isMessage =
    field === transportStart && protocolsOf(writing, row).every((number) => isIcmp(Number(number)));
  if (isMessage && protocolsOf(writing, row).length > 0) return 'icmp type';
  return titles.find(([one]) => one === field)?.[1] ?? name;
}

/** Told by the others that the packet must have for what is said of them. */
const implied: readonly Field[] = [networkVersion, laterFragment, trackedEntry, localSocket];

function isImplied(writing: Writing, { part, dimension }: Column, row: Row): boolean {
  const { bdd, columns, symbols } = writing;
  if (!part.field || !implied.includes(part.field)) return false;
  const others = columns.filter((one) => one.dimension !== dimension && row.has(one.dimension));
  const fields = others.flatMap((one) => one.part.field ?? []);
  if (part.field === networkVersion && fields.some((one) => addresses.includes(one))) return true;
  const withHeader = bdd.minus(symbols.read(laterFragment).present, fieldIs(symbols, laterFragment, 1n));
  const isThere = fields.reduce(
    (all, field) => bdd.and(all, ports.includes(field) ? withHeader : symbols.read(field).present),
    1,
  );
  return bdd.implies(isThere, row.get(dimension) ?? 1);
}
