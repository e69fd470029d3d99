// Numbers in network byte order.

/** Writes `value` into `size` bytes. */
export function writeUint(bytes: Uint8Array, at: number, size: number, value: bigint): void {
  for (let left = size - 1, rest = value; left >= 0; left--, rest >>= 8n)
    bytes[at + left] = Number(rest & 255n);
}

/** Reads `size` bytes; bytes behind the end count as zero. */
export function readUint(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let offset = at; offset < at + size; offset++) value = (value << 8n) | BigInt(bytes[offset] ?? 0);
  return value;
}

/** A view for the numbers of up to four bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** All parts, one behind the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
