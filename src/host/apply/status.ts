// What is in force by what is noted and by what the kernel says, and what was before.
import { backEndOf } from './back-ends.ts';
import { type Drift, driftOf } from './drift.ts';
import { ApplyError } from './error.ts';
import { allGenerations, type Generation } from './generation.ts';
import { locked } from './lock.ts';
import { nft } from './nft.ts';
import type { Site } from './site.ts';
import { hasOwnFolder } from './state-files.ts';
import { awaitsConfirmation, lastGeneration, settle } from './undo.ts';

/**
 * `none`: nothing was applied, or all of it undone. `in-force`: the kernel has the generation. `lost`: it has none, as after a
 * start of the machine. `other`: it has one of which nothing is noted here. `part`: a change is half done.
 */
export type StatusKind = 'none' | 'in-force' | 'lost' | 'other' | 'part';

/** What is in force. */
export interface Status {
  readonly kind: StatusKind;
  readonly generation: Generation | undefined;
  /** What the kernel has otherwise than was applied. */
  readonly drift: readonly Drift[];
  /** It will be undone unless it is confirmed. */
  readonly unconfirmed: boolean;
  /** Why it may change at any moment: another process is at work. */
  readonly busy: string | undefined;
}

/** Says what is in force; what a killed process left is settled first. Throws an {@link ApplyError}. */
export async function statusAt(site: Site, clock: () => Date): Promise<Status> {
  if (!hasOwnFolder(site.folder)) return withoutNotes(site);
  const busy = await settled(site, clock);
  const generation = lastGeneration(site);
  if (!generation) return { ...(await withoutNotes(site)), busy };
  const found = await backEndOf(generation.loader).presence(site, generation);
  const kind = found === 'all' ? 'in-force' : found === 'part' ? 'part' : await whatElse(site, generation);
  const drift = kind === 'in-force' ? await driftOf(site, generation) : [];
  return { kind, generation, drift, unconfirmed: awaitsConfirmation(generation), busy };
}

/** Why it could not be settled: somebody else is at work. */
async function settled(site: Site, clock: () => Date): Promise<string | undefined> {
  try {
    await locked(site, 'status', (held) => settle(held, clock().toISOString()));
    return undefined;
  } catch (error) {
    if (error instanceof ApplyError && error.kind === 'refused') return error.message;
    throw error;
  }
}

async function withoutNotes(site: Site): Promise<Status> {
  const mark = await nft.mark(site);
  const kind = mark === undefined ? 'none' : 'other';
  return { kind, generation: undefined, drift: [], unconfirmed: false, busy: undefined };
}

async function whatElse(site: Site, { loader }: Generation): Promise<'lost' | 'other'> {
  return (await backEndOf(loader).mark(site)) === undefined ? 'lost' : 'other';
}

/** All that was ever applied, ascending, after what a killed process left was settled. */
export async function historyAt(site: Site, clock: () => Date): Promise<readonly Generation[]> {
  if (!hasOwnFolder(site.folder)) return [];
  await settled(site, clock);
  return allGenerations(site);
}
