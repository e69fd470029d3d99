// Programs of hookline itself that run where the namespaces of a lab are.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The words that start one, by the name of its file. */
export function programOfLab(name: 'listener' | 'prober', entry: readonly string[]): [string, ...string[]] {
  // Built, this file is of JavaScript.
  const file = new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url);
  const [first = process.execPath, ...rest] = [...entry, process.execPath, fileURLToPath(file)];
  return [first, ...rest];
}
