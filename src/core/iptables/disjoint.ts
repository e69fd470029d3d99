// Whether alternatives exclude each other, as far as the options of iptables itself show.
import { addressWidth, parseAddress } from '../datatype/address.ts';
import { prefixRange, type Range, single } from '../datatype/range.ts';
import { parseProtocolWord } from '../match/protocol-name.ts';
import type { Piece } from './conjunction.ts';

/** Whether no packet can satisfy two of these; false where that is not evident. */
export function areDisjoint(alternatives: readonly (readonly Piece[])[]): boolean {
  if (alternatives.length < 2) return true;
  return (['s', 'd', 'p', 'i', 'o'] as const).some((letter) => {
    const values = alternatives.map((pieces) => acceptedBy(pieces.find((piece) => piece.own === letter)));
    return haveNoneInCommon(values);
  });
}

/** What an option lets through: numbers, one name, or not known. */
function acceptedBy(piece: Piece | undefined): Range | string | undefined {
  const word = piece?.words.at(-1);
  if (!piece || word === undefined || piece.words[0] === '!') return undefined;
  if (piece.own === 'i' || piece.own === 'o') return word.endsWith('+') ? undefined : word;
  return piece.own === 'p' ? protocolRange(word) : addressRange(word);
}

function protocolRange(word: string): Range | undefined {
  const number = parseProtocolWord(word);
  return number === undefined ? undefined : single(BigInt(number));
}

function addressRange(word: string): Range | undefined {
  const [text = '', length] = word.split('/');
  const address = parseAddress(text);
  if (!address) return undefined;
  const width = addressWidth(address.family);
  const bits = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return bits <= width ? prefixRange(address.value, bits, width) : undefined;
}

function haveNoneInCommon(values: readonly (Range | string | undefined)[]): boolean {
  const names = values.filter((value) => typeof value === 'string');
  if (names.length === values.length) return new Set(names).size === names.length;
  const ranges = values.filter((value) => typeof value === 'object');
  if (ranges.length < values.length) return false;
  const sorted = ranges.toSorted((a, b) => (a.lo < b.lo ? -1 : 1));
  return sorted.every((range, at) => at === 0 || (sorted[at - 1]?.hi ?? 0n) < range.lo);
}
