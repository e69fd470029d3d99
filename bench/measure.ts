// Time and memory of a program, as it is: in a process of its own, start and end included.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** The best of some runs. */
export interface Measurement {
  readonly seconds: number;
  /** The most memory it held at once. */
  readonly peakMiB: number;
}

export type Command = readonly [string, ...string[]];

/** Runs it up to three times, for two seconds at most unless one run takes longer. Throws what it complains of. */
export async function measure(command: Command): Promise<Measurement> {
  const runs: Measurement[] = [];
  let spent = 0;
  while (runs.length < 3 && spent < 2) {
    const one = await measureOnce(command);
    spent += one.seconds;
    runs.push(one);
  }
  return {
    seconds: Math.min(...runs.map((one) => one.seconds)),
    peakMiB: Math.max(...runs.map((one) => one.peakMiB)),
  };
}

/** In milliseconds. */
const patience = 300_000;
const pollEvery = 2;

async function measureOnce([program, ...args]: Command): Promise<Measurement> {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: patience });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  let peakMiB = 0;
  const poll = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(child.pid));
  }, pollEvery);
  const [code, signal] = await once(child, 'close').finally(() => clearInterval(poll));
  if (code !== 0) throw new Error(signal ? `did not end in ${patience / 1000} s` : complaint.trim());
  return { seconds: (performance.now() - begin) / 1000, peakMiB };
}

/** The high-water mark that the kernel keeps; nothing once the process is gone. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
