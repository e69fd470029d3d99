// What is being done, written before it is done, and which generation is in force since.
import { join } from 'node:path';
import { z } from 'zod';
import { readShaped } from './generation.ts';
import type { Site } from './site.ts';
import { removeState, writeState } from './state-files.ts';

const pendingShape = z.strictObject({
  /** The generation that is being applied, or undone. */
  number: z.int().positive(),
  does: z.enum(['apply', 'undo']),
  /** Why it is undone. */
  reason: z.string().max(4096).optional(),
  by: z.string().max(4096),
});

/** A change that may have taken place or not. */
export type Pending = z.infer<typeof pendingShape>;

const currentShape = z.strictObject({ number: z.int().positive().nullable() });

/** Says what is about to be done; it is on the disk when this returns. */
export function notePending({ folder }: Site, pending: Pending): void {
  writeState(join(folder, 'pending.json'), JSON.stringify(pending));
}

/** What was begun and not ended; undefined where nothing was. */
export function pendingAt({ folder }: Site): Pending | undefined {
  return readShaped(join(folder, 'pending.json'), pendingShape);
}

/** Ends what was begun: this generation is in force, or none. */
export function noteCurrent({ folder }: Site, number: number | undefined): void {
  writeState(join(folder, 'current.json'), JSON.stringify({ number: number ?? null }));
  removeState(join(folder, 'pending.json'));
}

/** The generation that was in force last; undefined for none. */
export function currentAt({ folder }: Site): number | undefined {
  return readShaped(join(folder, 'current.json'), currentShape)?.number ?? undefined;
}
