// What rules write into the packet's connection, for its later packets to find.
import { isUnknown } from '../field/view.ts';
import type { Run } from './run.ts';

/** The mark lives in the connection and is seen by its later packets too. */
export function setConnectionMark(run: Run, mark: number): void {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry)) return;
  run.ct = { ...run.ct, entry: { ...entry, mark } };
}

/** The labels live in the connection and are seen by its later packets too; none is taken away. */
export function labelConnection(run: Run, bits: bigint): void {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry) || entry.labelBits === undefined) return;
  run.ct = { ...run.ct, entry: { ...entry, labelBits: entry.labelBits | bits } };
}
