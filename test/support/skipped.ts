// A test that can't run on this machine says why, in one line.
import { writeSync } from 'node:fs';

/** Whether something is missing for a test or a suite, in words; if so, says so in a line as those of the kernel do. */
export function isSkipped(name: string, missing: readonly string[]): boolean {
  if (missing.length > 0) saySkipped(name, `needs ${missing.join(', ')}`);
  return missing.length > 0;
}

/** Writes past the console, which the test runner would print with a heading and blank lines of its own. */
export function saySkipped(name: string, reason: string): void {
  writeSync(2, `skipped: ${name}: ${reason}\n`);
}
