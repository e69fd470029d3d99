// What a snapshot holds, for people and as JSON.
import type { z } from 'zod';
import { partNames, snapshotParts } from '../../core/snapshot/parts.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Paint } from '../../core/text/style.ts';
import type { snapshotReport } from '../schema/snapshot.ts';

/** A line for each part that is there. */
export function snapshotText(snapshot: Snapshot, file: string | undefined, paint: Paint): string {
  const { machine, takenAt } = snapshot;
  const held = partsIn(snapshot).map(({ what, bytes }) => [sizeText(bytes), what] as const);
  const width = Math.max(0, ...held.map(([size]) => size.length));
  return [
    `${paint('strong', machine.hostname)}, Linux ${machine.kernel}, ${takenAt}`,
    ...held.map(([size, what]) => `  ${size.padStart(width)}  ${what}`),
    file === undefined
      ? paint('dim', 'nothing was written: say `-o FILE`')
      : `${file}: ${paint('good', 'written')}, for you alone: it holds what the machine keeps to itself`,
    '',
  ].join('\n');
}

function sizeText(bytes: number): string {
  return bytes < 10_240 ? `${bytes} B` : `${Math.round(bytes / 1024)} KiB`;
}

function partsIn({ parts }: Snapshot) {
  return partNames.flatMap((part) => {
    const text = parts[part];
    return text === undefined ? [] : [{ part, what: snapshotParts[part].what, bytes: text.length }];
  });
}

/** The same as JSON. */
export function snapshotToJson(snapshot: Snapshot, file: string | undefined): z.input<typeof snapshotReport> {
  const { takenAt, machine, missing } = snapshot;
  return {
    schema: 'hookline.snapshot/1',
    ...(file !== undefined && { file }),
    takenAt,
    machine,
    parts: partsIn(snapshot),
    missing: missing.map((one) => ({ ...one, what: snapshotParts[one.part].what })),
  };
}
