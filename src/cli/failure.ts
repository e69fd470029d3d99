// How a command ends early: with diagnostics that say why.

import { type Diagnostic, diagnostic, type Outcome } from '../core/diagnostic/diagnostic.ts';
import type { Help } from '../core/diagnostic/meant.ts';
import type { CommandError } from '../host/exec.ts';

/** Thrown by commands; the entry point prints the diagnostics and exits with 2. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => one.message).join('; '));
    this.diagnostics = diagnostics;
  }
}

/** Ends the command because its arguments make no sense. */
export function wrongUsage(message: string, help?: Help): Failure {
  return new Failure([diagnostic('HK0010', message, { help })]);
}

/** Ends the command because a result could not be written. */
export function demandWritten(problem: Diagnostic | undefined): void {
  if (problem) throw new Failure([problem]);
}

/** The value of an outcome; what was found on the way goes to `report`, and without a value the command ends. */
export function demand<T>(
  { value, diagnostics }: Outcome<T>,
  report: (found: readonly Diagnostic[]) => void,
): T {
  if (value === undefined) throw new Failure(diagnostics);
  report(diagnostics);
  return value;
}

/** What went wrong with another program. */
export function programProblem({ kind, message, program }: CommandError, failureHelp?: string): Diagnostic {
  const help = {
    missing: `install the package of your distribution that has \`${program}\``,
    permission: 'run it as root',
    timeout: 'is the machine under heavy load?',
    failure: failureHelp,
  }[kind];
  return diagnostic('HK0012', onOneLine(message), { help });
}

/** Without lines that only mark a place in the line above. */
function onOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => !/^[\^~ ]*$/.test(line)).join('; ');
}
