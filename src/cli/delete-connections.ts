// Deleting connections of this machine: each by a command that means it alone, after a question.
import type { DumpedEntry } from '../core/conntrack/dumped.ts';
import { formatEntry } from '../core/conntrack/format.ts';
import { deletionOf } from '../core/conntrack-command/write.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { CommandError, run } from '../host/exec.ts';
import { openAsker } from './ask.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure, programProblem } from './failure.ts';

/** The connections to delete. */
export interface Deletions {
  /** Writes the command at once, or says why there is none. */
  print(entry: DumpedEntry): void;
  keep(entry: DumpedEntry): void;
  /** The words behind `conntrack` of each that was kept. */
  listed(): readonly (readonly string[])[];
}

/** None yet. */
export function deletions({ out, report }: Context): Deletions {
  const kept: (readonly string[])[] = [];
  const wordsOf = (entry: DumpedEntry): readonly string[] | undefined => {
    const { words, ...why } = deletionOf(entry);
    if (!words && 'reason' in why)
      report([
        diagnostic('HK7007', `no command deletes only \`${formatEntry(entry)}\``, { help: why.reason }),
      ]);
    return words;
  };
  return {
    print(entry) {
      const words = wordsOf(entry);
      if (words) out.write(`conntrack ${words.join(' ')}\n`);
    },
    keep(entry) {
      const words = wordsOf(entry);
      if (words) kept.push(words);
    },
    listed: () => kept,
  };
}

/** Runs the commands one after the other; 0 if none of the connections is left. */
export async function deleteConnections(
  { out }: Context,
  commands: readonly (readonly string[])[],
  agreed: boolean,
): Promise<ExitCode> {
  if (commands.length === 0) {
    out.write('no connection is stale: nothing was deleted\n');
    return exitCode.done;
  }
  if (!agreed && !(await agrees(commands.length))) {
    out.write('nothing was deleted\n');
    return exitCode.no;
  }
  const counts = { deleted: 0, gone: 0 };
  for (const words of commands) counts[await deleteOne(words)]++;
  const gone = counts.gone > 0 ? `, ${counts.gone} had gone already` : '';
  out.write(`${counts.deleted} connections deleted${gone}\n`);
  return exitCode.done;
}

async function agrees(connections: number): Promise<boolean> {
  const asker = openAsker();
  try {
    return await asker.ask({
      text: `delete ${connections} ${connections === 1 ? 'connection' : 'connections'}? yes or no`,
      proposal: 'no',
      read: (said) =>
        said === 'yes' || said === 'no' ? { value: said === 'yes' } : { problem: 'say `yes` or `no`' },
    });
  } finally {
    asker.close();
  }
}

/** conntrack ends with 1 where it has found nothing to delete. */
async function deleteOne(words: readonly string[]): Promise<'deleted' | 'gone'> {
  try {
    await run('conntrack', words);
    return 'deleted';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.exitCode === 1 && error.stderr.includes('0 flow entries')) return 'gone';
    throw new Failure([programProblem(error)]);
  }
}
