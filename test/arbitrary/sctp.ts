// Packets of SCTP as bytes, with their checksum (RFC 9260).
import { concat, viewOf } from '../../src/core/packet/bytes.ts';

const chunkTypes = [
  'DATA',
  'INIT',
  'INIT_ACK',
  'SACK',
  'HEARTBEAT',
  'HEARTBEAT_ACK',
  'ABORT',
  'SHUTDOWN',
  'SHUTDOWN_ACK',
  'ERROR',
  'COOKIE_ECHO',
  'COOKIE_ACK',
] as const;

/** What a packet says; `tag` is the verification tag. */
export interface Sctp {
  readonly sport: number;
  readonly dport: number;
  readonly tag: number;
  /** Its only chunk, of 20 bytes. */
  readonly chunk: (typeof chunkTypes)[number];
}

/** The tags that either side asks for. */
const ownTag = { INIT: 1, INIT_ACK: 2 } as const;

/** The bytes behind the IP header. */
export function sctpBytes({ sport, dport, tag, chunk }: Sctp): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = viewOf(bytes);
  view.setUint16(0, sport);
  view.setUint16(2, dport);
  view.setUint32(4, tag);
  view.setUint8(12, chunkTypes.indexOf(chunk));
  view.setUint16(14, 20);
  if (chunk === 'INIT' || chunk === 'INIT_ACK') view.setUint32(16, ownTag[chunk]);
  return summed(bytes);
}

/** What the other side would say next. */
export function sctpAnswer(payload: Uint8Array): Uint8Array {
  if (payload.length < 32) return payload;
  const view = viewOf(payload);
  const answers: Readonly<Record<number, Sctp['chunk']>> = {
    1: 'INIT_ACK',
    2: 'COOKIE_ECHO',
    7: 'SHUTDOWN_ACK',
    10: 'COOKIE_ACK',
  };
  const [tag, type] = [view.getUint32(4), view.getUint8(12)];
  const chunk = answers[type] ?? 'DATA';
  return sctpBytes({
    sport: view.getUint16(2),
    dport: view.getUint16(0),
    tag: tag === 0 || tag === 2 ? 1 : 2,
    chunk,
  });
}

/** The sum of CRC32c in place, the least significant byte first. */
function summed(bytes: Uint8Array): Uint8Array {
  const sum = new Uint8Array(4);
  viewOf(sum).setUint32(0, crc32c(bytes), true);
  return concat(bytes.subarray(0, 8), sum, bytes.subarray(12));
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
