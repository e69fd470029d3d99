// How nft says `u32` where it compares bytes at a place that does not depend on the packet (net/netfilter/xt_u32.c:
// u32_match_it).
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import { comparison, masked, type NftPlace, type NftSaid, oneOrSet, rawBits } from './nft.ts';

const allBits = 0xffffffffn;

/** Four bytes, of which some bits, moved to the right, are compared. */
interface Location {
  readonly base: 'nh' | 'th';
  /** In bytes. */
  readonly offset: number;
  readonly mask: bigint;
  readonly shift: bigint;
}

const otherwise = 'nft compares bytes of a packet only at fixed places, without arithmetic but a mask';
const behindFragments =
  'iptables goes past the IP header of later fragments too; test `4&0x1FFF=0` first, and nft can say it';

/** Each test of an expression in the form of `parseU32`; `negated` is of all together. */
export function bytesCompared(expression: string, negated: boolean, { family }: NftPlace): NftSaid {
  const tests = expression.split('&&').map(testOf);
  const known = tests.filter((test) => test !== undefined);
  if (known.length < tests.length) return otherwise;
  if (negated && tests.length > 1)
    return 'nft can negate one comparison, not several together; write a rule for each';
  const headerSize = family === 'ip' ? 20 : 40;
  const beyond = known.some(({ at }) => at.base === 'th' || at.offset + 4 > headerSize);
  if (negated && beyond) return 'negated, iptables also matches packets that end before these bytes';
  const start = expression.split('&&').indexOf('0x4&0x1fff=0x0');
  const asks = known.findIndex(({ at }) => at.base === 'th');
  if (asks >= 0 && (family === 'ip6' || start === -1 || start > asks)) return behindFragments;
  return known.flatMap(({ at, values }) => compared(at, values, negated));
}

function testOf(text: string) {
  const [left = '', right = ''] = text.split('=');
  const at = locationOf(left);
  const values = right.split(',').map((one) => one.split(':').map(BigInt));
  return at && { at, values };
}

/** Where the header behind IPv4's begins, whose length is in the first byte. */
const behindHeader = /^0x0>>0x16&0x3c@(0x[0-9a-f]+)(.*)$/;

function locationOf(text: string): Location | undefined {
  const [, inTransport, more] = behindHeader.exec(text) ?? [];
  const [, start = '', rest = ''] =
    /^(0x[0-9a-f]+)(.*)$/.exec(inTransport === undefined ? text : inTransport + (more ?? '')) ?? [];
  let location: Location | undefined = {
    base: inTransport === undefined ? 'nh' : 'th',
    offset: Number(start),
    mask: allBits,
    shift: 0n,
  };
  for (const [, operator, number = ''] of rest.matchAll(/(<<|>>|[&@])(0x[0-9a-f]+)/g))
    location = location && moved(location, operator ?? '', BigInt(number));
  return location;
}

function moved(location: Location, operator: string, number: bigint): Location | undefined {
  const { mask, shift } = location;
  if (operator === '&') return { ...location, mask: mask & (number << shift) };
  if (operator !== '>>' || shift + number > 31n) return undefined;
  return { ...location, mask: mask & (allBits << (shift + number)) & allBits, shift: shift + number };
}

/** Values that the bits left under the mask can't have are never found. */
function compared(
  { base, offset, mask, shift }: Location,
  values: readonly (readonly bigint[])[],
  negated: boolean,
): readonly JsonObject[] {
  const bits = rawBits(base, offset * 8, 32);
  const left = mask === allBits ? bits : masked(bits, Number(mask));
  const low = (1n << shift) - 1n;
  const ranges = values.flatMap(([lo = 0n, hi = lo]): JsonValue[] => {
    const [first, last] = [lo << shift, (hi << shift) | low];
    if (lo > hi || first > allBits) return [];
    const end = last > allBits ? allBits : last;
    if (lo === hi && (mask & low) === 0n) return [Number(first)];
    return [{ range: [Number(first), Number(end)] }];
  });
  return [comparison(left, oneOrSet(ranges), negated)];
}
