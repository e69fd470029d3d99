#!/usr/bin/env node
// The entry point: runs the command line and turns every way it can end into an exit code.
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { CommandError } from '../host/exec.ts';
import { reportOn } from './context.ts';
import { exitCode } from './exit.ts';
import { Failure } from './failure.ts';
import { runProgram } from './program.ts';
import { openTerminal } from './terminal.ts';

process.on('SIGINT', () => process.exit(exitCode.interrupted));
// A reader that has seen enough (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.done);
  throw error;
});

try {
  process.exitCode = await runProgram(process.argv);
} catch (error) {
  reportOn(openTerminal('auto'), problemsOf(error));
  process.exitCode = exitCode.failed;
}

function problemsOf(error: unknown) {
  if (error instanceof Failure) return error.diagnostics;
  if (error instanceof CommandError) return [diagnostic('HK0012', error.message)];
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    diagnostic('HK0099', `hookline itself failed: ${message}`, {
      help: 'this is a bug: please report it with the policy and the command',
    }),
  ];
}
