// The pcapng format (draft-ietf-opsawg-pcapng): blocks in sections, each with its byte order and its interfaces.
import { viewOf } from './bytes.ts';
import { mostBytes, type RecordRead, type RecordReader } from './capture-format.ts';
import { type TimeScale, timeOf, timeScale } from './capture-time.ts';
import type { CapturedFrame } from './captured.ts';

/** The type of the block that a file and each section begins with; the same in both byte orders. */
export const sectionHeader = 0x0a0d0d0a;
const orderMagic = 0x1a2b3c4d;
const interfaceDescription = 1;

/** One interface of a section. */
interface CaptureInterface {
  readonly linkType: number;
  /** The most bytes that are kept of a frame; 0 where all are. */
  readonly snapLength: number;
  readonly name?: string;
  readonly scale: TimeScale;
}

/** What the blocks before say. */
interface Section {
  readonly little: boolean;
  readonly interfaces: CaptureInterface[];
}

/** A reader of blocks; those of other types (names, statistics, custom ones) are passed over. */
export function pcapngReader(): RecordReader {
  let section: Section = { little: true, interfaces: [] };
  return (bytes) => {
    if (bytes.length < 12) return 'more';
    const view = viewOf(bytes);
    if (view.getUint32(0) === sectionHeader) {
      const little = view.getUint32(8) !== orderMagic;
      if (view.getUint32(8, little) !== orderMagic) return { problem: 'a section of no known byte order' };
      section = { little, interfaces: [] };
    }
    const { little } = section;
    const length = view.getUint32(4, little);
    if (length < 12 || length % 4 !== 0 || length > mostBytes)
      return { problem: `a block of ${length} bytes can't be` };
    if (bytes.length < length) return 'more';
    if (view.getUint32(length - 4, little) !== length)
      return { problem: `a block says at its end that it has another length than ${length}` };
    return readBlock(view.getUint32(0, little), bytes.subarray(8, length - 4), length, section);
  };
}

function readBlock(type: number, body: Uint8Array, size: number, section: Section): RecordRead {
  if (type === interfaceDescription) {
    if (body.length < 8) return { problem: 'the description of an interface is too short' };
    section.interfaces.push(readInterface(body, section.little));
    return { size };
  }
  const layout = packetBlocks.get(type);
  if (!layout) return { size };
  if (body.length < layout.header) return { problem: 'the block of a packet is too short' };
  const frame = layout.read(body, section);
  return typeof frame === 'string' ? { problem: frame } : { size, frame };
}

interface PacketBlock {
  /** Bytes before the packet. */
  readonly header: number;
  readonly read: (body: Uint8Array, section: Section) => CapturedFrame | string;
}

/** The three kinds of blocks that hold a packet; 2 is the oldest and no longer written. */
const packetBlocks: ReadonlyMap<number, PacketBlock> = new Map([
  [2, { header: 20, read: (body: Uint8Array, section: Section) => timedPacket(body, section, 2) }],
  [3, { header: 4, read: simplePacket }],
  [6, { header: 20, read: (body: Uint8Array, section: Section) => timedPacket(body, section, 4) }],
]);

const undescribed = 'a packet of an interface that the capture does not describe';

/** Enhanced and obsolete packet blocks differ in how many bytes the number of the interface has. */
function timedPacket(
  body: Uint8Array,
  { little, interfaces }: Section,
  width: 2 | 4,
): CapturedFrame | string {
  const view = viewOf(body);
  const from = interfaces[width === 2 ? view.getUint16(0, little) : view.getUint32(0, little)];
  if (!from) return undescribed;
  const [captured, original] = [view.getUint32(12, little), view.getUint32(16, little)];
  if (20 + captured > body.length) return 'a packet that is longer than its block';
  const flags = readOptions(body.subarray(20 + ((captured + 3) & ~3)), little).get(2);
  const direction = flags?.length === 4 ? viewOf(flags).getUint32(0, little) & 3 : 0;
  return {
    linkType: from.linkType,
    data: body.subarray(20, 20 + captured),
    ...(from.name !== undefined && { device: from.name }),
    time: timeOf(from.scale, view.getUint32(4, little), view.getUint32(8, little)),
    isCut: original > captured,
    ...(direction !== 0 && { isSent: direction === 2 }),
  };
}

/** Of the first interface; how much was kept follows from what the interface keeps. */
function simplePacket(body: Uint8Array, { little, interfaces: [from] }: Section): CapturedFrame | string {
  if (!from) return undescribed;
  const original = viewOf(body).getUint32(0, little);
  const kept = Math.min(original, from.snapLength === 0 ? original : from.snapLength);
  if (4 + kept > body.length) return 'a packet that is longer than its block';
  return {
    linkType: from.linkType,
    data: body.subarray(4, 4 + kept),
    ...(from.name !== undefined && { device: from.name }),
    isCut: original > kept,
  };
}

/** Options: 2 is the name of the interface (if_name), 9 and 14 tell how it counts time (if_tsresol, if_tsoffset). */
function readInterface(body: Uint8Array, little: boolean): CaptureInterface {
  const view = viewOf(body);
  const options = readOptions(body.subarray(8), little);
  const [name, resolution, offset] = [2, 9, 14].map((code) => options.get(code));
  return {
    linkType: view.getUint16(0, little),
    snapLength: view.getUint32(4, little),
    ...(name && { name: String.fromCharCode(...name.subarray(0, 255)).replace(/\0+$/, '') }),
    scale: timeScale(
      resolution?.[0],
      offset?.length === 8 ? viewOf(offset).getBigInt64(0, little) : undefined,
    ),
  };
}

/** The first of each kind; 0 ends them. */
function readOptions(bytes: Uint8Array, little: boolean): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(bytes);
  const options = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const [code, length] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    if (code === 0) break;
    if (!options.has(code)) options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}
