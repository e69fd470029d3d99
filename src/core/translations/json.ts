// A translation as JSON.
import { type AddressFamily, formatAddress } from '../datatype/address.ts';
import type { JsonObject } from '../nft/json-value.ts';
import { endNames, type TranslatedEnd, type Translation } from './translation.ts';

/** Its protocol and its four ends. */
export function translationToJson(row: Translation): JsonObject {
  const ends = endNames.map((name) => [name, translatedEndToJson(row.family, row[name])] as const);
  return { protocol: row.protocol, ...Object.fromEntries(ends) };
}

/** An end; `among` are the ports of which it has one. */
export function translatedEndToJson(
  family: AddressFamily,
  { address, port, among }: TranslatedEnd,
): JsonObject {
  return {
    address: formatAddress({ family, value: address }),
    ...(port !== undefined && { port }),
    ...(among && { among: [among.lo, among.hi] }),
  };
}
