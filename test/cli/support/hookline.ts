// Runs the real command, in a process of its own, in a folder of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

export const repository = join(import.meta.dirname, '../../..');
/** As test/support/bundle.ts makes it of the sources. */
const main = join(repository, 'dist/command/main.js');
export const example = join(repository, 'examples/nat-gateway/policy.hook');

/** What a run did. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Circumstances {
  readonly cwd?: string;
  /** Standard input; without it, an empty one. */
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
  /** Words before the command, such as those that enter a namespace. */
  readonly entry?: readonly string[];
}

/** The words that start the command, for tests that start it themselves. */
export const command: readonly [string, ...string[]] = [process.execPath, main];

/** Runs `hookline` with these arguments. */
export function hookline(
  args: readonly string[],
  { cwd, input = '', env = {}, entry = [] }: Circumstances = {},
): Ran {
  const [program = '', ...words] = [...entry, ...command, ...args];
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: undefined, SSH_CONNECTION: undefined, ...env },
  });
  return { status, stdout, stderr };
}

/** A folder with these files, which is gone after the test. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** What every refusal looks like: exit code 2, nothing on stdout, a code and a way out, and no stack trace. */
export function expectRefusal({ status, stdout, stderr }: Ran, code: string): void {
  expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]: `, 'm'));
  expect(stderr).toMatch(/^ +(= )?help: \S/m);
  expect(stderr).not.toMatch(/^ +at .*:\d+|node:internal|HK0099/m);
  expect(stdout).toBe('');
  expect(status).toBe(2);
}

/** The names in a folder, sorted. */
export function namesIn(folder: string): readonly string[] {
  return readdirSync(folder).toSorted();
}
