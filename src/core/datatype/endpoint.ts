// Addresses with ports as text: `10.0.0.2:80`, `[2001:db8::1]:80`, `10.0.0.2-10.0.0.9`, `:8080-8090`.
import { type AddressFamily, formatAddress } from './address.ts';
import type { Range } from './range.ts';

/** An address or a range of them, a port or a range of them, or both, in one text; IPv6 is bracketed before a port. */
export function formatEndpoint(
  family: AddressFamily | undefined,
  address: Range | undefined,
  port: Range | undefined,
): string {
  const host = family && address ? bounds(address, (value) => formatAddress({ family, value })) : '';
  if (!port) return host;
  const bracketed = family === 6 && host !== '' ? `[${host}]` : host;
  return `${bracketed}:${bounds(port, String)}`;
}

function bounds({ lo, hi }: Range, format: (value: bigint) => string): string {
  return lo === hi ? format(lo) : `${format(lo)}-${format(hi)}`;
}
