// The bytes of a listing of connections: from the kernel of this machine, a file of any size, or a snapshot that has one.
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { isSnapshot, readSnapshot } from '../core/snapshot/snapshot.ts';
import { decodePacked, isPacked, maximumBytes, tooLarge } from '../host/files.ts';
import type { Context } from './context.ts';
import { demand, Failure } from './failure.ts';
import { live } from './input.ts';

/** `fromKernel` lists what `live` means. */
export function listingBytes(
  context: Context,
  path: string,
  fromKernel: () => AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  return path === live ? fromKernel() : unpacked(context, path);
}

/** What is not packed goes on as it comes. */
async function* unpacked(context: Context, path: string): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = [];
  let isFirst = true;
  for await (const bytes of context.bytes(path)) {
    if (packed.length > 0 || (isFirst && isPacked(bytes))) packed.push(bytes);
    else yield bytes;
    isFirst = false;
    if (sizeOf(packed) > maximumBytes) throw new Failure(tooLarge(path).diagnostics);
  }
  if (packed.length > 0) yield Buffer.from(listingIn(context, path, Buffer.concat(packed)));
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function listingIn(context: Context, path: string, bytes: Uint8Array): string {
  const source = demand(decodePacked(path, bytes), context.report);
  if (!isSnapshot(source)) return source.text;
  const { conntrack } = demand(readSnapshot(source), context.report).parts;
  if (conntrack !== undefined) return conntrack;
  throw new Failure([diagnostic('HK8105', `\`${path}\` has no connections`, { help: takeThem })]);
}

const takeThem = 'take the snapshot with `--conntrack`';
