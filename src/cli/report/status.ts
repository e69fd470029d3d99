// What is in force, and what was.
import type { z } from 'zod';
import type { Drift } from '../../host/apply/drift.ts';
import type { Generation } from '../../host/apply/generation.ts';
import type { Status } from '../../host/apply/status.ts';
import { nameOfTable } from '../../host/apply/transaction.ts';
import type { GenerationJson, historyReport, statusReport } from '../schema/apply.ts';
import type { Surface } from '../terminal.ts';

/** For people. */
export function statusText(status: Status, surface: Surface): string {
  const { generation, drift, busy } = status;
  const lines = [
    headline(status, surface),
    ...(generation ? aboutGeneration(generation) : []),
    ...(busy === undefined ? [] : [`  ${busy}`]),
    ...driftLines(drift, surface),
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ kind, generation, unconfirmed }: Status, { paint }: Surface): string {
  const number = generation?.number ?? 0;
  switch (kind) {
    case 'none':
      return 'nothing of hookline is in force';
    case 'in-force': {
      const waits = unconfirmed ? `, and ${paint('bad', 'waits for `hookline confirm`')}` : '';
      return `${paint('good', 'in force')}: generation ${number}${waits}`;
    }
    case 'lost':
      return `${paint('bad', 'lost')}: generation ${number} was applied, and the kernel has nothing of it`;
    case 'other':
      return `${paint('bad', 'unknown')}: the kernel has a generation of which nothing is noted here`;
    case 'part':
      return `${paint('bad', 'half done')}: the kernel has a part of generation ${number}`;
  }
}

function aboutGeneration({ at, user, loader, source, tables, sets, host }: Generation): readonly string[] {
  const of = source.commit === undefined ? '' : `, commit ${source.commit.slice(0, 12)}`;
  const dirty = source.dirty ? ' with changes' : '';
  return [
    `  since ${at} by ${user}, to ${loader}${host === undefined ? '' : `, host ${host}`}`,
    `  of ${source.name}${of}${dirty}, sha256 ${source.sha256.slice(0, 16)}`,
    `  tables: ${tables.map(nameOfTable).join(', ') || 'none'}`,
    ...(sets.length > 0 ? [`  sets: ${sets.join(', ')}`] : []),
  ];
}

function driftLines(drift: readonly Drift[], { paint }: Surface): readonly string[] {
  if (drift.length === 0) return [];
  const lines = drift.map(({ what, where, line }) => {
    const mark = what === 'added' ? paint('good', '+') : paint('bad', '-');
    return `  ${mark} ${where === '' ? '' : `${where}: `}${shown(line)}`;
  });
  return [`${paint('bad', 'drift')}: the kernel has something else than was applied`, ...lines];
}

/** Names that others gave may hold anything. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** For people: the latest first. */
export function historyText(generations: readonly Generation[], surface: Surface): string {
  if (generations.length === 0) return 'nothing was ever applied\n';
  return generations
    .toReversed()
    .map((one) => `${historyLine(one, surface)}\n`)
    .join('');
}

function historyLine(generation: Generation, { paint }: Surface): string {
  const { number, at, user, source, restores } = generation;
  const commit =
    source.commit === undefined ? '' : ` ${source.commit.slice(0, 12)}${source.dirty ? '+' : ''}`;
  const again = restores === undefined ? '' : `, the rules of ${restores} again`;
  const became = becameOf(generation);
  return `${`${number}`.padStart(4)}  ${at}  ${user}  ${source.name}${commit}${again}  ${paint('dim', became)}`;
}

function becameOf({ events }: Generation): string {
  const { undone, confirmation, loaded } = events;
  if (events.void) return `never in force: ${events.void.reason}`;
  if (undone) return `undone ${undone.at} by ${undone.by}: ${undone.reason}`;
  if (confirmation?.confirmed) return `confirmed ${confirmation.at} by ${confirmation.by}`;
  return loaded ? 'applied' : 'begun';
}

/** For programs. */
export function statusToJson({ kind, generation, drift, unconfirmed, busy }: Status): string {
  return written({
    schema: 'hookline.status/1',
    state: kind,
    unconfirmed,
    ...(busy !== undefined && { busy }),
    ...(generation && { generation: generationToJson(generation) }),
    drift: [...drift],
  });
}

/** For programs, ascending. */
export function historyToJson(generations: readonly Generation[]): string {
  return written({ schema: 'hookline.history/1', generations: generations.map(generationToJson) });
}

function generationToJson(generation: Generation): GenerationJson {
  const {
    events,
    loader,
    confirm,
    tables,
    schema: _,
    previousId: _id,
    compiled: _digest,
    ...rest
  } = generation;
  const { confirmation, ...others } = events;
  return {
    ...rest,
    to: loader,
    tables: tables.map(nameOfTable),
    ...(confirm !== undefined && { confirmSeconds: confirm }),
    ...withoutFlags(others),
    ...(confirmation && { confirmation: { ...confirmation, confirmed: confirmation.confirmed === true } }),
  };
}

function withoutFlags({ loaded, undone, void: never }: Omit<Generation['events'], 'confirmation'>) {
  return { ...(loaded && { loaded }), ...(undone && { undone }), ...(never && { void: never }) };
}

function written(report: z.infer<typeof statusReport> | z.infer<typeof historyReport>): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
