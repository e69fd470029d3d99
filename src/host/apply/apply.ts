// Applying a rule set: what is there is saved, then all changes at once, and what the kernel has then is read back.
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { CommandError } from '../exec.ts';
import type { Loader } from '../kernel/load.ts';
import type { BackEnd, Owned, Prepared, Present, Wanted } from './back-end.ts';
import { backEndOf } from './back-ends.ts';
import { carryOut } from './carry-out.ts';
import { driftOf } from './drift.ts';
import { ApplyError } from './error.ts';
import {
  asLine,
  folderOf,
  type Generation,
  type Meta,
  newId,
  noteMeta,
  noteTexts,
  numbersIn,
  readGeneration,
  readTexts,
  type Texts,
} from './generation.ts';
import { locked } from './lock.ts';
import { notePersist, persistCurrent } from './persist.ts';
import type { Site } from './site.ts';
import { ownFolder, removeState } from './state-files.ts';
import { awaitsConfirmation, lastGeneration, settle } from './undo.ts';

/** What is to be in force, and all that is noted of it. */
export interface ApplyRequest {
  readonly loader: Loader;
  readonly ruleSet: RuleSet;
  /** What it was compiled to. */
  readonly texts: Texts;
  readonly source: Meta['source'];
  /** The policy as it was written. */
  readonly text: string;
  readonly host?: string | undefined;
  readonly user: string;
  readonly command: readonly string[];
  readonly adopt: boolean;
  readonly restores?: number | undefined;
  /** Seconds after which it is undone unless it is confirmed. */
  readonly confirm?: number | undefined;
  /** The folder that has `etc`, where the same rules are to be in force after a start. */
  readonly persist?: string | undefined;
  readonly clock: () => Date;
  /** Asked before anything is changed: what is prepared, and what of the machine is hookline's own. */
  readonly agreed: (prepared: Prepared, owned: Owned) => Promise<Agreement>;
}

/** Whether it is to be done, and what was overridden. */
export interface Agreement {
  readonly isAgreed: boolean;
  readonly forced: readonly string[];
}

/** What came of it. */
export type Applied =
  | { readonly kind: 'nothing'; readonly generation: Generation }
  | { readonly kind: 'declined' }
  | {
      readonly kind: 'applied';
      readonly meta: Meta;
      readonly says: readonly string[];
      readonly open: readonly string[];
      /** Those that are loaded when the machine starts. */
      readonly files: readonly string[];
    };

/** Applies it, or leaves everything as it was. Throws an {@link ApplyError}. */
export async function apply(site: Site, request: ApplyRequest): Promise<Applied> {
  ownFolder(dirname(site.folder));
  ownFolder(site.folder);
  return locked(site, 'apply', (held) => applyLocked(held, request));
}

async function applyLocked(site: Site, request: ApplyRequest): Promise<Applied> {
  await settle(site, now(request));
  const last = lastGeneration(site);
  demandEnded(last, request);
  const backEnd = backEndOf(request.loader);
  const present = await presentAt(site, backEnd, last, request);
  if (last && (await isInForce(site, { last, present, request }))) return nothingToDo(site, request, last);
  const number = nextNumber(site);
  const wanted = { ruleSet: request.ruleSet, texts: request.texts, id: newId(number) };
  const prepared = await backEnd.prepare(site, wanted, present);
  if (last && present.id === last.id && prepared.says.length === 0) return nothingToDo(site, request, last);
  await demandTaken(() => backEnd.check(site, prepared));
  const { isAgreed, forced } = await request.agreed(prepared, present.owned);
  if (!isAgreed) return { kind: 'declined' };
  const meta = metaOf(number, wanted, { request, present, last, owned: prepared.owned, forced });
  const { before, change, back } = prepared;
  noteTexts(site, number, { target: request.texts, before, change, back, source: { nft: request.text } });
  noteMeta(site, meta);
  const open = await carryOut(site, meta, { wanted, prepared, clock: request.clock });
  return { kind: 'applied', meta, says: prepared.says, open, files: await persist(site, request) };
}

/** Once it was asked for, it is done after every change. */
function persist(site: Site, request: ApplyRequest): Promise<readonly string[]> {
  if (request.persist !== undefined) notePersist(site, request.persist);
  return persistCurrent(site);
}

async function nothingToDo(site: Site, request: ApplyRequest, generation: Generation): Promise<Applied> {
  await persist(site, request);
  return { kind: 'nothing', generation };
}

function now({ clock }: Pick<ApplyRequest, 'clock'>): string {
  return clock().toISOString();
}

/** The tools know best what they would load. */
async function demandTaken(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof CommandError) || error.kind !== 'failure') throw error;
    throw new ApplyError(
      'refused',
      `\`${error.program}\` does not take the rules: ${error.stderr}`,
      'nothing was changed; is this the machine that the policy is for?',
    );
  }
}

/** The number of the next generation; what a process that was killed left of one goes. */
function nextNumber(site: Site): number {
  const numbers = numbersIn(site);
  const unfinished = numbers.filter((number) => !readGeneration(site, number));
  for (const number of unfinished) removeState(folderOf(site, number));
  return (numbers.at(-1) ?? 0) + 1;
}

/** One thing after the other. */
function demandEnded(last: Generation | undefined, { loader }: ApplyRequest): void {
  if (!last) return;
  if (awaitsConfirmation(last))
    throw new ApplyError(
      'refused',
      `generation ${last.number} has not been confirmed`,
      'say `hookline confirm`, or `hookline rollback`',
    );
  if (last.loader !== loader)
    throw new ApplyError(
      'refused',
      `generation ${last.number} was applied with \`--to ${last.loader}\``,
      `apply with the same, or take it away first with \`hookline rollback 0\``,
    );
}

async function presentAt(
  site: Site,
  backEnd: BackEnd,
  last: Generation | undefined,
  { adopt }: ApplyRequest,
): Promise<Present> {
  const id = await backEnd.mark(site);
  if (id !== undefined && id !== last?.id && !adopt)
    throw new ApplyError(
      'refused',
      `the kernel has \`${id}\`, of which \`${site.folder}\` knows nothing`,
      'was it applied with another `--state-dir`? `--adopt` takes it over',
    );
  if (!last) return { id, owned: { tables: [], sets: [] }, adopt };
  return { id, owned: ownedBy(last), target: readTexts(site, last.number, 'target'), adopt };
}

function ownedBy({ tables, sets }: Generation): Owned {
  return { tables, sets };
}

interface Asked {
  readonly last: Generation;
  readonly present: Present;
  readonly request: ApplyRequest;
}

/** The same text again, and the kernel still has what came of it. */
async function isInForce(site: Site, { last, present, request }: Asked): Promise<boolean> {
  if (present.id !== last.id || last.compiled !== digestOf(request.texts)) return false;
  return (await driftOf(site, last)).length === 0;
}

interface Circumstances {
  readonly request: ApplyRequest;
  readonly present: Present;
  readonly last: Generation | undefined;
  readonly owned: Owned;
  readonly forced: readonly string[];
}

function metaOf(
  number: number,
  { id }: Wanted,
  { request, present, last, owned, forced }: Circumstances,
): Meta {
  const { host, confirm, restores } = request;
  const previous = present.id !== undefined && present.id === last?.id ? last.number : undefined;
  return {
    schema: 'hookline.generation/1',
    number,
    id,
    ...(previous !== undefined && { previous }),
    ...(present.id !== undefined && { previousId: present.id }),
    at: now(request),
    user: asLine(request.user),
    command: request.command.map(asLine).slice(0, 200),
    loader: request.loader,
    ...(host !== undefined && { host: asLine(host) }),
    source: { ...request.source, name: asLine(request.source.name) },
    compiled: digestOf(request.texts),
    tables: [...owned.tables],
    sets: [...owned.sets],
    ...(confirm !== undefined && { confirm }),
    forced: forced.map(asLine),
    ...(restores !== undefined && { restores }),
  };
}

function digestOf(texts: Texts): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
