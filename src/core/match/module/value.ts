// The kinds of values that options of iptables' modules take, each in the spelling of iptables-save.
import { addressWidth, formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../../datatype/address.ts';
import { servicePort } from '../../datatype/service.ts';
import { protocol } from '../../datatype/types.ts';
import { byteLength, isPrintable } from '../quote.ts';
import type { ValueKind } from './define.ts';

/** What a number has to be. */
interface NumberLimits {
  readonly min?: bigint;
  readonly max: bigint;
  /** Written in hexadecimal with so many digits. */
  readonly hex?: number;
}

export const max8 = 0xffn;
export const max16 = 0xffffn;
export const max32 = 0xffffffffn;
export const max64 = 0xffffffffffffffffn;

/** Reads a number as strtoul with base 0 does: decimal, `0x…`, or octal behind a `0`. */
export function parseInteger(text: string, max: bigint, min = 0n): bigint | undefined {
  if (!/^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const octal = /^0\d/.test(text);
  if (octal && /[89]/.test(text)) return undefined;
  const value = octal ? BigInt(`0o${text.slice(1)}`) : BigInt(text);
  return value >= min && value <= max ? value : undefined;
}

function formatInteger(value: bigint, hex: number | undefined): string {
  return hex === undefined ? `${value}` : `0x${value.toString(16).padStart(hex, '0')}`;
}

/** One word, read by a function. */
export function oneWord(
  label: string,
  parse: (text: string, family: 'ip' | 'ip6') => string | undefined,
): ValueKind {
  return {
    label,
    words: 1,
    parse: ([text = ''], family) => {
      const word = parse(text, family);
      return word === undefined ? undefined : [word];
    },
  };
}

/** A whole number. */
export function number({ min = 0n, max, hex }: NumberLimits): ValueKind {
  return oneWord(`a number from ${min} to ${max}`, (text) => {
    const value = parseInteger(text, max, min);
    return value === undefined ? undefined : formatInteger(value, hex);
  });
}

/** How iptables-save writes a range. */
interface RangeLimits {
  readonly max: bigint;
  /** iptables refuses it with its bounds swapped, which matches nothing and which most options take all the same. */
  readonly ordered?: true;
  readonly parse?: (text: string) => bigint | undefined;
}

/** `5`, `5:7`, `:7`, `5:`. */
export function numberRange({
  max,
  ordered,
  parse = (text) => parseInteger(text, max),
}: RangeLimits): ValueKind {
  return oneWord(`a number or range up to ${max}`, (text) => {
    const [first = '', last, ...rest] = text.split(':');
    const lo = first === '' && last !== undefined ? 0n : parse(first);
    const hi = last === undefined ? lo : last === '' ? max : parse(last);
    if (lo === undefined || hi === undefined || rest.length > 0 || text === '') return undefined;
    if (lo > hi && ordered) return undefined;
    return lo === hi ? `${lo}` : `${lo}:${hi}`;
  });
}

/** A port by number or by its IANA name. */
export function parsePort(text: string): bigint | undefined {
  const named = servicePort(text);
  return parseInteger(text, max16) ?? (named === undefined ? undefined : BigInt(named));
}

/** `22`, `ssh`, `1024:65535`. */
export const portRange = numberRange({ max: max16, ordered: true, parse: parsePort });

/** include/uapi/linux/netfilter/xt_multiport.h: XT_MULTI_PORTS; a range counts two. */
const mostPorts = 15;

/** Ports as `multiport` takes them. */
export const portList = oneWord(`a list of at most ${mostPorts} ports, a range counting two`, (word) => {
  const ranges = word.split(',').map((part) => {
    const bounds = part.split(':').map(parsePort);
    const [lo = 0n, hi = lo] = bounds;
    return bounds.length > 2 || bounds.includes(undefined) || (bounds.length === 2 && lo >= hi)
      ? undefined
      : bounds.join(':');
  });
  const slots = ranges.reduce((sum, range) => sum + (range?.includes(':') ? 2 : 1), 0);
  return ranges.includes(undefined) || slots > mostPorts ? undefined : ranges.join(',');
});

/** A number under a mask: `0x1/0xff`; all bits where no mask is written. */
export function maskedNumber(max: bigint): ValueKind {
  return oneWord(`a number up to ${max}, with a mask if need be`, (text) => {
    const [valueText = '', maskText = `${max}`, ...rest] = text.split('/');
    const value = parseInteger(valueText, max);
    const mask = parseInteger(maskText, max);
    if (value === undefined || mask === undefined || rest.length > 0) return undefined;
    return mask === max ? formatInteger(value, 1) : `${formatInteger(value, 1)}/${formatInteger(mask, 1)}`;
  });
}

/** One of some names, in any case; the names as iptables-save writes them. */
export function oneOf(...names: readonly string[]): ValueKind {
  const kind = oneWord(`one of ${names.join(', ')}`, (text) =>
    names.find((name) => name.toLowerCase() === text.toLowerCase()),
  );
  return { ...kind, names: true };
}

/** Some names joined by commas, in the order in which iptables-save writes them. */
export function listOf(...names: readonly string[]): ValueKind {
  const kind = oneWord(`a list of ${names.join(', ')}`, (text) => {
    const given = text.split(',').map((name) => name.toUpperCase());
    const known = names.filter((name) => given.includes(name.toUpperCase()));
    return known.length === new Set(given).size ? known.join(',') : undefined;
  });
  return { ...kind, names: true };
}

/** Any text of at most so many bytes. */
export function anyText(limit: number): ValueKind {
  return oneWord(`a text of 1 to ${limit} bytes`, (word) =>
    word !== '' && isPrintable(word) && byteLength(word) <= limit ? word : undefined,
  );
}

/** An address of the rule's family in its short form. */
export function parseAddressWord(text: string, family: 'ip' | 'ip6'): string | undefined {
  const value = family === 'ip' ? parseIpv4(text) : parseIpv6(text);
  return value === undefined ? undefined : formatAddress(value, family);
}

function formatAddress(value: bigint, family: 'ip' | 'ip6'): string {
  return family === 'ip' ? formatIpv4(value) : formatIpv6(value);
}

/** A mask as the number of its leading bits, from that number or from an address; undefined for masks with gaps. */
function prefixBits(text: string, family: 'ip' | 'ip6'): number | undefined {
  const width = addressWidth(family === 'ip' ? 4 : 6);
  if (/^\d+$/.test(text)) return Number(text) <= width ? Number(text) : undefined;
  const mask = family === 'ip' ? parseIpv4(text) : parseIpv6(text);
  if (mask === undefined) return undefined;
  const digits = mask.toString(2).padStart(width, '0');
  return /^1*0*$/.test(digits) ? digits.lastIndexOf('1') + 1 : undefined;
}

/** The number of leading bits of a mask. */
export const prefixLength = oneWord('the length of a prefix', (word, family) => {
  const bits = prefixBits(word, family);
  return bits === undefined ? undefined : `${bits}`;
});

/** A mask written as an address. */
export const addressMask = oneWord('a mask', parseAddressWord);

/** `10.0.0.0/8`; modules keep the bits outside the mask as they are given, and a full mask is not written. */
export const maskedAddress = oneWord('an address of the rule, with a mask if need be', (word, family) => {
  const [addressText = '', maskText, ...rest] = word.split('/');
  const address = family === 'ip' ? parseIpv4(addressText) : parseIpv6(addressText);
  const width = addressWidth(family === 'ip' ? 4 : 6);
  const bits = maskText === undefined ? width : prefixBits(maskText, family);
  if (address === undefined || bits === undefined || rest.length > 0) return undefined;
  const shown = formatAddress(address, family);
  return bits === width ? shown : `${shown}/${bits}`;
});

/** Two addresses joined by `-`. */
export const addressRange = oneWord('a range of addresses', (word, family) => {
  const [first = '', last = first, ...rest] = word.split('-');
  const lo = parseAddressWord(first, family);
  const hi = parseAddressWord(last, family);
  return lo === undefined || hi === undefined || rest.length > 0 ? undefined : `${lo}-${hi}`;
});

/** A protocol by name or number, written as its number. */
export const protocolNumberWord = oneWord('a protocol', (word) => {
  const value = parseInteger(word, max8) ?? protocol.parse(word.toLowerCase());
  return value === undefined ? undefined : `${value}`;
});
