// Programs of hookline itself that run where the namespaces of a lab are.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, commandFrom } from '../exec.ts';
import { LabError } from './error.ts';

/** The words that start one, by the name of its file. Throws a {@link LabError} without the package that they need. */
export function programOfLab(name: 'listener' | 'prober', entry: readonly string[]): Command {
  if (!hasKoffi())
    throw new LabError(
      'the optional package `koffi` is not installed, which listening and asking need',
      'install it where hookline is installed: `npm install koffi`, or for all `npm install --global koffi`',
    );
  // Built, this file is of JavaScript.
  const file = new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url);
  return commandFrom([...entry, process.execPath, fileURLToPath(file)]);
}

function hasKoffi(): boolean {
  try {
    import.meta.resolve('koffi');
    return true;
  } catch {
    return false;
  }
}
