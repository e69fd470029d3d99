// The types of what a set or map holds, as its declaration names them. `address` stands for both versions of IP: a set or
// map of it is one for each.
import { nameOfTypes, typeSeparator, typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { interfaceName, ipv4Address, ipv6Address, mark, port, protocol } from '../datatype/types.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import type { Name } from '../syntax/term.ts';
import type { Report } from './report.ts';

/** The types of an element's parts: one, or several for a concatenation. */
export type ElementTypes = readonly DataType[];

/** The types of addresses. */
export const addressTypes = [ipv4Address, ipv6Address];

/** The types that a declaration may name: those of the language, and nft's names for the same. */
export const setTypes: ReadonlyMap<string, readonly DataType[]> = new Map([
  ['address', addressTypes],
  ['ipv4_addr', [ipv4Address]],
  ['ipv6_addr', [ipv6Address]],
  ['port', [port]],
  ['inet_service', [port]],
  ['interface', [interfaceName]],
  ['ifname', [interfaceName]],
  ['mark', [mark]],
  ['protocol', [protocol]],
  ['inet_proto', [protocol]],
]);

/** What an element may be made of: one list of types, or one for each version of IP; reports names of no type. */
export function variantsOfName(name: Name, report: Report): readonly ElementTypes[] | undefined {
  const parts = name.text.split(typeSeparator).map((text) => setTypes.get(text) ?? typesNamed(text));
  if (parts.every((types) => types !== undefined)) return variantsOf(parts);
  const unknown = name.text.split(typeSeparator).find((_, at) => !parts[at]) ?? name.text;
  return report.complain('HK3015', `\`${unknown}\` is not a type`, {
    span: name.span,
    help:
      nearestWord(unknown, setTypes.keys()) ??
      'say `address`, `port`, `interface`, `mark`, `protocol`, or what nft calls the type',
  });
}

/** The lists of types for parts each of which is of one of some types: all addresses of one element are of one version. */
export function variantsOf(parts: readonly (readonly DataType[])[]): readonly ElementTypes[] {
  const versions = parts.some((types) => types.length > 1) ? [0, 1] : [0];
  return versions.map((version) => parts.flatMap((types) => types[version] ?? types[0] ?? []));
}

/** The parts that a declaration becomes: without elements all variants, else those that have some; and their names. */
export function nameParts<Item extends { readonly types: ElementTypes }>(
  name: string,
  variants: readonly ElementTypes[],
  items: readonly Item[],
): readonly { readonly name: string; readonly types: ElementTypes; readonly own: readonly Item[] }[] {
  const parts = variants.map((types, at) => ({
    // The variants are of IPv4 and of IPv6, in this order; a key may hold an address of the other version besides.
    name: `${name}${at === 0 ? '4' : '6'}`,
    types,
    own: items.filter((item) => isSame(item.types, types)),
  }));
  const filled = items.length === 0 ? parts : parts.filter(({ own }) => own.length > 0);
  return filled.length === 1 ? filled.map((part) => ({ ...part, name })) : filled;
}

function isSame(one: ElementTypes, other: ElementTypes): boolean {
  return nameOfTypes(one) === nameOfTypes(other);
}
