// Starts who undoes a change that nobody confirms.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Command, commandFrom, trustedPath } from '../exec.ts';
import { ApplyError } from './error.ts';
import type { Meta } from './generation.ts';
import { runAt, type Site } from './site.ts';

/** Somebody who holds on to the state before. */
export interface Guard {
  /** The time begins anew: the change has been made. */
  loaded(): void;
  /** Lets it be on its own. */
  leave(): void;
}

/** What is held on to. */
type Guarded = Pick<Meta, 'id' | 'number' | 'confirm'>;

/** Who may hold on to it. */
type Keeper = 'systemd' | 'process';

/** systemd, where it is the first process (sd_booted(3)) and the rules are those of its namespace. */
export function keeperAt(
  site: Pick<Site, 'folder' | 'namespace'>,
  booted = existsSync('/run/systemd/system'),
): Keeper {
  return booted && site.namespace === undefined && site.folder.endsWith('/machine') ? 'systemd' : 'process';
}

/** Starts a guard, which holds when this returns. Throws an {@link ApplyError}. */
export function startGuard(site: Site, meta: Meta): Promise<Guard> {
  return keeperAt(site) === 'systemd' ? startTimer(site, meta) : startProcess(site, meta);
}

/** The words that start the guardian; built, this file is of JavaScript. */
function guardian({ folder }: Site, { number }: Guarded, seconds: number): Command {
  const file = new URL(`./guardian${extname(import.meta.filename)}`, import.meta.url);
  return commandFrom([process.execPath, fileURLToPath(file), folder, `${number}`, `${seconds}`]);
}

/** The unit that systemd runs when the time is over. */
export function timerWords(site: Site, meta: Guarded): Command {
  const unit = `--unit=hookline-${meta.id}`;
  const timer = ['--on-active', `${meta.confirm ?? 0}s`, '--timer-property=AccuracySec=100ms'];
  return commandFrom(['systemd-run', '--quiet', '--collect', unit, ...timer, ...guardian(site, meta, 0)]);
}

async function startTimer(site: Site, meta: Meta): Promise<Guard> {
  const [program, ...args] = timerWords(site, meta);
  await runAt({ folder: site.folder }, program, args);
  return { loaded: () => undefined, leave: () => undefined };
}

/** In a session of its own, child of the first process: no terminal, no group of processes and no parent ends it. */
async function startProcess(site: Site, meta: Meta): Promise<Guard> {
  const { namespace } = site;
  const there = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  const [program, ...args] = commandFrom([
    ...there,
    'setsid',
    '--fork',
    ...guardian(site, meta, meta.confirm ?? 0),
  ]);
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: trustedPath, LC_ALL: 'C' },
  });
  child.stdin.on('error', () => undefined);
  const said = createInterface({ input: child.stdout });
  const holds = await new Promise<boolean>((resolve) => {
    said.once('line', (line) => resolve(line === 'holding'));
    said.once('close', () => resolve(false));
    child.once('error', () => resolve(false));
  });
  if (!holds) throw noGuard();
  return {
    loaded: () => void child.stdin.write('loaded\n'),
    leave: () => {
      child.stdin.end();
      child.stdout.destroy();
      child.unref();
    },
  };
}

function noGuard(): ApplyError {
  return new ApplyError(
    'failed',
    'the process that would undo the change could not be started, so nothing was changed',
    'is `setsid` (util-linux) installed? without `--confirm` nothing has to be started',
  );
}
