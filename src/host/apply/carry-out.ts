// The change itself: noted before it is made, guarded if it has to be confirmed, read back, and undone if it is not what was
// wanted.
import { CommandError } from '../exec.ts';
import type { Prepared, Wanted } from './back-end.ts';
import { backEndOf } from './back-ends.ts';
import { ApplyError } from './error.ts';
import { type GenerationEvent, type Meta, noteEvent, noteTexts } from './generation.ts';
import { type Guard, startGuard } from './guard.ts';
import { noteCurrent, notePending } from './journal.ts';
import { holdSignals } from './signals.ts';
import type { Site } from './site.ts';
import { undo } from './undo.ts';

/** What a change is made of. */
export interface Change {
  readonly wanted: Wanted;
  readonly prepared: Prepared;
  readonly clock: () => Date;
}

/** Makes a change whose texts are noted; what could not be verified is returned, in words. Throws an {@link ApplyError}. */
export async function carryOut(site: Site, meta: Meta, change: Change): Promise<readonly string[]> {
  notePending(site, { number: meta.number, does: 'apply', by: meta.user });
  const held = holdSignals();
  let guard: Guard | undefined;
  try {
    guard = meta.confirm === undefined ? undefined : await guardOrGiveUp(site, meta, change);
    const open = await loadAndVerify(site, meta, change);
    if (held.signal()) await takeBack(site, meta, change, 'it was interrupted');
    else guard?.loaded();
    return open;
  } finally {
    guard?.leave();
    held.release();
  }
}

/** Nothing is changed unless it is sure to be undone. */
async function guardOrGiveUp(site: Site, meta: Meta, change: Change): Promise<Guard> {
  try {
    return await startGuard(site, meta);
  } catch (error) {
    giveUp(site, meta, change, 'nothing would undo it');
    throw error;
  }
}

function giveUp(site: Site, { number, previous, user }: Meta, { clock }: Change, reason: string): void {
  noteEvent(site, number, 'void', eventOf(user, reason, clock));
  noteCurrent(site, previous);
}

async function loadAndVerify(site: Site, meta: Meta, change: Change): Promise<readonly string[]> {
  const backEnd = backEndOf(meta.loader);
  const { prepared, wanted, clock } = change;
  try {
    await backEnd.load(site, prepared.change);
  } catch (error) {
    await afterFailure(site, meta, change, error);
  }
  const { problems, open } = await backEnd.verify(site, wanted, prepared.owned);
  const [problem] = problems;
  if (problem !== undefined) {
    await takeBack(site, meta, change, problem);
    throw new ApplyError(
      'failed',
      `${problem}: what was before is in force again`,
      'this may be a defect of hookline: please report it with the policy',
    );
  }
  noteTexts(site, meta.number, { after: await backEnd.listing(site, prepared.owned) });
  noteEvent(site, meta.number, 'loaded', eventOf(meta.user, 'applied', clock));
  noteCurrent(site, meta.number);
  return open;
}

/** A program that was ended may have done its work nevertheless. */
async function afterFailure(site: Site, meta: Meta, change: Change, error: unknown): Promise<void> {
  if (!(error instanceof CommandError)) throw error;
  const found = await backEndOf(meta.loader).presence(site, meta);
  if (found === 'all') return;
  if (found === 'part') await takeBack(site, meta, change, error.message);
  else giveUp(site, meta, change, error.message);
  throw new ApplyError(
    'failed',
    `the rules could not be loaded: ${error.message}`,
    'what was before is in force; run `hookline check` on the policy',
  );
}

function takeBack(site: Site, meta: Meta, { prepared, clock }: Change, reason: string): Promise<void> {
  return undo(site, { ...meta, events: {} }, eventOf(meta.user, reason, clock), prepared.back);
}

function eventOf(by: string, reason: string, clock: () => Date): GenerationEvent {
  return { by, reason, at: clock().toISOString() };
}
