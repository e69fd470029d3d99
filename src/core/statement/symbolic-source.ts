// What a source gives for all packets at once: the bits of a field, or of what a map has for some of them.
import type { Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import { constantBits } from '../field/symbolic.ts';
import type { EntryData } from '../ir/tuple.ts';
import type { SymbolicContext } from '../match/define.ts';
import { symbolicLookUp } from '../match/lookup.ts';
import { selectorOf } from '../match/reading.ts';
import type { Operand } from './operand.ts';
import { all, none } from './symbolic.ts';

/** Bits that packets get, the highest first, and the packets for which there are some. */
export interface SymbolicNumber {
  readonly present: Node;
  readonly bits: readonly Node[];
}

/** The value of an operand, of so many bits. */
export function numberOf(operand: Operand, width: number, context: SymbolicContext): SymbolicNumber {
  if (operand.kind === 'constant') return { present: all, bits: constantBits(operand.value, width) };
  if (operand.kind === 'reading') {
    const [selector] = selectorOf(operand.reading);
    const value = selector && context.read(selector.field);
    if (value?.kind !== 'number') return { present: none, bits: constantBits(0n, width) };
    return { present: value.present, bits: fitted(value.bits, width) };
  }
  const { found, unknown: open } = symbolicLookUp(operand.lookup, context);
  const { bdd } = context;
  const unlisted = open === none ? [] : freeBits(`what the map has that is not listed`, width, context);
  return {
    present: bdd.or(
      open,
      found.reduce<Node>((before, { when }) => bdd.or(before, when), none),
    ),
    bits: Array.from({ length: width }, (_, at) =>
      found.reduce<Node>(
        (rest, { when, data }) => bdd.ite(when, bitsOfData(data, width)[at] ?? none, rest),
        unlisted[at] ?? none,
      ),
    ),
  };
}

function bitsOfData(data: EntryData, width: number): readonly Node[] {
  const [atom] = data.kind === 'value' ? data.value : [];
  return constantBits(typeof atom === 'object' ? atom.lo : 0n, width);
}

/** The lowest bits, or as many zeros before those that there are. */
function fitted(bits: readonly Node[], width: number): readonly Node[] {
  return bits.length >= width
    ? bits.slice(bits.length - width)
    : [...constantBits(0n, width - bits.length), ...bits];
}

/** Bits that may be anything. */
export function freeBits(name: string, width: number, context: SymbolicContext): readonly Node[] {
  return Array.from({ length: width }, (_, at) => context.free(`${name}: bit ${width - 1 - at}`));
}

/** The bits of a field that is a number. */
export function numberBits(context: SymbolicContext, field: Field): readonly Node[] {
  const value = context.read(field);
  return value.kind === 'number' ? value.bits : [];
}
