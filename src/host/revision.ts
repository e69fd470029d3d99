// Which state of a repository a file is from.
import { basename, dirname, resolve } from 'node:path';
import { CommandError, run } from './exec.ts';

/** A commit, and whether the file differs from what the commit has. */
export interface Revision {
  readonly commit: string;
  readonly dirty: boolean;
}

/**
 * What git says of a file; undefined where it is in no repository, or git is not there. Git itself refuses repositories of
 * other users, and no program that a repository names is run.
 */
export async function revisionOf(path: string): Promise<Revision | undefined> {
  if (path === '-' || path.startsWith('<')) return undefined;
  const folder = dirname(resolve(path));
  const git = (...words: readonly string[]) =>
    run('git', ['-C', folder, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...words], {
      timeoutMs: 10_000,
    });
  try {
    const commit = (await git('rev-parse', '--verify', 'HEAD')).trim();
    if (!/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
    const changed = await git('status', '--porcelain', '--', basename(path));
    return { commit, dirty: changed.trim() !== '' };
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
