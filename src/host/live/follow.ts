// Follows what nft says of the kernel: traced packets, changes of rules, and how many events the kernel had to drop.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, trustedPath } from '../exec.ts';
import { watchChild } from './watched-child.ts';

/** What nft prints, as it comes. */
export interface Following extends AsyncDisposable {
  /** Lines that came since the last ones, at least every few milliseconds even if there are none; ends when nft does. */
  readonly batches: AsyncGenerator<readonly string[]>;
  /** How many messages the kernel has dropped so far, because nobody took them in time. */
  readonly dropped: () => number;
  /** Whether the kernel keeps nothing that nft has not read yet. */
  readonly isDrained: () => boolean;
}

const monitor = ['nft', '-nn', '--handle', 'monitor'] as const;

/**
 * nft ends with this process, however that ends, where setpriv of util-linux 2.33 or later is there; without it, with the next
 * thing that it has to say.
 */
const commands: readonly (readonly [string, ...string[]])[] = [
  ['setpriv', '--pdeathsig', 'KILL', ...monitor],
  monitor,
];

/** Starts; when this returns no event of a later packet is missed. Throws a {@link CommandError}. */
export async function followKernel(): Promise<Following> {
  const { child, isOver, ended } = await startMonitor();
  let dropped = 0;
  return {
    batches: batches(child.stdout, isOver),
    dropped: () => {
      const socket = child.pid === undefined ? undefined : traceSocketOf(child.pid);
      dropped = Math.max(dropped, socket?.drops ?? 0);
      return dropped;
    },
    isDrained: () => child.pid === undefined || traceSocketOf(child.pid)?.kept === 0,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function startMonitor() {
  let failure: CommandError | undefined;
  for (const [program, ...args] of commands) {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', PATH: trustedPath },
    });
    const watched = watchChild(child);
    const { said, isOver, isMissing } = watched;
    while (!isOver() && !(child.pid !== undefined && traceSocketOf(child.pid))) await sleep(5);
    if (!isOver()) return { child, ...watched };
    failure = new CommandError(kindOf(isMissing(), said()), [...monitor], undefined, said().trimEnd());
  }
  throw failure ?? new Error('nft is tried at least once');
}

function kindOf(missing: boolean, said: string): 'missing' | 'permission' | 'failure' {
  if (missing) return 'missing';
  return /not permitted|Permission denied/.test(said) ? 'permission' : 'failure';
}

/** Milliseconds after which an empty batch comes. */
const turn = 25;

/** While nobody asks nothing is read: what piles up does so in the kernel, which counts what it drops. */
async function* batches(
  stream: NodeJS.ReadableStream,
  isOver: () => boolean,
): AsyncGenerator<readonly string[]> {
  let rest = '';
  for (;;) {
    const wasOver = isOver();
    const part = stream.read();
    const lines = (rest + (part === null ? '' : part.toString())).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
    if (part !== null) continue;
    if (wasOver) return;
    await sleep(turn);
  }
}

interface NetlinkSocket {
  readonly drops: number;
  /** Bytes that wait to be read. */
  readonly kept: number;
}

/** The socket of a process that hears traces, by /proc: include/uapi/linux/netlink.h, NFNLGRP_NFTRACE is the ninth group. */
function traceSocketOf(pid: number): NetlinkSocket | undefined {
  const [netfilter, traceGroup] = [12, 0x100];
  try {
    const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)));
    const rows = readFileSync(`/proc/${pid}/net/netlink`, 'latin1').split('\n').slice(1);
    for (const row of rows) {
      const [, protocol, , groups = '0', kept, , , , drops, inode] = row.trim().split(/\s+/);
      const hears = (Number.parseInt(groups, 16) & traceGroup) !== 0;
      if (Number(protocol) === netfilter && hears && inodes.has(inode))
        return { drops: Number(drops), kept: Number(kept) };
    }
  } catch {
    // The process is gone, or /proc is not there.
  }
  return undefined;
}

function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}
