// Values that variables stand for, where these are no plain bits.
import type { Node } from '../bdd/bdd.ts';
import type { Domain } from '../bdd/domain.ts';
import type { SymbolicNumber } from '../field/symbolic.ts';

/** Some values, of which the variables say which. */
export interface Meaning {
  readonly domain: Domain;
  readonly list: readonly (bigint | string)[];
  readonly indexOf: (value: bigint | string) => number | undefined;
}

/** Numbers, by their places in the list. */
export function listed(list: readonly bigint[]): Omit<Meaning, 'domain'> {
  const places = new Map<bigint | string, number>(list.map((value, at) => [value, at]));
  return { list, indexOf: (value) => places.get(value) };
}

/** The bits of what is one of the values. */
export function numberValue(width: number, { domain, list }: Meaning, present: Node): SymbolicNumber {
  const bits = Array.from({ length: width }, (_, place) => {
    const bit = 1n << BigInt(width - 1 - place);
    return domain.among(
      list.flatMap((value, at) => (typeof value === 'bigint' && (value & bit) !== 0n ? [at] : [])),
    );
  });
  return { kind: 'number', present, bits };
}

/** Some number, the same for the same name (FNV-1a, by Glenn Fowler, Landon Curt Noll and Kiem-Phong Vo, public domain). */
export function keyOfName(name: string): number {
  let key = 0x811c_9dc5;
  for (let at = 0; at < name.length; at++) key = Math.imul(key ^ name.charCodeAt(at), 0x0100_0193);
  return key;
}
