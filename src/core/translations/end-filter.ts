// Which connections somebody asks for: by any end, as `10.0.0.0/24`, `203.0.113.5:40123`, `[2001:db8::5]:443`, `:443`.
import { type Address, type AddressFamily, addressWidth, parseAddress } from '../datatype/address.ts';
import { contains, prefixRange, type Range } from '../datatype/range.ts';
import { type EndName, endNames, type TranslatedEnd, type Translation } from './translation.ts';

/** What an end must be; what is absent may be anything. */
export interface EndFilter {
  readonly family?: AddressFamily;
  readonly addresses?: Range;
  /** Ports, or identifiers of ICMP. */
  readonly ports?: Range;
}

/** What a connection must be. */
export interface TranslationFilter {
  readonly ends: Readonly<Partial<Record<EndName, EndFilter>>>;
  /** By its name, or by its number where it has none. */
  readonly protocol?: string | undefined;
}

/** Reads one end; undefined where the text is none. */
export function parseEndFilter(text: string): EndFilter | undefined {
  const [, bracketed, plain = '', portText] =
    /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d+(?:-\d+)?))?$/.exec(asOneAddress(text)) ?? [];
  const host = bracketed ?? plain;
  const place = host === '' ? {} : parseHost(host);
  const ports = portText === undefined ? {} : parsePorts(portText);
  if (!place || !ports || (host === '' && portText === undefined)) return undefined;
  return { ...place, ...ports };
}

/** IPv6 without brackets has no port behind it. */
function asOneAddress(text: string): string {
  return !text.startsWith('[') && text.split(':').length > 2 ? `[${text}]` : text;
}

function parseHost(text: string): Pick<EndFilter, 'family' | 'addresses'> | undefined {
  const [, from = '', length, to] = /^([^/-]+)(?:\/(\d{1,3})|-([^/-]+))?$/.exec(text) ?? [];
  const first = parseAddress(from);
  const last = to === undefined ? first : parseAddress(to);
  if (!first || !last || first.family !== last.family || first.value > last.value) return undefined;
  const addresses =
    length === undefined ? { lo: first.value, hi: last.value } : prefixOf(first, Number(length));
  return addresses && { family: first.family, addresses };
}

function prefixOf({ family, value }: Address, length: number): Range | undefined {
  const width = addressWidth(family);
  return length > width ? undefined : prefixRange(value, length, width);
}

function parsePorts(text: string): Pick<EndFilter, 'ports'> | undefined {
  const [lo = '', hi = lo] = text.split('-');
  const ports = { lo: BigInt(lo), hi: BigInt(hi) };
  return ports.lo <= ports.hi && ports.hi < 65_536n ? { ports } : undefined;
}

/** Whether a connection is asked for. */
export function isAskedFor(row: Translation, { ends, protocol }: TranslationFilter): boolean {
  if (protocol !== undefined && row.protocol !== protocol) return false;
  return endNames.every((name) => {
    const filter = ends[name];
    return !filter || isEnd(row.family, row[name], filter);
  });
}

/** Whether an end is what the filter says. */
export function isEnd(
  family: AddressFamily,
  { address, port }: TranslatedEnd,
  { family: wanted = family, addresses, ports }: EndFilter,
): boolean {
  if (family !== wanted || (addresses && !contains([addresses], address))) return false;
  return !ports || (port !== undefined && contains([ports], BigInt(port)));
}
