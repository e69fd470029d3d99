// Keeps a table in the kernel for as long as this process lives. A process of nft holds it: a table with the flag `owner` is
// removed by the kernel when the netlink socket that made it is closed, however its process ends (Linux 5.12,
// net/netfilter/nf_tables_api.c: nft_rcv_nl_event). Where kernel or nft don't have that, a guardian removes the table when
// the pipe from this process is closed.
import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnTable } from '../../core/live/own-table.ts';
import { renewalText } from '../../core/live/own-table.ts';
import { undoAtTheEnd } from '../ending.ts';
import { CommandError, run, trustedPath } from '../exec.ts';
import { watchChild } from './watched-child.ts';

/** A table that is there. */
export interface Kept extends AsyncDisposable {
  /** `owner`: the kernel removes it with its process. `guardian`: another process does. */
  readonly by: 'owner' | 'guardian';
  /** Fulfilled if what keeps it ends before it should. */
  readonly lost: Promise<void>;
}

/** How the table is made; `owner` false: as if the kernel knew no owners. */
interface KeepOptions {
  readonly owner?: boolean;
}

type Table = Pick<OwnTable, 'name' | 'lease'>;

/** Makes the table that `text` gives, and renews its lease. Throws a {@link CommandError} where nft refuses it. */
export async function keepTable(
  table: Table,
  text: (isOwned: boolean) => string,
  { owner = true }: KeepOptions = {},
): Promise<Kept> {
  const owned = owner ? await tryOwned(table, text(true)) : undefined;
  return owned ?? guarded(table, text(false));
}

/** Undefined where nft or the kernel knows no owners. */
async function tryOwned(table: Table, text: string): Promise<Kept | undefined> {
  // nft would write what it was told to ~/.nft_history.
  const env = { ...process.env, LC_ALL: 'C', PATH: trustedPath, HOME: '/dev/null' };
  const child = spawn('nft', ['-i'], { stdio: ['pipe', 'ignore', 'pipe'], env });
  const { said, isOver, ended } = watchChild(child);
  const stopWatching = undoAtTheEnd(() => child.kill('SIGKILL'));
  child.stdin.write(`${text}\n`);
  while (said() === '' && !isOver() && !(await isThere(table.name))) await sleep(10);
  if (said() !== '' || isOver()) {
    child.kill('SIGKILL');
    stopWatching();
    await ended;
    return undefined;
  }
  const renewing = renew(table, async (words) => void child.stdin.write(`${words}\n`));
  return {
    by: 'owner',
    lost: ended,
    [Symbol.asyncDispose]: async () => {
      clearInterval(renewing);
      child.kill('SIGKILL');
      await ended;
      stopWatching();
    },
  };
}

async function guarded(table: Table, text: string): Promise<Kept> {
  const guardian = spawn(process.execPath, ['-e', guardianScript, table.name], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { ...process.env, PATH: trustedPath },
  });
  guardian.unref();
  const { ended } = watchChild(guardian);
  const remove = () => removeTable(table.name);
  const stopWatching = undoAtTheEnd(remove);
  try {
    await run('nft', ['-f', '-'], { input: `${text}\n` });
  } catch (error) {
    stopWatching();
    guardian.kill('SIGKILL');
    throw error;
  }
  const renewing = renew(table, (words) => run('nft', ['-f', '-'], { input: `${words}\n` }));
  return {
    by: 'guardian',
    lost: ended,
    [Symbol.asyncDispose]: async () => {
      clearInterval(renewing);
      guardian.kill('SIGKILL');
      await ended;
      remove();
      stopWatching();
    },
  };
}

/**
 * Waits for the end of the pipe. A signal for all processes of a terminal does not reach a detached one. The table may come a
 * moment later, where this process ended while nft made it.
 */
const guardianScript = `
let turns = 50;
const remove = () => {
  try { require('node:child_process').execFileSync('nft', ['delete', 'table', 'inet', process.argv[1]], { stdio: 'ignore' }); }
  catch { if (turns-- > 0) return setTimeout(remove, 100); }
  process.exit();
};
process.stdin.on('close', remove).on('error', () => {}).resume();
`;

function removeTable(name: string): void {
  try {
    execFileSync('nft', ['delete', 'table', 'inet', name], {
      stdio: 'ignore',
      env: { ...process.env, PATH: trustedPath },
    });
  } catch {
    // It is gone already.
  }
}

/** Where it fails the kernel soon traces no more, which is what the lease is for. */
function renew(table: Table, tell: (words: string) => Promise<unknown>): NodeJS.Timeout {
  return setInterval(() => void tell(renewalText(table)).catch(() => {}), (table.lease * 1000) / 3);
}

async function isThere(name: string): Promise<boolean> {
  try {
    await run('nft', ['list', 'table', 'inet', name]);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.kind === 'failure') return false;
    throw error;
  }
}
