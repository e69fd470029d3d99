// Frames of `tcpdump -i nflog:GROUP`: what a rule handed to listeners, with the hook that it was at
// (LINKTYPE_NFLOG; include/uapi/linux/netfilter/nfnetlink_log.h: enum nfulnl_attr_type).
import { readUint, viewOf } from './bytes.ts';
import type { CapturedLink } from './captured.ts';
import type { LinkHeader } from './packet.ts';

const attribute = {
  packetHeader: 1,
  mark: 2,
  timestamp: 3,
  inDevice: 4,
  outDevice: 5,
  payload: 9,
  prefix: 10,
  uid: 11,
  gid: 14,
  hardwareHeader: 16,
} as const;

/** By the numbers of the hooks (include/uapi/linux/netfilter.h: enum nf_inet_hooks). */
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

/** Reads the attributes; their lengths and types are in the byte order of the machine, which is little-endian here. */
export function readNflog(data: Uint8Array): CapturedLink | string {
  if (data.length < 4) return 'the NFLOG header is cut off';
  const attributes = attributesOf(data.subarray(4));
  const payload = attributes.get(attribute.payload);
  if (!payload) return 'the packet itself is not in the log';
  const numberAt = (type: number) => {
    const value = attributes.get(type);
    return value?.length === 4 ? viewOf(value).getUint32(0) : undefined;
  };
  const [iif, oif, mark] = [attribute.inDevice, attribute.outDevice, attribute.mark].map(numberAt);
  const [skuid, skgid] = [numberAt(attribute.uid), numberAt(attribute.gid)];
  const hook = hooks[attributes.get(attribute.packetHeader)?.[2] ?? -1];
  const prefix = textOf(attributes.get(attribute.prefix));
  const time = timeOf(attributes.get(attribute.timestamp));
  const ends = linkOf(attributes.get(attribute.hardwareHeader));
  return {
    kind: 'none',
    data: payload,
    direction: iif === undefined ? 'out' : 'in',
    ...(iif !== undefined && { iif }),
    ...(oif !== undefined && { oif }),
    ...(mark && { mark }),
    ...(skuid !== undefined && { skuid }),
    ...(skgid !== undefined && { skgid }),
    ...(hook === 'input' && { local: true }),
    ...(iif !== undefined && oif !== undefined && { isRouted: true }),
    ...(time !== undefined && { time }),
    ...(ends && { ends }),
    prefix,
    isCut: true,
  };
}

function attributesOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(bytes);
  const found = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint16(at, true);
    if (length < 4) break;
    const value = bytes.subarray(at + 4, at + length);
    if (value.length === length - 4) found.set(view.getUint16(at + 2, true) & 0x3fff, value);
    at += (length + 3) & ~3;
  }
  return found;
}

/** Ends with a zero. */
function textOf(bytes: Uint8Array = new Uint8Array()): string {
  return String.fromCharCode(...bytes.subarray(0, 256)).replace(/\0.*$/s, '');
}

/** Seconds and microseconds, 64 bits each. */
function timeOf(bytes: Uint8Array | undefined): bigint | undefined {
  if (bytes?.length !== 16) return undefined;
  return readUint(bytes, 0, 8) * 1_000_000_000n + readUint(bytes, 8, 8) * 1000n;
}

/** The Ethernet header, with its type. */
function linkOf(bytes: Uint8Array | undefined): LinkHeader | undefined {
  return bytes?.length === 14
    ? { destination: readUint(bytes, 0, 6), source: readUint(bytes, 6, 6) }
    : undefined;
}
