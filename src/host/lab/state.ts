// What is noted of each lab before anything of it is made, so that all of it can be found and removed later, whatever
// became of the process that made it.
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { reasonOf } from '../files.ts';
import { LabError } from './error.ts';

const processId = z.object({ pid: z.number().int(), started: z.string() });

/** A process, told apart from a later one of the same number by the time of its start. */
export type ProcessId = z.infer<typeof processId>;

const labState = z.object({
  schema: z.literal('hookline.lab/1'),
  name: z.string(),
  /** The policy, as an absolute path. */
  file: z.string(),
  /** In the environment of every process of the lab, as the value of {@link tokenVariable}. */
  token: z.string(),
  /** Whose namespaces are used: those of the machine, or of a user namespace, which needs no root. */
  ground: z.enum(['machine', 'user']),
  /** Keeps the user namespace. */
  holder: processId.optional(),
  /** By the name of the host, in the order of the policy. */
  hosts: z.record(z.string(), z.string()),
  /** All that `ip netns` has of it. */
  namespaces: z.array(z.string()),
  /** The process that is at work on it and will remove it, or say that it is up. */
  maker: processId.optional(),
});

/** What is noted of a lab. */
export type LabState = Readonly<z.infer<typeof labState>>;

/** The environment variable by which the processes of a lab are known. */
export const tokenVariable = 'HOOKLINE_LAB';

/** Where labs of this user are noted: `$HOOKLINE_RUN`, or where the system keeps such things until it starts anew. */
function stateFolder(): string {
  const { HOOKLINE_RUN, XDG_RUNTIME_DIR } = process.env;
  const uid = process.getuid?.() ?? 0;
  if (HOOKLINE_RUN) return HOOKLINE_RUN;
  if (uid === 0) return '/run/hookline/lab';
  return join(XDG_RUNTIME_DIR ?? join(tmpdir(), `hookline-${uid}`), 'hookline/lab');
}

function pathOf(name: string): string {
  return join(stateFolder(), `${name}.json`);
}

/** Notes a lab that begins; false if one of its name is noted already. Throws a {@link LabError}. */
export function noteBegun(state: LabState): boolean {
  const draft = writeFirstDraft(state);
  try {
    linkSync(draft, pathOf(state.name));
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function writeFirstDraft(state: LabState): string {
  try {
    mkdirSync(stateFolder(), { recursive: true, mode: 0o700 });
    return writeDraft(state);
  } catch (error) {
    throw new LabError(
      `nothing can be noted in \`${stateFolder()}\`: ${reasonOf(error)}`,
      '`HOOKLINE_RUN` in the environment names another folder',
    );
  }
}

/** Notes anew what a lab is. */
export function note(state: LabState): void {
  renameSync(writeDraft(state), pathOf(state.name));
}

/** Nobody ever reads half of it: it is written aside. */
function writeDraft(state: LabState): string {
  const draft = join(stateFolder(), `.${state.name}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  return draft;
}

/** Forgets a lab, of which nothing is left. */
export function forget({ name }: LabState): void {
  rmSync(pathOf(name), { force: true });
}

/** What is noted of a lab; undefined if there is none of the name. Throws a {@link LabError}. */
export function noted(name: string): LabState | undefined {
  try {
    return labState.parse(JSON.parse(readFileSync(pathOf(name), 'utf8')));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new LabError(
      `\`${pathOf(name)}\` does not say what is of the lab`,
      'remove its namespaces with `ip netns delete`, then the file',
    );
  }
}

/** All labs of this user, by name. */
export function allNoted(): readonly LabState[] {
  return filesIn(stateFolder())
    .flatMap((file) => /^([^.].*)\.json$/.exec(file)?.[1] ?? [])
    .toSorted()
    .flatMap((name) => noted(name) ?? []);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
