// How a command ends early: with diagnostics that say why.

import { type Diagnostic, diagnostic, type Outcome } from '../core/diagnostic/diagnostic.ts';
import type { Help } from '../core/diagnostic/meant.ts';

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
