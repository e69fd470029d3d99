// Frames of two captures with other headers find each other by what they hold, whatever their times and their order.
import { expect, test } from 'vitest';
import { isTagged, readCooked, takeSame } from './cooked.ts';

const peer = '00060200000000ff0000';
const [first, second] = ['4500001c0000000040016', '4500001cc30e000040016'].map((start) =>
  start.padEnd(56, '0'),
);

/** A capture with these records, each a second behind the one before, from a time on. */
function captureOf(linkType: number, from: number, records: readonly string[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d);
  header.writeUInt32LE(linkType, 20);
  const bodies = records.map((record, at) => {
    const bytes = Buffer.from(record, 'hex');
    const head = Buffer.alloc(16);
    head.writeUInt32LE(from + at);
    head.writeUInt32LE(bytes.length, 8);
    head.writeUInt32LE(bytes.length, 12);
    return Buffer.concat([head, bytes]);
  });
  return Buffer.concat([header, ...bodies]);
}

const older = (type: string, body: string) => `00000001${peer}${type}${body}`;
const newer = (device: number, body: string) =>
  `08000000000000${device.toString(16).padStart(2, '0')}000100${peer.slice(2)}${body}`;

const byIndex = new Map([
  [2, 'lan0'],
  [3, 'lan0.10'],
]);

test('a tag is found, and the frame behind it, in another order and at other times', () => {
  const tagged = [
    ...readCooked(
      captureOf(113, 5, [
        older('0800', `${second}`),
        older('8100', `000a0800${first}`),
        older('0800', `${first}`),
      ]),
      byIndex,
    ),
  ];
  const named = readCooked(
    captureOf(276, 9, [newer(2, `${first}`), newer(3, `${first}`), newer(2, `${second}`)]),
    byIndex,
  );
  const pairs = named.map((one) => ({ one, same: takeSame(tagged, one) }));
  expect(pairs.map(({ one, same }) => [one.packet.device, isTagged(same, one)])).toEqual([
    ['lan0', true],
    ['lan0.10', false],
    ['lan0', false],
  ]);
  expect(tagged).toEqual([]);
});

test('a frame that the other did not see is an error', () => {
  const [one] = readCooked(captureOf(276, 9, [newer(2, `${first}`)]), byIndex);
  expect(() => one && takeSame([], one)).toThrow('only one tcpdump saw frame 1');
});
