// One change at a time: a lock that the kernel frees when this process and all that it started have ended.
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../exec.ts';
import { ApplyError } from './error.ts';
import { runAt, type Site } from './site.ts';
import { openLockFile, readState, writeState } from './state-files.ts';

const holder = z.strictObject({ pid: z.int().positive(), command: z.string().max(100) });

/** Who holds the lock. */
export type Holder = z.infer<typeof holder>;

/** How flock(1) ends where another one holds the lock. */
const isHeld = 75;

/**
 * Does work while nobody else changes the rules; whoever holds the lock is named where it is refused after some seconds of
 * waiting. The folder of the site is there. Throws an {@link ApplyError}.
 */
export async function locked<T>(
  site: Site,
  command: string,
  work: (site: Site) => Promise<T>,
  seconds = 0,
): Promise<T> {
  const fd = openLockFile(join(site.folder, 'lock'));
  try {
    if (!(await isTaken({ ...site, keep: [fd] }, seconds))) throw busy(holderIn(site));
    writeState(join(site.folder, 'holder.json'), JSON.stringify({ pid: process.pid, command }));
    return await work({ ...site, keep: [fd] });
  } finally {
    closeSync(fd);
  }
}

/** flock(1) locks the open file that it got, which is ours as well, and leaves it locked when it ends. */
async function isTaken(site: Site, seconds: number): Promise<boolean> {
  try {
    const { namespace: _, ...here } = site;
    await runAt(here, 'flock', ['--exclusive', '--timeout', `${seconds}`, '-E', `${isHeld}`, '3']);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === isHeld) return false;
    throw error;
  }
}

/** Who took it last. */
function holderIn({ folder }: Site): Holder | undefined {
  const text = readState(join(folder, 'holder.json'), 1000);
  const read = text === undefined ? undefined : holder.safeParse(parsed(text));
  return read?.success ? read.data : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function busy(by: Holder | undefined): ApplyError {
  const who = by ? `\`hookline ${by.command}\` with process id ${by.pid}` : 'another process';
  return new ApplyError(
    'refused',
    `${who} is changing the rules`,
    'wait until it is done; `hookline status` says what is in force',
  );
}
