// MAC addresses and bytes as text.

/** Reads `02:00:00:00:00:01`, also with dashes. */
export function parseMac(text: string): bigint | undefined {
  return /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)
    ? BigInt(`0x${text.replaceAll(/[:-]/g, '')}`)
    : undefined;
}

/** Six pairs of digits with colons. */
export function formatMac(value: bigint): string {
  return value
    .toString(16)
    .padStart(12, '0')
    .replaceAll(/..(?=.)/g, '$&:');
}

/** Reads `0x` and two hexadecimal digits for each of at least one byte. */
export function parseBytes(text: string): Uint8Array | undefined {
  if (!/^0x([0-9a-f]{2})+$/i.test(text)) return undefined;
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** `0x` and two digits for each byte. */
export function formatBytes(bytes: Uint8Array): string {
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
