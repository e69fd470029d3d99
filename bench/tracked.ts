// A network namespace whose kernel tracks given connections, for programs that list them.
import { execFileSync } from 'node:child_process';

/** The namespace; it is gone afterwards. */
export interface Place extends Disposable {
  /** Words before a command that is to run there. */
  readonly words: readonly string[];
}

/** Loads a file of `conntrack -R` into a new namespace, with counters. Throws what a program complains of. */
export function trackedIn(file: string): Place {
  const name = `hookline-bench-${process.pid}`;
  const words = ['ip', 'netns', 'exec', name];
  execFileSync('ip', ['netns', 'add', name]);
  const close = () => execFileSync('ip', ['netns', 'delete', name]);
  try {
    execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', load, 'sh', file], { stdio: 'pipe' });
  } catch (error) {
    close();
    throw error;
  }
  return { words, [Symbol.dispose]: close };
}

const load = 'sysctl -qw net.netfilter.nf_conntrack_acct=1 && if [ -s "$1" ]; then conntrack -R "$1"; fi';
