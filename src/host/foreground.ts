// A program that takes the place of this one for a while: its input and output are ours, and so are the keys of the
// terminal.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Command, CommandError } from './exec.ts';

/** What the terminal sends to all of them: the program says what it means. */
const keys = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a program to its end, and returns its exit code; that of a shell where a signal ended it. Throws a
 * {@link CommandError} if it does not start.
 */
export async function runInForeground(
  [file, ...args]: Command,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const before = keys.flatMap((key) => process.listeners(key).map((listener) => ({ key, listener })));
  for (const { key, listener } of before) process.off(key, listener);
  for (const key of keys) process.on(key, leaveIt);
  const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const end = () => void child.kill('SIGTERM');
  process.on('SIGTERM', end);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', () => reject(new CommandError('missing', [file, ...args])));
      child.once('exit', (code, signal) =>
        resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]),
      );
    });
  } finally {
    process.off('SIGTERM', end);
    for (const key of keys) process.off(key, leaveIt);
    for (const { key, listener } of before) process.once(key, listener);
  }
}

function leaveIt(): void {}
