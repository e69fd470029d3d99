// A program that goes on running, and what is known of it at any moment.
import type { ChildProcess } from 'node:child_process';

/** What is known. */
export interface WatchedChild {
  /** What it has said on standard error, as far as that is short. */
  readonly said: () => string;
  readonly isOver: () => boolean;
  /** It could not even be started. */
  readonly isMissing: () => boolean;
  readonly ended: Promise<void>;
}

/** So many characters of its messages are kept. */
const mostSaid = 4000;

/** From its beginning on. */
export function watchChild(child: ChildProcess): WatchedChild {
  const known = { said: '', isOver: false, isMissing: false };
  child.stderr?.on('data', (part: Buffer) => {
    known.said = `${known.said}${part.toString()}`.slice(0, mostSaid);
  });
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      known.isOver = true;
      resolve();
    };
    child.once('close', end).once('error', () => {
      known.isMissing = true;
      end();
    });
  });
  return {
    said: () => known.said,
    isOver: () => known.isOver,
    isMissing: () => known.isMissing,
    ended,
  };
}
