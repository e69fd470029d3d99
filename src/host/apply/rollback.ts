// The commands that end what `apply` began: confirmation, and the way back.
import { backEndOf } from './back-ends.ts';
import { ApplyError } from './error.ts';
import { asLine, type Generation, noteEvent } from './generation.ts';
import { locked } from './lock.ts';
import { persistCurrent } from './persist.ts';
import type { Site } from './site.ts';
import { hasOwnFolder } from './state-files.ts';
import { awaitsConfirmation, type Cause, lastGeneration, settle, undo } from './undo.ts';

/** Seconds that confirming and going back wait for another process. */
const patience = 5;

/** Confirms what is in force, so that nothing undoes it. Throws an {@link ApplyError}. */
export function confirm(site: Site, by: string, clock: () => Date): Promise<Generation> {
  return atRest(site, 'confirm', clock, async (held, generation) => {
    const at = clock().toISOString();
    if (!awaitsConfirmation(generation) || !note(held, generation, { by, at }))
      throw new ApplyError(
        'refused',
        `generation ${generation.number} does not wait for a confirmation`,
        '`hookline history` says what became of it',
      );
    await persistCurrent(held);
    return generation;
  });
}

function note(site: Site, { number }: Generation, { by, at }: Omit<Cause, 'reason'>): boolean {
  const event = { by: asLine(by), at, reason: 'confirmed', confirmed: true };
  return noteEvent(site, number, 'confirmation', event);
}

/** Brings back what was there before the generation in force. Throws an {@link ApplyError}. */
export function rollback(site: Site, by: string, clock: () => Date): Promise<Generation> {
  return atRest(site, 'rollback', clock, async (held, generation) => {
    const cause = { by: asLine(by), reason: 'rolled back', at: clock().toISOString() };
    await undo(held, generation, cause);
    await persistCurrent(held);
    return generation;
  });
}

/** Does something with the generation that the kernel has, while nobody else changes anything. */
async function atRest(
  site: Site,
  command: string,
  clock: () => Date,
  work: (site: Site, generation: Generation) => Promise<Generation>,
): Promise<Generation> {
  if (!hasOwnFolder(site.folder)) throw nothingApplied();
  const inForce = async (held: Site) => {
    await settle(held, clock().toISOString());
    const generation = lastGeneration(held);
    if (!generation) throw nothingApplied();
    if ((await backEndOf(generation.loader).presence(held, generation)) === 'none') throw lost(generation);
    return work(held, generation);
  };
  return locked(site, command, inForce, patience);
}

function nothingApplied(): ApplyError {
  return new ApplyError('refused', 'nothing of hookline is in force', '`hookline history` says what was');
}

function lost({ number }: Generation): ApplyError {
  return new ApplyError(
    'refused',
    `the kernel does not have generation ${number}: was the machine started anew, or all rules flushed?`,
    `\`hookline rollback ${number}\` brings it back`,
  );
}

/** Brings back what was there before anything of hookline was, one generation after the other. Throws an {@link ApplyError}. */
export function rollbackAll(site: Site, by: string, clock: () => Date): Promise<Generation> {
  return atRest(site, 'rollback', clock, async (held, generation) => {
    for (let last: Generation | undefined = generation; last; last = lastGeneration(held))
      await undo(held, last, { by: asLine(by), reason: 'rolled back', at: clock().toISOString() });
    await persistCurrent(held);
    return generation;
  });
}
