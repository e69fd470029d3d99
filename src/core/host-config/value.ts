// Values in configuration files. What is wrong is reported where it stands, and the value is undefined.
import { type AddressFamily, addressWidth, parseAddress } from '../datatype/address.ts';
import { type DataType, parseNumber } from '../datatype/define.ts';
import { dscp } from '../datatype/types.ts';
import { nearestName } from '../diagnostic/meant.ts';
import { interfaceNameProblem } from '../topology/interface-name.ts';
import { complain, type HostDraft } from './draft.ts';
import { cutAt, type Word } from './word.ts';

/** An address of a family. */
export interface FamilyAddress {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** An address with the length of its prefix; host bits are kept. */
export interface Prefix extends FamilyAddress {
  readonly length: number;
}

/** Reports what a word isn't. */
export function refuse(draft: HostDraft, word: Word, expected: string, help?: string): undefined {
  return complain(draft, 'HK8001', `\`${word.text}\` is not ${expected}`, word.span, help);
}

/** Reads an address, of one family where it is given; a zone behind `%` is left to the caller. */
export function addressOf(word: Word, draft: HostDraft, family?: AddressFamily): FamilyAddress | undefined {
  const found = parseAddress(word.text);
  if (found && (family === undefined || found.family === family)) return found;
  return refuse(draft, word, family === undefined ? 'an address' : `an IPv${family} address`);
}

/** Reads `10.0.0.1/24`; the whole address without a length; also with a mask of IPv4 in its place. */
export function prefixOf(word: Word, draft: HostDraft, family?: AddressFamily): Prefix | undefined {
  const [head, tail] = cutAt(word, '/');
  const address = addressOf(head, draft, family);
  if (!address) return undefined;
  const length = tail ? lengthOf(tail, draft, address.family) : addressWidth(address.family);
  return length === undefined ? undefined : { ...address, length };
}

/** `default` and `any` are all addresses, of IPv4 where nothing says another family. */
export function networkOf(word: Word, draft: HostDraft, family?: AddressFamily): Prefix | undefined {
  const isAll = word.text === 'default' || word.text === 'any' || word.text === 'all';
  return isAll ? { family: family ?? 4, value: 0n, length: 0 } : prefixOf(word, draft, family);
}

/** Reads the length of a prefix, or a mask of IPv4. */
export function lengthOf(word: Word, draft: HostDraft, family: AddressFamily): number | undefined {
  const number = /^\d{1,3}$/.test(word.text) ? Number(word.text) : maskLength(word.text, family);
  if (number !== undefined && number <= addressWidth(family)) return number;
  return refuse(draft, word, `a prefix length of IPv${family}`);
}

/** The length of a mask such as 255.255.255.0; undefined if its ones don't come first. */
function maskLength(text: string, family: AddressFamily): number | undefined {
  const mask = parseAddress(text);
  if (family !== 4 || mask?.family !== 4) return undefined;
  const bits = mask.value.toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) ? (bits.indexOf('0') === -1 ? 32 : bits.indexOf('0')) : undefined;
}

/** Reads a decimal or `0x` number of some bits, 32 without more. */
export function numberOf(word: Word, draft: HostDraft, width = 32): number | undefined {
  const number = parseNumber(word.text, width);
  return number === undefined ? refuse(draft, word, `a number of ${width} bits`) : Number(number);
}

/** Reads a value of a data type. */
export function typedOf(word: Word, draft: HostDraft, type: DataType): number | undefined {
  const number = type.parse(word.text);
  return number === undefined ? refuse(draft, word, type.label) : Number(number);
}

/** Reads six bytes in hexadecimal. */
export function macOf(word: Word, draft: HostDraft): bigint | undefined {
  const digits = /^[\da-f]{2}(?:([:-])[\da-f]{2})(?:\1[\da-f]{2}){4}$/i.test(word.text);
  if (!digits) return refuse(draft, word, 'a hardware address');
  return BigInt(`0x${word.text.replaceAll(/[:-]/g, '')}`);
}

/** Reads the name of an interface. */
export function deviceOf(word: Word, draft: HostDraft): string | undefined {
  const problem = interfaceNameProblem(word.text);
  if (problem === undefined) return word.text;
  return complain(draft, 'HK8001', `\`${word.text}\` is no interface: it ${problem}`, word.span);
}

/** Reads a routing table, by number or by a name of /etc/iproute2/rt_tables. */
export function tableOf(word: Word, draft: HostDraft): number | undefined {
  const number = draft.tables.get(word.text) ?? parseNumber(word.text, 32);
  if (number !== undefined) return Number(number);
  const help = nearestName(word.text, draft.tables.keys()) ?? 'give /etc/iproute2/rt_tables, too';
  return complain(draft, 'HK8001', `\`${word.text}\` is no routing table`, word.span, help);
}

/** Reads the eight bits of a type of service, by number (`ip` writes hexadecimal) or by the name of a DSCP value. */
export function serviceTypeOf(word: Word, draft: HostDraft): number | undefined {
  const named = dscp.constants?.get(word.text.toLowerCase());
  if (named !== undefined) return Number(named) * 4;
  const value = numberOf(
    /^[\da-f]{2}$/i.test(word.text) ? { ...word, text: `0x${word.text}` } : word,
    draft,
    8,
  );
  if (value === undefined || (value & 3) === 0) return value;
  return refuse(draft, word, 'a type of service: the lowest two bits are those of ECN');
}

/** Reads what systemd, NetworkManager and scripts take for yes and no. */
export function booleanOf(word: Word, draft: HostDraft): boolean | undefined {
  const text = word.text.toLowerCase();
  if (['1', 'yes', 'y', 'true', 't', 'on'].includes(text)) return true;
  if (['0', 'no', 'n', 'false', 'f', 'off'].includes(text)) return false;
  return refuse(draft, word, 'yes or no');
}
