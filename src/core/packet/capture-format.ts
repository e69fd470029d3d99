// What readers of the two capture formats have in common: they take one record after the other from a buffer.
import type { CapturedFrame } from './captured.ts';

/**
 * Reads the record at the beginning of the bytes. `more`: it is not all there yet. A problem is a fragment of a sentence;
 * nothing behind it can be read.
 */
export type RecordReader = (bytes: Uint8Array) => RecordRead;

export type RecordRead =
  | { readonly size: number; readonly frame?: CapturedFrame }
  | { readonly problem: string }
  | 'more';

/** No link has frames, and no tool writes blocks, of more bytes; a larger number is no length. */
export const mostBytes = 2 ** 24;
