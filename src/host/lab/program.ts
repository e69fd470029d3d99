// Programs of hookline itself that run where the namespaces of a lab are.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, commandFrom } from '../exec.ts';

/** The words that start one, by the name of its file. */
export function programOfLab(name: 'listener' | 'prober', entry: readonly string[]): Command {
  // Built, this file is of JavaScript.
  const file = new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url);
  return commandFrom([...entry, process.execPath, fileURLToPath(file)]);
}
