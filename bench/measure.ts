// Time and memory of a program, as it is: in a process of its own, start and end included.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';

/** One run, or the best of some. */
export interface Measurement {
  /** Processor seconds, in user mode and in the kernel: on a busy machine these stay the same. */
  readonly cpu: number;
  /** Seconds by the clock. */
  readonly wall: number;
  /** The most memory it held at once. */
  readonly peakMiB: number;
  /** What it wrote to standard output. */
  readonly output: string;
}

export type Command = readonly [string, ...string[]];

/** A command from its words. */
export function commandFrom([program = '', ...args]: readonly string[]): Command {
  return [program, ...args];
}

/** Runs it up to three times, for two seconds at most unless one run takes longer. Throws what it complains of. */
export async function measure(command: Command): Promise<Measurement> {
  const first = await measureOnce(command);
  const runs = [first];
  while (runs.length < 3 && sum(runs.map(({ wall }) => wall)) < 2) runs.push(await measureOnce(command));
  return {
    cpu: Math.min(...runs.map((one) => one.cpu)),
    wall: Math.min(...runs.map((one) => one.wall)),
    peakMiB: Math.max(...runs.map((one) => one.peakMiB)),
    output: first.output,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** In milliseconds. */
const patience = 300_000;
const pollEvery = 4;

/** The shell waits for the program and so is told by the kernel what it used; what that one says goes elsewhere. */
const timed = 'TIMEFORMAT="%R %U %S"; time "$@" 2>&3';

async function measureOnce(command: Command): Promise<Measurement> {
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const;
  const shell = spawn('bash', ['-c', timed, 'bash', ...command], { stdio: [...stdio], timeout: patience });
  const [output, times, complaint] = [1, 2, 3].map((at) => collect(shell.stdio[at]));
  let peakMiB = 0;
  const poll = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(childOf(shell.pid)));
  }, pollEvery);
  const [code, signal] = await once(shell, 'close').finally(() => clearInterval(poll));
  if (code !== 0) throw new Error(signal ? `did not end in ${patience / 1000} s` : complaint?.().trim());
  const [wall = 0, user = 0, system = 0] = times?.().split(' ').map(Number) ?? [];
  return { cpu: user + system, wall, peakMiB, output: output?.() ?? '' };
}

/** Takes in all of a stream; the answer is what came so far. */
function collect(stream: unknown): () => string {
  let text = '';
  if (stream instanceof Readable) {
    stream.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
  }
  return () => text;
}

function childOf(pid: number | undefined): string | undefined {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ')[0];
}

/** The high-water mark that the kernel keeps; nothing once the process is gone. */
function peakOf(pid: string | undefined): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Empty where there is no such file, or no more. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
