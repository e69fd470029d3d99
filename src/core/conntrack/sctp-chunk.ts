// The SCTP header and its chunks as conntrack reads them (RFC 9260, 3): for_each_sctp_chunk, do_basic_checks.

/** Chunk types that conntrack tells apart. */
export const chunkType = {
  data: 0,
  init: 1,
  initAck: 2,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

export interface SctpChunk {
  readonly type: number;
  /** The T bit of ABORT and SHUTDOWN COMPLETE: the tag is that of the other direction. */
  readonly reflected: boolean;
  /** Of INIT and INIT ACK: the tag that the other side is to use; else 0. */
  readonly initTag: number;
}

export interface SctpHeader {
  /** The verification tag. */
  readonly tag: number;
  readonly chunks: readonly SctpChunk[];
}

const headerSize = 12;
const chunkHeaderSize = 4;

/** The header with at least one chunk; undefined where chunks stand together that may not. */
export function readSctp(bytes: Uint8Array): SctpHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerSize) return undefined;
  const chunks: SctpChunk[] = [];
  for (let at = headerSize; at + chunkHeaderSize <= bytes.length; ) {
    const length = view.getUint16(at + 2);
    const chunk = chunkAt(view, at);
    if (length === 0 || (chunks.length > 0 && isAlone([...chunks, chunk]))) return undefined;
    chunks.push(chunk);
    at += Math.ceil(length / chunkHeaderSize) * chunkHeaderSize;
  }
  return chunks.length > 0 ? { tag: view.getUint32(4), chunks } : undefined;
}

function chunkAt(view: DataView, at: number): SctpChunk {
  const type = view.getUint8(at);
  const tells = (type === chunkType.init || type === chunkType.initAck) && at + 8 <= view.byteLength;
  return {
    type,
    reflected: (view.getUint8(at + 1) & 1) === 1,
    initTag: tells ? view.getUint32(at + chunkHeaderSize) : 0,
  };
}

const single: ReadonlySet<number> = new Set([chunkType.init, chunkType.initAck, chunkType.shutdownComplete]);
const firstOnly: ReadonlySet<number> = new Set([chunkType.cookieEcho, chunkType.cookieAck]);

/** Whether one of them may not stand beside others, or only before them. */
function isAlone(chunks: readonly SctpChunk[]): boolean {
  return chunks.some(({ type }, at) => single.has(type) || (at > 0 && firstOnly.has(type)));
}
