// Taking connections out of the kernel's table by `conntrack -D`: many commands to a process, and several processes at once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, outputOf, run } from './exec.ts';

/** What has become of the connections. */
export interface DeletionCounts {
  readonly deleted: number;
  /** Those that were not there any more. */
  readonly gone: number;
  /** What ended it; the other connections were left alone. */
  readonly problem?: CommandError;
}

/** So many commands go to one process: few enough that each of the processes has some, and that it shows how far they are. */
const mostTogether = 64;

/**
 * Carries commands out, each of which deletes one connection at most: the words behind `conntrack`. Each has the kernel list
 * its whole table, so that several processes help as long as there are processors. `done` hears of each.
 */
export async function deleteEach(
  commands: readonly (readonly string[])[],
  done: () => void,
): Promise<DeletionCounts> {
  const counts = { deleted: 0, gone: 0 };
  const workers = Math.min(4, availableParallelism());
  const size = Math.max(1, Math.min(mostTogether, Math.ceil(commands.length / workers)));
  let at = 0;
  let problem: CommandError | undefined;
  const work = async () => {
    while (at < commands.length && !problem) {
      const batch = commands.slice(at, at + size);
      at += size;
      const ended = await deleteTogether(batch);
      counts.deleted += ended.deleted;
      counts.gone += ended.gone;
      problem ??= ended.problem;
      for (let one = 0; one < ended.deleted + ended.gone; one++) done();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { ...counts, ...(problem && { problem }) };
}

/** Where one process can't do them all, as one before conntrack 1.4.7, each command is carried out by itself. */
async function deleteTogether(commands: readonly (readonly string[])[]): Promise<DeletionCounts> {
  const together = await load(commands);
  if (!together) return deleteSingly(commands);
  if (!together.problem) return { deleted: together.deleted, gone: commands.length - together.deleted };
  const single = await deleteSingly(commands);
  // What was deleted together is gone for those that come afterwards.
  return {
    ...single,
    deleted: single.deleted + together.deleted,
    gone: Math.max(0, single.gone - together.deleted),
  };
}

/**
 * conntrack opens its file by name, which fails for the sockets that Node gives as pipes; undefined where no file can be
 * written. It prints what it has deleted.
 */
async function load(
  commands: readonly (readonly string[])[],
): Promise<Omit<DeletionCounts, 'gone'> | undefined> {
  const folder = await writeCommands(commands);
  if (folder === undefined) return undefined;
  let deleted = 0;
  try {
    for await (const part of outputOf('conntrack', ['-R', join(folder, fileName)]))
      for (const byte of part) if (byte === newline) deleted++;
    return { deleted };
  } catch (problem) {
    if (!(problem instanceof CommandError)) throw problem;
    return { deleted, problem };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const newline = 10;

const fileName = 'commands';

/** A new folder with the file of the commands. */
async function writeCommands(commands: readonly (readonly string[])[]): Promise<string | undefined> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), 'hookline-delete-'));
    await writeFile(join(folder, fileName), commands.map((words) => `${words.join(' ')}\n`).join(''));
    return folder;
  } catch {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    return undefined;
  }
}

async function deleteSingly(commands: readonly (readonly string[])[]): Promise<DeletionCounts> {
  const counts = { deleted: 0, gone: 0 };
  try {
    for (const words of commands) counts[await deleteOne(words)]++;
    return counts;
  } catch (problem) {
    if (!(problem instanceof CommandError)) throw problem;
    return { ...counts, problem };
  }
}

/** conntrack ends with 1 where it has found nothing to delete. */
async function deleteOne(words: readonly string[]): Promise<'deleted' | 'gone'> {
  try {
    await run('conntrack', words);
    return 'deleted';
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === 1 && error.stderr.includes('0 flow entries'))
      return 'gone';
    throw error;
  }
}
