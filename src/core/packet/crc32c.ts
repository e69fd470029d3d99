// The checksum of SCTP: CRC32c (RFC 9260 section 6.8, appendix A).

/** Castagnoli's polynomial, its bits in the other order. */
const polynomial = 0x82f63b78;

function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? polynomial : 0);
  }
  return ~sum >>> 0;
}

/** Writes the checksum into a whole SCTP packet, its least significant byte first. */
export function writeSctpChecksum(packet: Uint8Array): void {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  view.setUint32(8, 0);
  view.setUint32(8, crc32c(packet), true);
}
