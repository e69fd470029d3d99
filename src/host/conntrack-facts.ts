// What this machine says of its table of connections, beside the connections: counters and sysctls of its namespace.
import { readFileSync } from 'node:fs';
import { run } from './exec.ts';

/** What `conntrack -S` prints. Throws a `CommandError`. */
export async function liveCounters(): Promise<string> {
  return run('conntrack', ['-S']);
}

/** A sysctl by its name; undefined where the kernel has none of it. */
export function liveSysctl(name: string): string | undefined {
  return readText(`/proc/sys/${name.replaceAll('.', '/')}`)?.trim();
}

/** Seconds since the machine began. */
export function liveUptime(): number | undefined {
  const seconds = Number.parseFloat(readText('/proc/uptime') ?? '');
  return Number.isFinite(seconds) ? seconds : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
