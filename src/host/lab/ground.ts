// Where the namespaces of a lab stand: on the machine itself, as root, or in a user namespace, which anybody may make and
// which a process keeps.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommandError } from '../exec.ts';
import { identify } from './processes.ts';
import type { LabState, ProcessId } from './state.ts';

/** The kind of ground that this user has. */
export function groundHere(): LabState['ground'] {
  return process.getuid?.() === 0 ? 'machine' : 'user';
}

/** The words before a command that put it where the namespaces are. */
export function entryTo({ holder }: Pick<LabState, 'holder'>): readonly string[] {
  if (!holder) return [];
  const target = ['--target', String(holder.pid)];
  return ['nsenter', ...target, '--user', '--mount', '--net', '--preserve-credentials', '--'];
}

/** `ip netns` keeps its names in /run, which here is a folder of its own. */
const keep = 'mount -t tmpfs lab /run && mkdir /run/netns && echo ready && exec sleep infinity';

/** Starts the process that keeps a user namespace with a network of its own. Throws a {@link CommandError}. */
export async function holdUserNamespace(env: NodeJS.ProcessEnv): Promise<ProcessId> {
  const args = ['--user', '--map-root-user', '--net', '--mount', '--', 'sh', '-c', keep] as const;
  const child = spawn('unshare', args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ready = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    once(child, 'close').then(() => false),
  ]);
  const holder = child.pid === undefined ? undefined : identify(child.pid);
  if (!ready || !holder)
    throw new CommandError('permission', ['unshare', ...args], undefined, complaint.trim());
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  child.unref();
  return holder;
}
