// Sets of values that are told by some of their bits: marks under a mask, flags.
import type { Assignment, Bdd, Node } from '../bdd/bdd.ts';
import type { DataType } from '../datatype/define.ts';

/** Each way to be in the set: which bits are set and which are not. */
export function writeBits(bdd: Bdd, variables: readonly number[], values: Node, type: DataType): string {
  const texts = waysOf(bdd, values).map((way) => {
    const bits = variables.map((variable) => way.get(variable));
    if (type.bitmask) return flagsText(bits, type);
    return bits.includes(undefined) ? maskText(bits) : type.format(numberOf(bits, (bit) => bit === true));
  });
  return texts.join(' or ');
}

/** Ways that overlap, so that each says as few bits as it can. */
function waysOf(bdd: Bdd, values: Node): readonly Assignment[] {
  const ways: Assignment[] = [];
  let open = values;
  for (let way = bdd.pick(open); way; way = bdd.pick(open)) {
    const least = leastBits(bdd, way, values);
    ways.push(least);
    open = bdd.minus(open, nodeOf(bdd, least));
  }
  return ways;
}

function leastBits(bdd: Bdd, way: Assignment, values: Node): Assignment {
  let least = way;
  for (const variable of way.keys()) {
    const without = new Map([...least].filter(([one]) => one !== variable));
    if (bdd.implies(nodeOf(bdd, without), values)) least = without;
  }
  return least;
}

function nodeOf(bdd: Bdd, way: Assignment): Node {
  return [...way].reduceRight<Node>((all, [variable, isSet]) => {
    const literal = bdd.variable(variable);
    return bdd.and(isSet ? literal : bdd.not(literal), all);
  }, 1);
}

type Bits = readonly (boolean | undefined)[];

function maskText(bits: Bits): string {
  const [mask, value] = [numberOf(bits, (bit) => bit !== undefined), numberOf(bits, (bit) => bit === true)];
  return `& 0x${mask.toString(16)} = 0x${value.toString(16)}`;
}

/** Without those that must not be set where all are said: `only syn`. */
function flagsText(bits: Bits, { width, format }: DataType): string {
  const names = (wanted: boolean) =>
    bits.flatMap((bit, at) => (bit === wanted ? [format(1n << BigInt(width - 1 - at))] : []));
  const set = names(true).toReversed();
  if (!bits.includes(undefined)) return set.length > 0 ? `only ${set.join(' ')}` : 'none';
  return [
    ...set,
    ...names(false)
      .toReversed()
      .map((name) => `not ${name}`),
  ].join(' ');
}

function numberOf(bits: Bits, isSet: (bit: boolean | undefined) => boolean): bigint {
  return bits.reduce((sum, bit) => sum * 2n + (isSet(bit) ? 1n : 0n), 0n);
}
