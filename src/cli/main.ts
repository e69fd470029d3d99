#!/usr/bin/env node
// The file that is run. It says so where Node is too old, before anything is loaded that such a version can't read.
import { exitCode } from './exit.ts';

/** The oldest Node that everything works on, as package.json has it under `engines`. */
const oldest = '20.11';

if (isOlder(process.versions.node, oldest)) {
  process.stderr.write(`error: hookline needs Node ${oldest} or newer, and this is ${process.version}\n`);
  process.exitCode = exitCode.failed;
} else await import('./start.ts');

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
