// Bringing back what was there before a generation.
import { backEndOf } from './back-ends.ts';
import { ApplyError } from './error.ts';
import {
  asLine,
  type Generation,
  noteEvent,
  noteTexts,
  readGeneration,
  readTexts,
  type Texts,
} from './generation.ts';
import { currentAt, noteCurrent, notePending, type Pending, pendingAt } from './journal.ts';
import type { Site } from './site.ts';
import { sweep } from './state-files.ts';

/** Who does something, why and when. */
export interface Cause {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** Loads what was saved before a generation that the kernel has; the lock is held. */
export async function undo(site: Site, generation: Generation, cause: Cause, saved?: Texts): Promise<void> {
  const { number, loader, previous } = generation;
  const back = saved ?? readTexts(site, number, 'back');
  const noted = attempt(() =>
    notePending(site, { number, does: 'undo', by: asLine(cause.by), reason: asLine(cause.reason) }),
  );
  await backEndOf(loader).load(site, back);
  if (noted) throw noted.error;
  noteEvent(site, number, 'undone', cause);
  noteCurrent(site, previous);
}

/** A full disk keeps nobody from bringing back what was there. */
function attempt(work: () => void): { readonly error: unknown } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/**
 * Ends what a process began that was killed: the kernel says whether it took place. The lock is held. What was in force in
 * part only is undone.
 */
export async function settle(site: Site, at: string): Promise<void> {
  sweep(site.folder);
  const pending = pendingAt(site);
  const generation = pending && readGeneration(site, pending.number);
  if (!pending || !generation) return;
  const found = await backEndOf(generation.loader).presence(site, generation);
  const interrupted = { by: pending.by, at, reason: 'the process was ended in the middle of it' };
  if (found === 'part') await undo(site, generation, interrupted);
  else await settleWhole(site, generation, { pending, isThere: found === 'all', at });
}

interface Found {
  readonly pending: Pending;
  readonly isThere: boolean;
  readonly at: string;
}

async function settleWhole(
  site: Site,
  generation: Generation,
  { pending, isThere, at }: Found,
): Promise<void> {
  const { number, previous, loader } = generation;
  const { by, does } = pending;
  const event = { by, at, reason: pending.reason ?? 'the process was ended before it noted it' };
  if (isThere && does === 'apply') {
    noteTexts(site, number, { after: await backEndOf(loader).listing(site, generation) });
    noteEvent(site, number, 'loaded', event);
  }
  if (!isThere) noteEvent(site, number, does === 'apply' ? 'void' : 'undone', event);
  noteCurrent(site, isThere ? number : previous);
}

/** The generation that was in force last, and must be noted. Undefined where there was none. */
export function lastGeneration(site: Site): Generation | undefined {
  const number = currentAt(site);
  if (number === undefined) return undefined;
  const generation = readGeneration(site, number);
  if (generation) return generation;
  throw new ApplyError(
    'state',
    `generation ${number} is said to be in force in \`${site.folder}\`, and nothing is noted of it`,
    'was the folder changed by hand? `hookline apply --adopt` begins anew in another one, by `--state-dir`',
  );
}

/** Whether it has to be confirmed still. */
export function awaitsConfirmation({ confirm, events }: Generation): boolean {
  return confirm !== undefined && !events.confirmation && !events.undone && !events.void;
}
