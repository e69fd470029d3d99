// Values of options: numbers as C reads them, addresses with prefixes, lists of names.
import { type Address, addressWidth, parseAddress } from '../datatype/address.ts';

/** A value, or what is wrong with the word. */
export type Read<Value> = { readonly value: Value; readonly rest?: string } | { readonly problem: string };

/**
 * A number as strtoul reads it with base 0, or with base 10: the digits at the beginning count, what stands behind them
 * is passed over.
 */
export function readNumber(word: string, most: number, base: 0 | 10 = 0): Read<number> {
  const digits = (base === 0 ? /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/ : /^\d+/).exec(word)?.[0];
  if (digits === undefined) return { problem: `\`${word}\` is no number` };
  const value = Number(base === 0 && /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (value > most) return { problem: `\`${word}\` is more than ${most}` };
  const rest = word.slice(digits.length);
  return rest === '' ? { value } : { value, rest };
}

/** `42` or `0x2a/0xff`. */
export function readMasked(word: string): Read<{ readonly value: number; readonly mask: number }> {
  const [first = '', second, ...more] = word.split('/');
  const value = readNumber(first, 0xff_ff_ff_ff);
  const mask = second === undefined ? { value: 0xff_ff_ff_ff } : readNumber(second, 0xff_ff_ff_ff);
  if ('problem' in value) return value;
  if ('problem' in mask) return mask;
  const rest = value.rest ?? ('rest' in mask ? mask.rest : undefined);
  if (more.length > 0 || rest !== undefined)
    return { problem: `\`${word}\` is neither a mark nor a mark and its mask` };
  return { value: { value: value.value, mask: mask.value } };
}

/** An address, and the bits that count where a prefix is said. */
export interface MaskedAddress extends Address {
  readonly mask?: bigint;
}

/** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. */
export function readAddress(word: string): Read<MaskedAddress> {
  const [text = '', prefix, ...more] = word.split('/');
  const address = parseAddress(text);
  if (!address || more.length > 0) return { problem: `\`${word}\` is no address` };
  if (prefix === undefined) return { value: address };
  const width = addressWidth(address.family);
  const length = readNumber(prefix, width, 10);
  if ('problem' in length || length.rest !== undefined)
    return { problem: `\`${word}\` has no prefix from 0 to ${width}` };
  return { value: length.value === width ? address : { ...address, mask: maskOf(length.value, width) } };
}

function maskOf(length: number, width: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(width - length);
}

/** An address, a port, or both, as `--dst-nat` takes them. */
export interface Endpoint {
  readonly address: Address;
  readonly port?: number;
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80` (conntrack.c: split_address_and_port). */
export function readEndpoint(word: string): Read<Endpoint> {
  const [, bracketed, bracketedPort] = /^\[([^\]]*)\]:(.*)$/s.exec(word) ?? [];
  const [, dotted, dottedPort] = /^([^:[]*):([^:]*)$/s.exec(word) ?? [];
  const text = bracketed ?? dotted ?? word;
  const address = parseAddress(text);
  if (!address) return { problem: `\`${text}\` is no address` };
  const port = bracketedPort ?? dottedPort;
  if (port === undefined) return { value: { address } };
  const number = /^\d+$/.test(port) ? readNumber(port, 0xff_ff, 10) : undefined;
  if (!number || 'problem' in number) return { problem: `\`${word}\` has no port from 0 to 65535` };
  return { value: { address, port: number.value } };
}

/** The names of a list, each a beginning of one that is known; case does not matter (conntrack.c: do_parse_parameter). */
export function readNames<Name extends string>(word: string, known: readonly Name[]): Read<readonly Name[]> {
  const names: Name[] = [];
  for (const part of word.split(',')) {
    const found = nameBegunBy(part, known);
    if (found === undefined) return { problem: `\`${part}\` is none of ${known.join(', ')}` };
    names.push(found);
  }
  return { value: names };
}

/** The first name that begins with a word. */
export function nameBegunBy<Name extends string>(word: string, known: readonly Name[]): Name | undefined {
  const wanted = word.toLowerCase();
  return wanted === '' ? undefined : known.find((name) => name.toLowerCase().startsWith(wanted));
}
