// Questions on a terminal, one after the other, each again until its answer makes sense.
import { createInterface } from 'node:readline/promises';
import type { Answer } from '../core/starter/answer.ts';

/** One question; an empty answer is the default. */
export interface Question<T> {
  readonly text: string;
  readonly proposal: string;
  readonly read: (text: string) => Answer<T>;
}

/** Asks on a terminal until it is closed. */
export interface Asker {
  readonly ask: <T>(question: Question<T>) => Promise<T>;
  readonly close: () => void;
}

/** Asks on the terminal of this process; what is asked goes to standard error. */
export function openAsker(): Asker {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ask = async <T>({ text, proposal, read }: Question<T>): Promise<T> => {
    for (;;) {
      const said = (
        await terminal.question(proposal === '' ? `${text}: ` : `${text} [${proposal}]: `)
      ).trim();
      const answer = read(said === '' ? proposal : said);
      if ('value' in answer) return answer.value;
      process.stderr.write(`${answer.problem}\n`);
    }
  };
  return { ask, close: () => terminal.close() };
}
