// A program of its own: undoes a generation unless it is confirmed in time. Nothing but the end of its time ends it, it reads
// nothing from the disk that it could not do without, and it changes nothing if another generation is in force.
import { createInterface } from 'node:readline';
import { backEndOf } from './back-ends.ts';
import { ApplyError } from './error.ts';
import { type Generation, noteEvent, readGeneration, readTexts } from './generation.ts';
import { locked } from './lock.ts';
import type { Site } from './site.ts';
import { undo } from './undo.ts';

const [ofSite = '', ofGeneration = '', inSeconds = ''] = process.argv.slice(2);
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);
await guard({ folder: ofSite }, Number(ofGeneration), Number(inSeconds));

async function guard(site: Site, number: number, seconds: number): Promise<void> {
  const generation = readGeneration(site, number);
  if (!generation) throw new Error(`there is no generation ${number}`);
  const back = readTexts(site, number, 'back');
  // What runs programs is loaded now.
  await backEndOf(generation.loader).presence(site, generation);
  process.stdout.write('holding\n');
  if (await isEnded(site, generation, seconds * 1000)) return;
  const cause = {
    by: 'guardian',
    reason: `it was not confirmed within ${generation.confirm ?? seconds} s`,
  };
  await untilDone(() => takeBack(site, generation, () => undoNow(site, generation, { ...cause, back })));
  process.exit();
}

/** Waits for the end of the time, which begins anew when the change has been made; or for a confirmation. */
async function isEnded(site: Site, { number }: Generation, milliseconds: number): Promise<boolean> {
  let end = performance.now() + milliseconds;
  createInterface({ input: process.stdin }).on('line', () => {
    end = performance.now() + milliseconds;
  });
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    await delay(Math.min(left, 500));
    if (hasEnded(site, number)) return true;
  }
  return hasEnded(site, number);
}

/** What can't be read says nothing. */
function hasEnded(site: Site, number: number): boolean {
  try {
    const { confirmation, undone, void: never } = readGeneration(site, number)?.events ?? {};
    return confirmation?.confirmed === true || undone !== undefined || never !== undefined;
  } catch {
    return false;
  }
}

/** Whoever holds the lock may hang, and rules that shut somebody out must not stay for that. */
async function takeBack(
  site: Site,
  generation: Generation,
  undoing: (site: Site) => Promise<void>,
): Promise<boolean> {
  const backEnd = backEndOf(generation.loader);
  try {
    await locked(site, 'guardian', undoing, 2);
    return true;
  } catch (error) {
    if (!(error instanceof ApplyError) || error.kind !== 'refused') throw error;
    if ((await backEnd.presence(site, generation)) === 'none') return false;
    await undoing(site);
    return true;
  }
}

interface Undoing {
  readonly by: string;
  readonly reason: string;
  readonly back: ReturnType<typeof readTexts>;
}

async function undoNow(site: Site, generation: Generation, { by, reason, back }: Undoing): Promise<void> {
  if ((await backEndOf(generation.loader).presence(site, generation)) === 'none') return;
  const at = new Date().toISOString();
  noteEvent(site, generation.number, 'confirmation', { by, reason, at, confirmed: false });
  if (hasEnded(site, generation.number)) return;
  await undo(site, generation, { by, reason, at }, back);
}

/** A program that fails now may succeed a moment later: where another one holds a lock, or memory is short. */
async function untilDone(attempt: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 1000; times++) {
    if (await attempt().catch(() => false)) return;
    await delay(1000);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}
