// What a row of a table of packets says of one field, as text.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { createDomain } from '../bdd/domain.ts';
import { addressWidth, formatAddress } from '../datatype/address.ts';
import { normalize, type Range } from '../datatype/range.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import type { Field } from '../field/define.ts';
import {
  destinationAddress,
  networkVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import type { Symbols } from '../field/symbolic.ts';
import { protocolNumber } from '../packet/packet.ts';
import { writeBits } from './bit-text.ts';
import type { Row } from './classes.ts';
import { type Dimension, rangesOf } from './dimension.ts';
import { writeMessages } from './icmp-text.ts';
import { type KnownValues, servicesOf } from './known-values.ts';
import { writeNames } from './name-text.ts';
import { allBut, writePrefix, writeRange, writeRanges } from './range-text.ts';
import type { SpacePart } from './space-part.ts';

/** A field or a condition, and the dimension that has its variables. */
export interface Column {
  readonly part: SpacePart;
  readonly dimension: Dimension;
}

/** What cells are written with. */
export interface Writing {
  readonly bdd: Bdd;
  readonly symbols: Symbols;
  readonly columns: readonly Column[];
  readonly known: KnownValues;
}

/** What the row says of the column; it says something. */
export function writeCell(writing: Writing, { part, dimension }: Column, row: Row): string {
  const { bdd } = writing;
  const values = row.get(dimension) ?? 1;
  if (!part.mayMiss) return writeValues(writing, part, dimension, values, row);
  const [presence = 0, ...variables] = part.variables;
  const [there, missing] = [true, false].map((isThere) =>
    bdd.restrict(values, new Map([[presence, isThere]])),
  );
  const inner = { ...dimension, variables };
  const texts = [
    ...(there === 0 ? [] : [there === 1 ? 'any' : writeValues(writing, part, inner, there ?? 0, row)]),
    ...(missing === 0 ? [] : ['none']),
  ];
  return texts.join(' or ');
}

function writeValues(
  writing: Writing,
  { field, values: list, mentioned }: SpacePart,
  dimension: Dimension,
  values: Node,
  row: Row,
): string {
  const { bdd, known } = writing;
  const { variables } = dimension;
  if (!field || (variables.length === 1 && !list))
    return values === bdd.variable(variables[0] ?? 0) ? 'yes' : 'no';
  if (!list) return writeNumbers(writing, field, dimension, values, row);
  const domain = createDomain(bdd, variables[0] ?? 0, list.length);
  const inside = list.filter((_, at) => bdd.intersects(values, domain.is(at)));
  if (mentioned) {
    const names = list.map(String);
    return writeNames(new Set(inside.map(String)), { list: names, mentioned, named: known.interfaces });
  }
  const format = (value: bigint | string) => formatOf(field, BigInt(value));
  const others = list.filter((one) => !inside.includes(one));
  if (inside.length <= others.length + 1) return inside.map(format).join(', ');
  return `${allBut}${others.map(format).join(', ')}`;
}

const versionNames: ReadonlyMap<bigint, string> = new Map([
  [4n, 'IPv4'],
  [6n, 'IPv6'],
  [1n, 'ARP'],
  [0n, 'other frames'],
]);

function formatOf(field: Field, value: bigint): string {
  return (field === networkVersion && versionNames.get(value)) || field.type.format(value);
}

function writeNumbers(writing: Writing, field: Field, dimension: Dimension, values: Node, row: Row): string {
  const { bdd } = writing;
  if (field === sourceAddress || field === destinationAddress)
    return writeAddresses(
      writing,
      field === sourceAddress ? 'source' : 'destination',
      allRanges(bdd, dimension, values),
      row,
    );
  if (field === transportStart || field === transportNext)
    return writePorts(writing, field, allRanges(bdd, dimension, values), row);
  const type = field === transportProtocol ? { ...protocolType, format: protocolName } : field.type;
  const ranges = rangesOf(bdd, dimension, values, mostRanges);
  if (!ranges || type.bitmask) return writeBits(bdd, dimension.variables, values, type);
  const write = (range: Range) => writeRange(range, type.format);
  return writeRanges(ranges, { width: type.width, write, named: [] });
}

function allRanges(bdd: Bdd, dimension: Dimension, values: Node): readonly Range[] {
  return rangesOf(bdd, dimension, values, Number.POSITIVE_INFINITY) ?? [];
}

/** Listings of nft say `ipv6-icmp`, policies do not. */
function protocolName(number: bigint): string {
  return number === BigInt(protocolNumber.icmpv6) ? 'icmpv6' : protocolType.format(number);
}

/** Sets of numbers in more ranges are told by their bits. */
const mostRanges = 64;

/** A row that says anything of addresses has packets of one version. */
function writeAddresses(
  { bdd, columns, known }: Writing,
  end: 'source' | 'destination',
  ranges: readonly Range[],
  row: Row,
): string {
  const version = columns.find(({ part }) => part.field === networkVersion);
  const index = version?.part.values?.indexOf(6n) ?? 0;
  const [first = 0] = version?.part.variables ?? [];
  const isSix = createDomain(bdd, first, version?.part.values?.length ?? 1).is(index);
  const family = version && bdd.implies(row.get(version.dimension) ?? 1, isSix) ? 6 : 4;
  const width = addressWidth(family);
  const shift = BigInt(128 - width);
  return writeRanges(normalize(ranges.map(({ lo, hi }) => ({ lo: lo >> shift, hi: hi >> shift }))), {
    width,
    write: (range) => writePrefix(range, width, (value) => formatAddress({ family, value })),
    named: known.addresses.filter((one) => one.family === family),
    ...(known.open && { open: known.open[end][family] }),
  });
}

function writePorts(writing: Writing, field: Field, ranges: readonly Range[], row: Row): string {
  const protocols = protocolsOf(writing, row);
  const [only] = protocols.length === 1 ? protocols.map(Number) : [];
  if (field === transportStart && (only === protocolNumber.icmp || only === protocolNumber.icmpv6))
    return writeRanges(ranges, { width: 16, write: (range) => writeMessages(range, only), named: [] });
  return writeRanges(ranges, {
    width: 16,
    write: (range) => writeRange(range, String),
    named: field === transportNext ? servicesOf(writing.known, protocols.map(protocolType.format)) : [],
  });
}

/** The protocols that the row says, if they are few. */
export function protocolsOf({ bdd, columns }: Writing, row: Row): readonly bigint[] {
  const column = columns.find(({ part }) => part.field === transportProtocol);
  const said = column && row.get(column.dimension);
  const ranges = column && said !== undefined ? allRanges(bdd, column.dimension, said) : [];
  if (ranges.some(({ lo, hi }) => hi - lo > 8n)) return [];
  return ranges.flatMap(({ lo, hi }) =>
    Array.from({ length: Number(hi - lo) + 1 }, (_, at) => lo + BigInt(at)),
  );
}
