// Where rules are changed, and where it is noted: the network namespace, and a folder for it.
import { readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, run, trustedPath } from '../exec.ts';
import { reasonOf } from '../files.ts';
import { ApplyError } from './error.ts';

/** Whose rules are changed. */
export interface Site {
  /** By the name that `ip netns` knows; the caller's own if absent. */
  readonly namespace?: string | undefined;
  /** What is noted of changes there. */
  readonly folder: string;
  /** Descriptors that programs get to keep, so that a lock is held until all of them have ended. */
  readonly keep?: readonly number[];
}

/** Where what is noted is by default. */
const defaultFolder = '/var/lib/hookline';

/** The folder that holds those of all namespaces: what was said, else `HOOKLINE_STATE`, else that of the machine. */
export function stateFolder(said: string | undefined): string {
  const { HOOKLINE_STATE } = process.env;
  return said ?? (HOOKLINE_STATE || defaultFolder);
}

/** The network namespace of this process, or one by its name. Throws an {@link ApplyError} where it can't be told. */
export function siteIn(folder: string, namespace?: string): Site {
  try {
    return { namespace, folder: join(folder, nameOf(namespace)) };
  } catch (error) {
    throw new ApplyError(
      'failed',
      `which network namespace this is can't be told: ${reasonOf(error)}`,
      'run it as root',
    );
  }
}

/** `machine` for the one that the first process is known to be in; the others have no name of their own. */
function nameOf(namespace: string | undefined): string {
  if (namespace !== undefined) return `netns-${statSync(join('/run/netns', namespace)).ino}`;
  const own = readlinkSync('/proc/self/ns/net');
  return own === linkOfFirst() ? 'machine' : `netns-${/\d+/.exec(own)?.[0]}`;
}

/** In a container it may not be looked at. */
function linkOfFirst(): string | undefined {
  try {
    return readlinkSync('/proc/1/ns/net');
  } catch {
    return undefined;
  }
}

/** Milliseconds: no program that changes rules takes longer. */
const timeoutMs = 300_000;

/** Runs a program where the rules are. Throws a {@link CommandError}. */
export function runAt(
  { namespace, keep }: Site,
  program: string,
  args: readonly string[],
  options: Pick<RunOptions, 'input'> = {},
): Promise<string> {
  return run(program, args, { namespace, keep, timeoutMs, env: { PATH: trustedPath }, ...options });
}
