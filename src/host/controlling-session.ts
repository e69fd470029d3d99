// The connection of SSH that this process is controlled by.
import { readFileSync } from 'node:fs';

/**
 * What sshd(8) has put into `SSH_CONNECTION`: of this process, or of one that led to it, because sudo(8) and su(1) take it
 * out of the environment. Undefined where nobody has it.
 */
export function controllingSession(): string | undefined {
  const own = process.env['SSH_CONNECTION'];
  if (own) return own;
  // Every process has few before it.
  let pid = process.ppid;
  for (let steps = 0; pid > 1 && steps < 100; steps++) {
    const found = sessionOf(pid);
    if (found) return found;
    pid = parentOf(pid);
  }
  return undefined;
}

function sessionOf(pid: number): string | undefined {
  const variables = textOf(`/proc/${pid}/environ`).split('\0');
  const found = variables.find((one) => one.startsWith('SSH_CONNECTION='));
  return found?.slice('SSH_CONNECTION='.length);
}

/** proc_pid_stat(5): the second field behind the name, which may hold anything. */
function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

/** Processes of others may not be looked at, and any may end. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
