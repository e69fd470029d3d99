// Why something with the shape of an address is none.
import { parseAddress } from '../datatype/address.ts';

/** What is wrong with it, as a sentence about it; undefined for an address. */
export function addressProblem(text: string): string | undefined {
  if (parseAddress(text)) return undefined;
  const why = text.includes(':') ? '' : invalidPart(text.split('.'));
  return `\`${text}\` is not an address${why}`;
}

function invalidPart(parts: readonly string[]): string {
  const large = parts.find((part) => Number(part) > 255);
  if (large !== undefined) return `: \`${large}\` is above 255`;
  return parts.length === 4 ? ': a part begins with 0' : ': it has not four parts';
}
