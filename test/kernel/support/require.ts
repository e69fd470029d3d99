// The gate of the kernel tests: where the machine lacks what they need they skip with one line that says what is
// missing, and under HOOKLINE_KERNEL=required they fail instead.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';
import { saySkipped } from '../../support/skipped.ts';

/** A need beside programs: that somebody without root may make namespaces, and read the files of this repository. */
export const userNamespaces = 'user namespaces';

/** The words that make a command run as somebody without root. */
export const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;

/**
 * A suite that asks the real kernel. `needs` names the programs it runs, beside `ip`, which every lab needs; root and
 * network namespaces are always needed.
 */
export function describeKernel(name: string, needs: readonly string[], body: () => void): void {
  const missing = missingOf(['ip', ...needs]);
  if (missing.length === 0) describe(name, body);
  else if (process.env.HOOKLINE_KERNEL === 'required' && missing.some(isDemanded))
    describeFailing(name, missing);
  else describeSkipped(name, missing, body);
}

/** Containers and distributions often forbid user namespaces, and no package brings them. */
function isDemanded(need: string): boolean {
  return need !== userNamespaces;
}

/** What of these programs, root and network namespaces this machine lacks, in words. */
export function missingOf(programs: readonly string[]): readonly string[] {
  const absent = programs
    .filter((program) => (program === userNamespaces ? !hasUserNamespaces() : !isOnPath(program)))
    .map((program) => (program === userNamespaces ? program : `\`${program}\``));
  if (process.getuid?.() !== 0) return ['root', ...absent];
  return absent.length > 0 || hasNamespaces() ? absent : ['network namespaces'];
}

function describeFailing(name: string, missing: readonly string[]): void {
  describe(name, () => {
    test('the machine has what the kernel tests need', () => {
      throw new Error(`HOOKLINE_KERNEL=required, but there is no ${missing.join(', no ')}`);
    });
  });
}

function describeSkipped(name: string, missing: readonly string[], body: () => void): void {
  saySkipped(name, `needs ${missing.join(', ')}`);
  describe.skip(name, body);
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let namespacesWork: boolean | undefined;

/** Tried once a process, because a container may be root and still be refused namespaces or the mount behind them. */
function hasNamespaces(): boolean {
  namespacesWork ??= tryNamespace(`hookline-probe-${process.pid}`);
  return namespacesWork;
}

function tryNamespace(name: string): boolean {
  const works = netns('add', name) && netns('exec', name, 'true');
  netns('delete', name);
  return works;
}

function hasUserNamespaces(): boolean {
  const [program, ...words] = asNobody;
  const tried = [
    'unshare',
    '--user',
    '--map-root-user',
    '--net',
    '--mount',
    'test',
    '-r',
    import.meta.filename,
  ];
  return spawnSync(program, [...words, ...tried], { stdio: 'ignore' }).status === 0;
}

function netns(...args: string[]): boolean {
  return spawnSync('ip', ['netns', ...args], { stdio: 'ignore' }).status === 0;
}
