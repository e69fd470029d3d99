// Cases that other projects wrote: files of one JSON object a line, which stand beside the project.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { isSkipped } from '../support/skipped.ts';

const folder = join(import.meta.dirname, '../../../shared/conformance');

/** Whether a file of cases is there; without it there is nothing to score. */
export function hasCases(name: string): boolean {
  return existsSync(join(folder, name));
}

/** The same for what skips without it, which says so. */
export function lacksCases(name: string): boolean {
  return isSkipped(name, hasCases(name) ? [] : [`../shared/conformance/${name}`]);
}

/** The cases of a file, each checked. */
export function readCases<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
): readonly z.infer<Schema>[] {
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => schema.parse(JSON.parse(line)));
}

/** How a case did: nothing to say where it passed. */
export interface Result {
  readonly id: string;
  readonly problem: string | undefined;
}

/** `FILE: passed/total` and what failed, one line each. */
export function scoreLines(file: string, results: readonly Result[]): readonly string[] {
  const failed = results.filter(({ problem }) => problem !== undefined);
  const score = `${file}: ${results.length - failed.length}/${results.length}`;
  return [score, ...failed.map(({ id, problem }) => `  ${id}: ${problem}`)];
}
