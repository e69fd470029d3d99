// The expressions of `u32`: `location = values`, joined by `&&` (extensions/libxt_u32.c: u32_parse).
import { max32, parseInteger } from './value.ts';

/** include/uapi/linux/netfilter/xt_u32.h: XT_U32_MAXSIZE. */
const mostItems = 10;

/** The expression as iptables-save prints it; undefined where it is none. */
export function parseU32(text: string): string | undefined {
  const tests = text.replaceAll(/\s/g, '').split('&&').map(parseTest);
  const known = tests.filter((test) => test !== undefined);
  return known.length === tests.length && tests.length <= mostItems ? known.join('&&') : undefined;
}

function parseTest(text: string): string | undefined {
  const [left = '', right = '', ...rest] = text.split('=');
  const location = parseLocation(left);
  const values = right.split(',').map(parseRange);
  if (location === undefined || values.includes(undefined) || rest.length > 0) return undefined;
  return values.length <= mostItems ? `${location}=${values.join(',')}` : undefined;
}

/** `0x0>>0x16&0x3c@0x4`: numbers with operators between them. */
function parseLocation(text: string): string | undefined {
  const parts = text.split(/(<<|>>|[&@])/);
  if (parts.length > 2 * mostItems) return undefined;
  const written = parts.map((part, at) => (at % 2 === 1 ? part : hex(part)));
  return written.includes(undefined) ? undefined : written.join('');
}

function parseRange(text: string): string | undefined {
  const [first = '', last = first, ...rest] = text.split(':');
  const [lo, hi] = [hex(first), hex(last)];
  if (lo === undefined || hi === undefined || rest.length > 0) return undefined;
  return lo === hi ? lo : `${lo}:${hi}`;
}

function hex(text: string): string | undefined {
  const value = parseInteger(text, max32);
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}
