// A translation as JSON.
import { type AddressFamily, formatAddress } from '../datatype/address.ts';
import type { TranslatedEnd, Translation } from './translation.ts';

/** Its protocol and its four ends. */
export function translationToJson(row: Translation) {
  const end = (one: TranslatedEnd) => translatedEndToJson(row.family, one);
  return {
    protocol: row.protocol,
    originalSource: end(row.originalSource),
    modifiedSource: end(row.modifiedSource),
    originalDestination: end(row.originalDestination),
    modifiedDestination: end(row.modifiedDestination),
  };
}

/** An end; `among` are the ports of which it has one. */
export function translatedEndToJson(family: AddressFamily, { address, port, among }: TranslatedEnd) {
  return {
    address: formatAddress({ family, value: address }),
    ...(port !== undefined && { port }),
    ...(among && { among: [among.lo, among.hi] }),
  };
}
