// Files of a host's configuration, and folders of them such as /etc/netplan.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, diagnostic, type Outcome } from '../core/diagnostic/diagnostic.ts';
import { formatOf } from '../core/host-config/read.ts';
import type { Source } from '../core/text/source.ts';
import { readProblem, readSource } from './files.ts';

/** Whether a path is a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Reads the files of a folder whose kinds are known, in the order of their names, and those in its folders `….d`. The
 * others are warned of.
 */
export async function readConfiguration(folder: string): Promise<Outcome<readonly Source[]>> {
  const found: Diagnostic[] = [];
  const sources: Source[] = [];
  for (const path of filesIn(folder, found)) {
    const read = await readSource(path);
    if (read.value && formatOf(read.value)) sources.push(read.value);
    else found.push(diagnostic('HK8007', `\`${path}\` is passed over: its kind is not known`));
  }
  if (sources.length === 0)
    found.push(
      diagnostic('HK0002', `\`${folder}\` is a directory without a file of a known kind`, {
        help: 'name the folder of one program, such as /etc/netplan, or files',
      }),
    );
  return { value: sources.length > 0 ? sources : undefined, diagnostics: found };
}

function filesIn(folder: string, found: Diagnostic[]): readonly string[] {
  const names = namesIn(folder, found).toSorted();
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (!isFolder(path)) return [path];
    return name.endsWith('.d') ? filesIn(path, found) : [];
  });
}

function namesIn(folder: string, found: Diagnostic[]): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    found.push(readProblem(folder, error));
    return [];
  }
}
