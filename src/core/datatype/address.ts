// IPv4 and IPv6 addresses as numbers, read and written in their canonical text form (RFC 5952 for IPv6).

export type AddressFamily = 4 | 6;

/** An address with its family; IPv4 below 2^32, IPv6 below 2^128. */
export interface Address {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** Bits in an address of a family. */
export function addressWidth(family: AddressFamily): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Reads dotted IPv4 with four decimal parts and no leading zeros; undefined for anything else. */
export function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return BigInt(value);
}

/** Reads an IPv6 address, with `::` and an embedded IPv4 tail; undefined for anything else. */
export function parseIpv6(text: string): bigint | undefined {
  const halves = expandTail(text)?.split('::');
  if (!halves || halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...left, ...Array.from({ length: missing }, () => 0n), ...right].reduce(
    (sum, group) => (sum << 16n) | group,
    0n,
  );
}

/** Turns an IPv4 tail (`::ffff:1.2.3.4`) into two groups. */
function expandTail(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const cut = text.lastIndexOf(':') + 1;
  const tail = parseIpv4(text.slice(cut));
  if (cut === 0 || tail === undefined) return undefined;
  return `${text.slice(0, cut)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => BigInt(`0x${group}`));
}

/** Reads an address of either family. */
export function parseAddress(text: string): Address | undefined {
  const family = text.includes(':') ? 6 : 4;
  const value = family === 6 ? parseIpv6(text) : parseIpv4(text);
  return value === undefined ? undefined : { family, value };
}

/** Dotted decimal. */
export function formatIpv4(value: bigint): string {
  const bits = Number(value);
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::`, mapped IPv4 dotted as inet_ntop does. */
export function formatIpv6(value: bigint): string {
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(value & 0xffffffffn)}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** Canonical text of an address. */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatIpv4(address.value) : formatIpv6(address.value);
}
