// How values of several fields are written in the language: `10.0.0.0/8 . 80-90`.
import type { DataType } from '../datatype/define.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import { writeRange } from './field-language.ts';
import { quote } from './quote.ts';

/** Writes a tuple so that a reader of the same types reads the same. */
export function writeTuple(types: readonly DataType[], tuple: Tuple): string {
  return types.flatMap((type, at) => writeAtom(type, tuple[at])).join(' . ');
}

function writeAtom(type: DataType, atom: Atom | undefined): readonly string[] {
  if (atom === undefined) return [];
  return [typeof atom === 'string' ? quote(atom) : writeRange(type, atom, true)];
}
