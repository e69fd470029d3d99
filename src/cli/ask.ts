// Questions on a terminal, one after the other, each again until its answer makes sense.
import { createInterface } from 'node:readline/promises';
import type { Answer } from '../core/starter/answer.ts';
import { wrongUsage } from './failure.ts';

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
  const left = new AbortController();
  terminal.once('close', () => left.abort());
  const say = (text: string): Promise<string> =>
    terminal.question(text, { signal: left.signal }).catch(() => {
      throw wrongUsage(
        'the questions were left unanswered',
        'nothing was written; answer them, or say all in flags',
      );
    });
  const ask = async <T>({ text, proposal, read }: Question<T>): Promise<T> => {
    for (;;) {
      const said = (await say(proposal === '' ? `${text}: ` : `${text} [${proposal}]: `)).trim();
      const answer = read(said === '' ? proposal : said);
      if ('value' in answer) return answer.value;
      process.stderr.write(`${answer.problem}\n`);
    }
  };
  return { ask, close: () => terminal.close() };
}
