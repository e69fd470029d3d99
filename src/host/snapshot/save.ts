// Writes a snapshot: packed, for its owner alone, for it holds what a machine keeps to itself.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { type Snapshot, writeSnapshot } from '../../core/snapshot/snapshot.ts';
import { undoAtTheEnd } from '../ending.ts';
import { notWritable } from '../write-files.ts';

/** The bytes of a snapshot file. */
export function packSnapshot(snapshot: Snapshot): Buffer {
  return gzipSync(writeSnapshot(snapshot));
}

/**
 * Writes it beside its destination and renames it, so that it is there completely or not at all, mode 0600 from the
 * beginning. A symbolic link is replaced and never followed: what it points to stays as it is.
 */
export async function saveSnapshot(path: string, snapshot: Snapshot): Promise<Diagnostic | undefined> {
  const beside = join(dirname(path), `.hookline-${randomUUID()}`);
  const discard = () => rmSync(beside, { force: true });
  const isOver = undoAtTheEnd(discard);
  try {
    const before = await lstat(path).catch(() => undefined);
    if (before && !before.isFile() && !before.isSymbolicLink()) throw new Error('it is no file');
    await fill(beside, packSnapshot(snapshot));
    await rename(beside, path);
    return undefined;
  } catch (error) {
    return notWritable(path, error);
  } finally {
    discard();
    isOver();
  }
}

async function fill(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
