// What `apply`, `confirm` and `rollback` did.
import type { z } from 'zod';
import type { Applied } from '../../host/apply/apply.ts';
import type { Generation } from '../../host/apply/generation.ts';
import type { applyReport, endedReport } from '../schema/apply.ts';
import type { Surface } from '../terminal.ts';

/** For people. */
export function appliedText(applied: Applied, { paint }: Surface): string {
  if (applied.kind === 'declined') return 'nothing was changed\n';
  if (applied.kind === 'nothing')
    return `${paint('good', 'nothing to do')}: generation ${applied.generation.number} is in force\n`;
  const { meta, says, open, files } = applied;
  const lines = [
    `${paint('good', 'applied')}: generation ${meta.number} is in force`,
    ...says.map((line) => `  ${line}`),
    ...open.map((line) => `${paint('bad', 'not verified')}: ${line}`),
    ...files.map((path) => `  written for the start of the machine: ${path}`),
  ];
  if (meta.confirm !== undefined)
    lines.push(`it is undone in ${meta.confirm} s unless you say \`hookline confirm\``);
  return `${lines.join('\n')}\n`;
}

/** For programs. */
export function appliedToJson(applied: Applied): string {
  return written({ schema: 'hookline.apply/1', result: applied.kind, ...partsOf(applied) });
}

function partsOf(applied: Applied): Omit<z.infer<typeof applyReport>, 'schema' | 'result'> {
  if (applied.kind === 'declined') return { changes: [], unverified: [], files: [] };
  if (applied.kind === 'nothing')
    return { generation: applied.generation.number, changes: [], unverified: [], files: [] };
  const { meta, says, open, files } = applied;
  return {
    generation: meta.number,
    changes: [...says],
    unverified: [...open],
    files: [...files],
    ...(meta.confirm !== undefined && { confirmSeconds: meta.confirm }),
  };
}

type Result = z.infer<typeof endedReport>['result'];

/** For people. */
export function endedText(result: Result, { number, previous }: Generation, { paint }: Surface): string {
  if (result === 'confirmed') return `${paint('good', 'confirmed')}: generation ${number} stays in force\n`;
  const now = previous === undefined ? 'what was there before' : `generation ${previous}`;
  return `${paint('good', 'rolled back')}: ${now} is in force again\n`;
}

/** For programs. */
export function endedToJson(result: Result, { number }: Generation): string {
  return written({ schema: 'hookline.ended/1', result, generation: number });
}

function written(report: z.infer<typeof applyReport> | z.infer<typeof endedReport>): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
