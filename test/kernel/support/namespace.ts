// Empty network namespaces that are gone when the work is: by close(), by `await using`, at exit, and on Ctrl-C.
import { spawnSync } from 'node:child_process';
import { undoAtTheEnd } from '../../../src/host/ending.ts';
import { run } from '../../../src/host/exec.ts';
import type { LabHost } from '../../../src/host/lab/lab.ts';

/** A network namespace that this process made. */
export interface Namespace extends LabHost, AsyncDisposable {
  /** Ends the processes inside and removes it. */
  close(): Promise<void>;
}

/**
 * Makes an empty namespace, with no rules, no addresses and `lo` down. The label stays readable in its name, next to
 * this process's id, so that parallel runs do not collide.
 */
export async function createNamespace(label: string): Promise<Namespace> {
  sequence += 1;
  const name = `hookline-${process.pid}-${sequence}-${label}`;
  if (open.size === 0) stopWatching = undoAtTheEnd(removeAll);
  open.add(name);
  await run('ip', ['netns', 'add', name]);
  const close = async () => remove(name);
  return {
    name,
    run: (program, args, options) => run(program, args, { ...options, namespace: name }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

let sequence = 0;
const open = new Set<string>();
let stopWatching = (): void => undefined;

function removeAll(): void {
  for (const name of open) remove(name);
}

/** Synchronous, because nothing else still runs while the process exits. */
function remove(name: string): void {
  if (!open.delete(name)) return;
  const inside = netns('pids', name).split('\n').filter(Boolean).map(Number);
  for (const pid of inside) kill(pid);
  netns('delete', name);
  if (open.size === 0) stopWatching();
}

function netns(...args: string[]): string {
  return spawnSync('ip', ['netns', ...args], { encoding: 'utf8' }).stdout ?? '';
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
