// Writing results: each file is there completely or as it was before.
import { randomUUID } from 'node:crypto';
import { rmSync, type Stats } from 'node:fs';
import { mkdir, open, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { undoAtTheEnd } from './ending.ts';
import { codeOf, reasonOf } from './files.ts';

/** A text and where it goes. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** A result on its way: to a file by way of one beside it, straight to a pipe or device, which nothing may replace. */
type Staged = OutputFile & { readonly before: Stats | undefined } & (
    | { readonly kind: 'file'; readonly destination: string; readonly beside: string }
    | { readonly kind: 'device' }
  );

/**
 * Writes every text beside its destination and, when all are there, renames them. At a problem nothing is left behind,
 * nor when the process ends in between.
 */
export async function writeFiles(files: readonly OutputFile[]): Promise<Diagnostic | undefined> {
  const staged: Staged[] = [];
  const discard = () => {
    for (const one of staged) if (one.kind === 'file') rmSync(one.beside, { force: true });
  };
  const isOver = undoAtTheEnd(discard);
  try {
    const problem = await untilProblem(files, async (file) => void staged.push(await stage(file)));
    return problem ?? (await untilProblem(staged, fill)) ?? (await untilProblem(staged, publish));
  } finally {
    discard();
    isOver();
  }
}

/** Does the work for one after the other, up to the first that fails. */
async function untilProblem<File extends OutputFile>(
  files: readonly File[],
  work: (file: File) => Promise<void>,
): Promise<Diagnostic | undefined> {
  for (const file of files) {
    try {
      await work(file);
    } catch (error) {
      return notWritable(file.path, error);
    }
  }
  return undefined;
}

async function stage({ path, text }: OutputFile): Promise<Staged> {
  const before = await stat(path).catch(() => undefined);
  if (before?.isDirectory()) throw new Error('it is a directory');
  if (before && !before.isFile()) return { path, text, before, kind: 'device' };
  // What a symbolic link points to is replaced, and not the link.
  const destination = before ? await realpath(path) : path;
  const beside = join(dirname(destination), `.hookline-${randomUUID()}`);
  return { path, text, before, kind: 'file', destination, beside };
}

async function fill(one: Staged): Promise<void> {
  if (one.kind === 'device') return;
  const file = await open(one.beside, 'wx');
  try {
    await file.writeFile(one.text);
    if (one.before) {
      // Only root may give a file away; whoever may not, has one of their own.
      await file.chown(one.before.uid, one.before.gid).catch(() => undefined);
      await file.chmod(one.before.mode);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function publish(one: Staged): Promise<void> {
  return one.kind === 'device' ? writeFile(one.path, one.text) : rename(one.beside, one.destination);
}

/** Makes a folder for results if it isn't there. */
export async function makeFolder(path: string): Promise<Diagnostic | undefined> {
  try {
    await mkdir(path, { recursive: true });
    return undefined;
  } catch (error) {
    return notWritable(path, error);
  }
}

/** The problem of a file that can't be written. */
export function notWritable(path: string, error: unknown): Diagnostic {
  const reason = codeOf(error) === 'EEXIST' ? 'a file is in its place' : reasonOf(error);
  return diagnostic('HK0007', `\`${path}\` can't be written: ${reason}`, {
    help: 'check that its folder exists and may be written to; what was there before is as it was',
  });
}
