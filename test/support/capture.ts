// Captures that are there as a whole, for tests.
import { type CapturedPacket, openCapture } from '../../src/core/packet/capture.ts';

/** All frames, and what is wrong with the capture; in parts of so many bytes. */
export function wholeCapture(bytes: Uint8Array, device = 'eth0', size = Number.POSITIVE_INFINITY) {
  const reader = openCapture({ usual: device, byIndex: new Map() });
  const packets: CapturedPacket[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const part = reader.push(bytes.subarray(at, Math.min(bytes.length, at + size)));
    packets.push(...part.packets);
    if (part.problem) return { packets, problem: part.problem };
  }
  return { packets, problem: reader.end() };
}
