// Deleting connections of this machine: each by a command that means it alone, after a question.
import type { DumpedEntry } from '../core/conntrack/dumped.ts';
import { formatEntry } from '../core/conntrack/format.ts';
import { deletionOf } from '../core/conntrack-command/write.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { deleteEach } from '../host/delete-connections.ts';
import { openAsker } from './ask.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure, programProblem } from './failure.ts';
import { openProgress } from './progress.ts';

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

/** Runs the commands; 0 if none of the connections is left. */
export async function deleteConnections(
  { out, err }: Context,
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
  const progress = openProgress(err, 'connections', commands.length);
  const { deleted, gone, problem } = await deleteEach(commands, progress.step).finally(progress.end);
  const left = commands.length - deleted - gone;
  const rest = [
    gone > 0 && `${gone} had gone already`,
    left > 0 && `${left} ${left === 1 ? 'is' : 'are'} left`,
  ].filter(Boolean);
  out.write(`${[`${deleted} ${nounFor(deleted)} deleted`, ...rest].join(', ')}\n`);
  if (problem) throw new Failure([programProblem(problem)]);
  return exitCode.done;
}

function nounFor(connections: number): string {
  return connections === 1 ? 'connection' : 'connections';
}

async function agrees(connections: number): Promise<boolean> {
  const asker = openAsker();
  try {
    return await asker.ask({
      text: `delete ${connections} ${nounFor(connections)}? yes or no`,
      proposal: 'no',
      read: (said) =>
        said === 'yes' || said === 'no' ? { value: said === 'yes' } : { problem: 'say `yes` or `no`' },
    });
  } finally {
    asker.close();
  }
}
