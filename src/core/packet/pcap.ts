// The pcap format (draft-ietf-opsawg-pcap): a file header, then the frames.
import { viewOf } from './bytes.ts';
import { mostBytes, type RecordReader } from './capture-format.ts';

/** Bytes of the header of a file. */
export const pcapHeader = 24;

/** By magic number: whether the file is little-endian, and how many nanoseconds a unit of its fractions has. */
const formats: ReadonlyMap<number, { readonly little: boolean; readonly unit: bigint }> = new Map([
  [0xa1b2c3d4, { little: false, unit: 1000n }],
  [0xa1b23c4d, { little: false, unit: 1n }],
  [0xd4c3b2a1, { little: true, unit: 1000n }],
  [0x4d3cb2a1, { little: true, unit: 1n }],
]);

/** Whether a file that begins like this is pcap. */
export function isPcap(magic: number): boolean {
  return formats.has(magic);
}

/** A reader of the frames behind the header. The upper half of the link type has flags. */
export function pcapReader(header: Uint8Array): RecordReader {
  const view = viewOf(header);
  const { little, unit } = formats.get(view.getUint32(0)) ?? { little: true, unit: 1000n };
  const linkType = view.getUint32(20, little) & 0xffff;
  return (bytes) => {
    if (bytes.length < 16) return 'more';
    const record = viewOf(bytes);
    const [length, original] = [record.getUint32(8, little), record.getUint32(12, little)];
    if (length > mostBytes) return { problem: `a frame of ${length} bytes can't be` };
    const size = 16 + length;
    if (bytes.length < size) return 'more';
    const time =
      BigInt(record.getUint32(0, little)) * 1_000_000_000n + BigInt(record.getUint32(4, little)) * unit;
    return { size, frame: { linkType, data: bytes.subarray(16, size), time, isCut: original > length } };
  };
}
