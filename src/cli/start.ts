// The entry point of the process: what comes from outside of the command line, such as readers that go away.
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { reasonOf } from '../host/files.ts';
import { reportOn } from './context.ts';
import { exitCode } from './exit.ts';
import { keepMemorySmall } from './memory.ts';
import { runProgram } from './program.ts';
import { openTerminal } from './terminal.ts';

keepMemorySmall();
process.stdout.on('error', outputLost);
process.stderr.on('error', () => process.exit(exitCode.failed));

process.exitCode = await runProgram(process.argv);

/** A reader that has seen enough (`| head`) closes the pipe, which is no failure; a full disk is one. */
function outputLost(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(exitCode.done);
  reportOn(openTerminal('auto'), [
    diagnostic('HK0007', `standard output can't be written: ${reasonOf(error)}`, {
      help: 'is the disk full?',
    }),
  ]);
  process.exit(exitCode.failed);
}
