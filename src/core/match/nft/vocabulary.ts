// nft's words for what it reads, with their types: the tables of its ruleset language as fields of matches.
import { type DataType, numberType } from '../../datatype/define.ts';
import type { NftType } from '../../nft/text-import/types.ts';

/** What nft's tables say of one field. */
interface Word {
  readonly type: NftType;
  readonly bits: number;
}

/** A plain number of so many bits. */
export function bits(width: number): DataType {
  return numberType('integer', `a number of ${width} bits`, width);
}

/** The type of a field; a plain number where nft has no other. */
export function typeOf({ type, bits: width }: Word): DataType {
  return type.data.width === 0 ? bits(width) : type.data;
}
