// Removes all of a lab. Synchronous, because it also happens while the process exits.
import { readdirSync } from 'node:fs';
import { runAndWait } from '../exec.ts';
import { LabError } from './error.ts';
import { isRunning, processesOf } from './processes.ts';
import { forget, type LabState } from './state.ts';

/** Ends whoever is at work on a lab and all processes in it, deletes its namespaces, and forgets it. Throws a {@link LabError}. */
export function removeLab(state: LabState): void {
  endProcesses(state);
  if (state.ground === 'machine') deleteNamespaces(state.namespaces);
  forget(state);
}

/** A user namespace is gone with the last of them. What they start meanwhile is found in the next turn. */
function endProcesses(state: LabState): void {
  const { maker } = state;
  if (maker && maker.pid !== process.pid && isRunning(maker)) kill(maker.pid);
  const deadline = performance.now() + 5000;
  for (let pids = processesOf(state); pids.length > 0; pids = processesOf(state)) {
    if (performance.now() > deadline)
      throw new LabError(`processes ${pids.join(', ')} of the lab do not end`, 'end them, and try again');
    for (const pid of pids) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/** What somebody else deletes at the same time is no failure. */
function deleteNamespaces(names: readonly string[]): void {
  const left = () => namespacesOfMachine().filter((name) => names.includes(name));
  const lines = left().map((name) => `netns delete ${name}\n`);
  if (lines.length === 0) return;
  try {
    runAndWait('ip', ['-force', '-batch', '-'], lines.join(''));
  } catch (error) {
    if (left().length > 0) throw error;
  }
}

/** All that `ip netns` knows. */
export function namespacesOfMachine(): readonly string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}
