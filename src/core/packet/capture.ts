// Captures: the pcap format (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), as tcpdump writes them.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import { viewOf } from './bytes.ts';
import { type CapturedFrame, readLink } from './capture-link.ts';
import { type TimeScale, timeOf, timeScale } from './capture-time.ts';
import { decodePacket } from './decode.ts';
import type { Injection } from './packet.ts';

/** One frame of a capture as a packet to trace, or why it is none. */
export interface CapturedPacket {
  /** From 1, as tcpdump and wireshark count. */
  readonly number: number;
  readonly packet: Outcome<Injection>;
  /** When it was captured, in nanoseconds since 1970; absent where the capture does not say. */
  readonly time?: bigint;
}

/**
 * The frames of a capture in order. Captures rarely say on which interface they were made: `device` is what is taken
 * where they don't. Frames that are cut off within a header, or are not IP, have diagnostics in place of a packet.
 */
export function readCapture(bytes: Uint8Array, device?: string): Outcome<readonly CapturedPacket[]> {
  const frames = framesOf(bytes);
  if (typeof frames === 'string') return { value: undefined, diagnostics: [malformed(frames)] };
  const value = frames.map((frame, at) => ({
    number: at + 1,
    packet: injectionOf(frame, device),
    ...(frame.time !== undefined && { time: frame.time }),
  }));
  return { value, diagnostics: [] };
}

function malformed(message: string): Diagnostic {
  return diagnostic('HK6060', message);
}

/** All frames, or what is wrong with the file. */
function framesOf(bytes: Uint8Array): readonly CapturedFrame[] | string {
  if (bytes.length < 24) return 'the file is too short for a capture';
  const magic = viewOf(bytes).getUint32(0);
  const order = byteOrders.get(magic);
  if (order !== undefined) return readPcap(bytes, order);
  return magic === sectionHeader ? readPcapng(bytes) : 'the file does not begin like a capture';
}

/** pcap's magic numbers, for micro- and nanoseconds; the value says whether the file is little-endian. */
const byteOrders: ReadonlyMap<number, boolean> = new Map([
  [0xa1b2c3d4, false],
  [0xa1b23c4d, false],
  [0xd4c3b2a1, true],
  [0x4d3cb2a1, true],
]);

function readPcap(bytes: Uint8Array, little: boolean): readonly CapturedFrame[] | string {
  const view = viewOf(bytes);
  const linkType = view.getUint32(20, little) & 0xffff;
  const fraction = view.getUint32(0, little) === nanosecondMagic ? 1n : 1000n;
  const frames: CapturedFrame[] = [];
  for (let at = 24; at < bytes.length; ) {
    if (at + 16 > bytes.length) return `the header of frame ${frames.length + 1} is cut off`;
    const length = view.getUint32(at + 8, little);
    const end = at + 16 + length;
    if (end > bytes.length) return `frame ${frames.length + 1} is cut off`;
    const time =
      BigInt(view.getUint32(at, little)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, little)) * fraction;
    frames.push({ linkType, data: bytes.subarray(at + 16, end), time });
    at = end;
  }
  return frames;
}

const nanosecondMagic = 0xa1b23c4d;
const sectionHeader = 0x0a0d0d0a;
const interfaceDescription = 1;
const simplePacket = 3;
const enhancedPacket = 6;

/** One interface of a section. */
interface CaptureInterface {
  readonly linkType: number;
  readonly name?: string;
  readonly scale: TimeScale;
}

/** Block after block; blocks of other types are passed over. */
function readPcapng(bytes: Uint8Array): readonly CapturedFrame[] | string {
  const frames: CapturedFrame[] = [];
  let interfaces: CaptureInterface[] = [];
  let little = true;
  for (let at = 0; at < bytes.length; ) {
    if (at + 12 > bytes.length) return `the block at byte ${at} is cut off`;
    const view = viewOf(bytes);
    if (view.getUint32(at) === sectionHeader) {
      little = view.getUint32(at + 8) !== 0x1a2b3c4d;
      interfaces = [];
    }
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || at + length > bytes.length)
      return `the block at byte ${at} is cut off`;
    const body = bytes.subarray(at + 8, at + length - 4);
    const type = view.getUint32(at, little);
    if (type === interfaceDescription) {
      if (body.length < 8) return 'an interface block is too short';
      interfaces.push(readInterface(body, little));
    }
    const frame = readBlock(type, body, little, interfaces);
    if (typeof frame === 'string') return frame;
    if (frame) frames.push(frame);
    at += length;
  }
  return frames;
}

function readBlock(
  type: number,
  body: Uint8Array,
  little: boolean,
  interfaces: readonly CaptureInterface[],
): CapturedFrame | string | undefined {
  if (type !== enhancedPacket && type !== simplePacket) return undefined;
  const header = type === enhancedPacket ? 20 : 4;
  if (body.length < header) return 'a packet block is too short';
  const view = viewOf(body);
  const from = interfaces[type === enhancedPacket ? view.getUint32(0, little) : 0];
  if (!from) return 'a packet is of an interface that the capture does not describe';
  const captured = type === enhancedPacket ? view.getUint32(12, little) : body.length - header;
  if (header + captured > body.length) return 'a packet is longer than its block';
  const data = body.subarray(header, header + captured);
  return {
    linkType: from.linkType,
    data,
    ...(from.name !== undefined && { device: from.name }),
    ...(type === enhancedPacket && {
      time: timeOf(from.scale, view.getUint32(4, little), view.getUint32(8, little)),
    }),
  };
}

/** Options: 2 is the name of the interface (if_name), 9 and 14 tell how it counts time (if_tsresol, if_tsoffset). */
function readInterface(body: Uint8Array, little: boolean): CaptureInterface {
  const options = readOptions(body, little);
  const [name, resolution, offset] = [2, 9, 14].map((code) => options.get(code));
  return {
    linkType: viewOf(body).getUint16(0, little),
    ...(name && { name: String.fromCharCode(...name) }),
    scale: timeScale(
      resolution?.[0],
      offset?.length === 8 ? viewOf(offset).getBigInt64(0, little) : undefined,
    ),
  };
}

/** The first of each kind. */
function readOptions(body: Uint8Array, little: boolean): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(body);
  const options = new Map<number, Uint8Array>();
  for (let at = 8; at + 4 <= body.length; ) {
    const [code, length] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    if (!options.has(code)) options.set(code, body.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}

function injectionOf(frame: CapturedFrame, device: string | undefined): Outcome<Injection> {
  const link = readLink(frame);
  if (typeof link === 'string') return { value: undefined, diagnostics: [malformed(link)] };
  const { value: packet, diagnostics } = decodePacket(link.data, link.kind);
  if (!packet) return { value: undefined, diagnostics };
  const name = frame.device ?? device;
  const { direction, pkttype } = link;
  if (direction === 'out') return { value: { packet, direction }, diagnostics };
  const iif = name === undefined ? {} : { iif: name };
  return { value: { packet, direction: 'in', ...iif, ...(pkttype && { pkttype }) }, diagnostics };
}
