// The options of TCP that windows depend on.
import { readUint, writeUint } from './bytes.ts';
import { type Tcp, tcpFlag } from './packet.ts';

const [endOfList, noOperation, segmentSize, windowScale, sackPermitted, sack] = [0, 1, 2, 3, 4, 5];

/** What is read of them. */
type TcpOptions = Pick<Tcp, 'optionBytes' | 'scale' | 'sackPermitted' | 'sackEdge'>;

/** RFC 9293 3.1; stops where an option is cut off (net/netfilter/nf_conntrack_proto_tcp.c: tcp_options, tcp_sack). */
export function readTcpOptions(bytes: Uint8Array): TcpOptions {
  let options: TcpOptions = bytes.length > 0 ? { optionBytes: bytes.length } : {};
  for (let at = 0; at < bytes.length && bytes[at] !== endOfList; ) {
    if (bytes[at] === noOperation) {
      at++;
      continue;
    }
    const size = bytes[at + 1] ?? 0;
    if (size < 2 || at + size > bytes.length) break;
    options = { ...options, ...readOption(bytes.subarray(at, at + size)) };
    at += size;
  }
  return options;
}

function readOption(option: Uint8Array): TcpOptions {
  const [kind, size = 0, scale = 0] = option;
  if (kind === windowScale && size === 3) return { scale };
  if (kind === sackPermitted && size === 2) return { sackPermitted: true };
  if (kind !== sack || size < 10 || (size - 2) % 8 !== 0) return {};
  const edges = Array.from({ length: (size - 2) / 8 }, (_, block) =>
    Number(readUint(option, 6 + block * 8, 4)),
  );
  return { sackEdge: edges.reduce((highest, edge) => (((highest - edge) | 0) < 0 ? edge : highest)) };
}

/**
 * As many bytes of options as the segment has: those that are known, on a SYN the usual size of segments (1460), then
 * options that mean nothing.
 */
export function writeTcpOptions({
  flags,
  optionBytes = 0,
  scale,
  sackPermitted: may,
  sackEdge,
}: Tcp): Uint8Array {
  const bytes = new Uint8Array(optionBytes).fill(noOperation);
  const isSyn = (flags & tcpFlag.syn) !== 0;
  const known = [
    ...(scale === undefined ? [] : [[windowScale, 3, scale]]),
    ...(may ? [[sackPermitted, 2]] : []),
    ...(sackEdge === undefined ? [] : [acknowledged(sackEdge)]),
    ...(isSyn ? [[segmentSize, 4, 5, 180]] : []),
  ];
  let at = 0;
  for (const option of known) {
    if (at + option.length > optionBytes) continue;
    bytes.set(option, at);
    at += option.length;
  }
  return bytes;
}

/** One byte before the highest edge. */
function acknowledged(edge: number): readonly number[] {
  const block = new Uint8Array(8);
  writeUint(block, 0, 4, BigInt((edge - 1) >>> 0));
  writeUint(block, 4, 4, BigInt(edge >>> 0));
  return [sack, 10, ...block];
}
