// Files that only their owner may read and nobody else may have made: never through a symbolic link, and whoever reads one
// reads all of it as it was written, also after a crash.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, reasonOf } from '../files.ts';
import { ApplyError } from './error.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** Makes a folder for its owner alone, or demands that it is one. Throws an {@link ApplyError}. */
export function ownFolder(path: string): void {
  const above = dirname(resolve(path));
  if (!exists(above)) mkdirSync(above, { recursive: true, mode: 0o755 });
  demandSafeAbove(realpathSync(above));
  try {
    mkdirSync(path, { mode: 0o700 });
    syncFolder(above);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unwritable(path, error);
  }
  demandOwn(path);
}

/** Whether a folder is there; that it is its owner's alone is demanded then. */
export function hasOwnFolder(path: string): boolean {
  if (!exists(path)) return false;
  demandSafeAbove(realpathSync(dirname(resolve(path))));
  demandOwn(path);
  return true;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function demandOwn(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) throw distrusted(path, 'it is a symbolic link');
  if (!found.isDirectory()) throw distrusted(path, 'it is no folder');
  demandOwnerOnly(path, found);
}

/** Whoever may rename what is on the way to a folder may put another one in its place. */
function demandSafeAbove(path: string): void {
  const { uid, mode } = lstatSync(path);
  if (uid !== 0 && uid !== self()) throw distrusted(path, 'it belongs to another user');
  const isShared = (mode & 0o022) !== 0;
  const isSticky = (mode & 0o1000) !== 0;
  if (isShared && !isSticky) throw distrusted(path, 'other users may rename what is in it');
  if (dirname(path) !== path) demandSafeAbove(dirname(path));
}

function demandOwnerOnly(path: string, { uid, mode }: Stats): void {
  if (uid !== self()) throw distrusted(path, 'it belongs to another user');
  if ((mode & 0o077) !== 0) throw distrusted(path, 'other users may read or change it');
}

function self(): number {
  return process.geteuid?.() ?? 0;
}

function distrusted(path: string, reason: string): ApplyError {
  return new ApplyError(
    'state',
    `\`${path}\` is not trusted: ${reason}`,
    'what is noted of changes belongs to the user that makes them, and nobody else may read or change it (0700, files 0600)',
  );
}

function unwritable(path: string, error: unknown): ApplyError {
  return new ApplyError(
    'state',
    `\`${path}\` can't be written: ${reasonOf(error)}`,
    '`--state-dir` or `HOOKLINE_STATE` names another folder',
  );
}

/** Reads a file; undefined if there is none. Throws an {@link ApplyError} where it is not to be trusted or too large. */
export function readState(path: string, mostBytes: number): string | undefined {
  const fd = openIfThere(path);
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw distrusted(path, 'it is no file');
    demandOwnerOnly(path, found);
    if (found.size > mostBytes) throw distrusted(path, `it is larger than ${mostBytes} bytes`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** What is no file, such as a pipe that nobody writes to, must not make anybody wait. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') throw distrusted(path, 'it is a symbolic link');
    throw new ApplyError('state', `\`${path}\` can't be read: ${reasonOf(error)}`, 'run it as root');
  }
}

/** Writes a file, in place of one that is there; it is on the disk when this returns. */
export function writeState(path: string, text: string): void {
  const draft = writeDraft(path, text);
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** Writes a file unless it is there; of several that try, one alone gets true. */
export function writeStateOnce(path: string, text: string): boolean {
  const draft = writeDraft(path, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw unwritable(path, error);
  } finally {
    rmSync(draft, { force: true });
    syncFolder(dirname(path));
  }
}

function writeDraft(path: string, text: string): string {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const fd = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(path, error);
  }
  return draft;
}

/** Takes a file or folder away, for good. */
export function removeState(path: string): void {
  rmSync(path, { recursive: true, force: true });
  syncFolder(dirname(path));
}

/** The names in a folder, without what is on its way; none if there is no folder. */
export function namesIn(folder: string): readonly string[] {
  if (!hasOwnFolder(folder)) return [];
  return readdirSync(folder).filter((name) => !name.startsWith('.'));
}

/** Takes away what writers left that were killed; nobody else may write meanwhile. */
export function sweep(folder: string): void {
  for (const name of readdirSync(folder)) if (/^\..*\.[0-9a-f-]{36}$/.test(name)) rmSync(join(folder, name));
}

/** Opens a file to be locked, and makes it if needed. */
export function openLockFile(path: string): number {
  try {
    const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const found = fstatSync(fd);
    if (!found.isFile()) throw distrusted(path, 'it is no file');
    fchmodSync(fd, 0o600);
    return fd;
  } catch (error) {
    if (error instanceof ApplyError) throw error;
    if (codeOf(error) === 'ELOOP') throw distrusted(path, 'it is a symbolic link');
    throw unwritable(path, error);
  }
}

function syncFolder(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
