// The processes of this machine, as far as they belong to a lab.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LabState, type ProcessId, tokenVariable } from './state.ts';

/** A process that runs now; undefined if it is gone. */
export function identify(pid: number): ProcessId | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether a process is still the one that it was. */
export function isRunning({ pid, started }: ProcessId): boolean {
  return startOf(pid) === started;
}

/** proc_pid_stat(5): field 22, behind the name, which may hold anything; a zombie has ended. */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === 'Z' ? undefined : fields[18];
}

/** All other processes of a lab: those that it started, with all that they started, and whatever is in its namespaces. */
export function processesOf(state: LabState): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const own = linkOf('self', 'user');
  const marked = all.filter((pid) => isMarked(pid, state));
  const users = new Set(marked.flatMap((pid) => linkOf(pid, 'user') ?? []).filter((link) => link !== own));
  const networks = new Set(state.namespaces.flatMap(networkLink));
  const inside = all.filter((pid) => {
    const [user, network] = [linkOf(pid, 'user'), linkOf(pid, 'net')];
    return (user !== undefined && users.has(user)) || (network !== undefined && networks.has(network));
  });
  return [...new Set([...marked, ...inside])].map(Number).filter((pid) => startOf(pid) !== undefined);
}

function isMarked(pid: string, { token }: LabState): boolean {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? '';
  return environment.split('\0').includes(`${tokenVariable}=${token}`);
}

/** For example `net:[4026531840]`. */
function linkOf(pid: string, kind: 'user' | 'net'): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/ns/${kind}`));
}

/** That of whoever is in the namespace. */
function networkLink(name: string): readonly string[] {
  const found = attempt(() => statSync(join('/run/netns', name)));
  return found ? [`net:[${found.ino}]`] : [];
}

/** Processes end while they are looked at, and those of others may not be. */
function attempt<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
