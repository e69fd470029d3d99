// What is noted of one change: what was applied, by whom, what was there before, and what became of it.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { loaders } from '../kernel/load.ts';
import { ApplyError } from './error.ts';
import type { Site } from './site.ts';
import { namesIn, ownFolder, readState, writeState, writeStateOnce } from './state-files.ts';

/** Text for people: no character of it means anything to a terminal. */
const line = z
  .string()
  .max(4096)
  .refine((text) => !hasControls(text), 'it has control characters');

/** Of nft. */
export const tableFamilies = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

const metaShape = z.strictObject({
  schema: z.literal('hookline.generation/1'),
  number: z.int().positive(),
  /** As the kernel has it. */
  id: z.string().regex(/^generation_\d{1,9}_[0-9a-f]{12}$/),
  /** What was in force before: its number, where it is one of these, and its id. */
  previous: z.int().positive().optional(),
  previousId: z
    .string()
    .regex(/^generation_[0-9a-z_]{1,40}$/)
    .optional(),
  at: line,
  user: line,
  command: z.array(line).max(200),
  loader: z.enum(loaders),
  host: line.optional(),
  source: z.strictObject({
    name: line,
    /** Of the text, in hexadecimal digits. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional(),
    /** Whether the file differs from what the commit has. */
    dirty: z.boolean().optional(),
  }),
  /** Of the policy as it was compiled. */
  compiled: z.string().regex(/^[0-9a-f]{64}$/),
  tables: z.array(z.strictObject({ family: z.enum(tableFamilies), name: line })).max(10_000),
  /** Sets of ipset. */
  sets: z.array(line).max(100_000),
  /** Seconds in which it was to be confirmed. */
  confirm: z.int().positive().optional(),
  /** What was overridden. */
  forced: z.array(line).max(100),
  /** The generation whose rules these are again. */
  restores: z.int().positive().optional(),
});

/** What is noted before anything is changed. */
export type Meta = z.infer<typeof metaShape>;

const eventShape = z.strictObject({
  at: line,
  by: line,
  reason: line,
  /** Of `confirmation`. */
  confirmed: z.boolean().optional(),
});

/** Something that became of a generation. */
export type GenerationEvent = z.infer<typeof eventShape>;

/**
 * `loaded`: it is in force. `confirmation`: how the time for it ended. `undone`: what was before is in force again. `void`: it
 * never was in force.
 */
export type EventName = 'loaded' | 'confirmation' | 'undone' | 'void';

const eventNames = ['loaded', 'confirmation', 'undone', 'void'] as const satisfies readonly EventName[];

/** One change with all that became of it. */
export interface Generation extends Meta {
  readonly events: Readonly<Partial<Record<EventName, GenerationEvent>>>;
}

/** The texts that are kept of a generation. */
export type TextName = 'source' | 'target' | 'before' | 'after' | 'change' | 'back';

/** Texts by the program that loads them. */
export type Texts = Readonly<Partial<Record<TextKind, string>>>;

/** `ipset-late` is loaded behind the rules. */
export const textKinds = ['ipset', 'nft', 'iptables', 'ip6tables', 'ipset-late'] as const;

export type TextKind = (typeof textKinds)[number];

const mostBytes = 2 ** 20;
const mostTextBytes = 2 ** 29;

/** Whether a text has characters that terminals act upon. */
function hasControls(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
}

/** The text with a `?` for each such character, and not too long to be noted. */
export function asLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 4096);
}

/** A new id: no two generations of any folder have the same. */
export function newId(number: number): string {
  return `generation_${number}_${randomBytes(6).toString('hex')}`;
}

/** The folder of all. */
function generationsFolder({ folder }: Site): string {
  return join(folder, 'generations');
}

/** The folder of one. */
export function folderOf(site: Site, number: number): string {
  return join(generationsFolder(site), `${number}`);
}

/** The numbers of all that were noted to their end, ascending. */
export function numbersIn(site: Site): readonly number[] {
  return namesIn(generationsFolder(site))
    .filter((name) => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .toSorted((one, other) => one - other);
}

/** All generations, ascending; what a process that was killed did not write to its end is none. */
export function allGenerations(site: Site): readonly Generation[] {
  return numbersIn(site).flatMap((number) => readGeneration(site, number) ?? []);
}

/** One generation; undefined if there is none of the number. Throws an {@link ApplyError}. */
export function readGeneration(site: Site, number: number): Generation | undefined {
  const folder = folderOf(site, number);
  const meta = readShaped(join(folder, 'meta.json'), metaShape);
  if (!meta) return undefined;
  if (meta.number !== number) throw spoiled(join(folder, 'meta.json'));
  const events = eventNames.flatMap((name) => {
    const event = readShaped(join(folder, `${name}.json`), eventShape);
    return event ? [[name, event] as const] : [];
  });
  return { ...meta, events: Object.fromEntries(events) };
}

/** Reads JSON of a known shape; undefined if there is no file. */
export function readShaped<T>(path: string, shape: z.ZodType<T>): T | undefined {
  const text = readState(path, mostBytes);
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw spoiled(path);
  }
}

function spoiled(path: string): ApplyError {
  return new ApplyError(
    'state',
    `\`${path}\` does not say what hookline writes there`,
    'was it changed by hand? without the folder it is in, hookline knows nothing of what it applied',
  );
}

/** Begins a folder and writes the texts; it is a generation when {@link noteMeta} has been called. */
export function noteTexts(
  site: Site,
  number: number,
  texts: Readonly<Partial<Record<TextName, Texts>>>,
): void {
  ownFolder(generationsFolder(site));
  ownFolder(folderOf(site, number));
  for (const [name, kinds] of Object.entries(texts))
    for (const [kind, text] of Object.entries(kinds))
      writeState(join(folderOf(site, number), `${name}.${kind}`), text);
}

/** Makes it a generation. */
export function noteMeta(site: Site, meta: Meta): void {
  writeState(join(folderOf(site, meta.number), 'meta.json'), `${JSON.stringify(meta, undefined, 2)}\n`);
}

/** Notes what became of it; false where that has been noted before. */
export function noteEvent(site: Site, number: number, name: EventName, event: GenerationEvent): boolean {
  return writeStateOnce(join(folderOf(site, number), `${name}.json`), `${JSON.stringify(event)}\n`);
}

/** The texts of one name. */
export function readTexts(site: Site, number: number, name: TextName): Texts {
  const found = textKinds.flatMap((kind) => {
    const text = readState(join(folderOf(site, number), `${name}.${kind}`), mostTextBytes);
    return text === undefined ? [] : [[kind, text] as const];
  });
  return Object.fromEntries(found);
}
