// What is kept of a rule set that was looked at, so that after an edit only what has changed is worked out again. What comes
// of it is the same as without: it is kept only while the variables are those that a fresh start would make, in that order.
import { createBdd, type Node } from '../../../bdd/bdd.ts';
import type { Field } from '../../../field/define.ts';
import { metaMark } from '../../../field/meta.ts';
import { tcpFlagBits } from '../../../field/transport.ts';
import type { Hook } from '../../../hook/hook.ts';
import type { RuleSet, Table } from '../../../ir/ruleset.ts';
import { findMatch } from '../../../match/registry.ts';
import { type Mentioned, mentionedNames } from '../../names.ts';
import { createSpace, type Space } from '../../space.ts';
import { type Budget, demandTime, unlimited } from '../budget.ts';
import type { LintSubject } from '../define.ts';
import type { PacketCase } from './drawn.ts';
import { type Deed, type RuledMemory, ruledMemory } from './ruled.ts';

/** Between two looks at versions of a rule set. */
export interface LintMemory {
  kept?: Kept;
}

/** What a look leaves behind. */
export interface Kept {
  readonly space: Space;
  /** What it all depends on beside the rules. */
  readonly basis: string;
  /** What rules asked for first of all, in the order of its variables. */
  asked: readonly string[];
  /** The rules that change sets. */
  disturbing: string;
  /** By table and hook. */
  readonly ruled: Map<string, RuledMemory>;
  /** Packets that came to rules by the first way to their chain. */
  packets: Map<string, Hint>;
  /** Those of the look before. */
  before: ReadonlyMap<string, Hint>;
  /** Packets that may fare otherwise than in the look before; nothing where that may be all. */
  edited: Node | undefined;
  /** Nodes after the first look; 0 until the second one. */
  nodes: number;
  /** Of the present look. */
  budget: Budget;
}

/** A packet that came to a rule. */
export interface Hint {
  readonly packet: PacketCase;
  /** What came to the base chain. */
  readonly entry: Node;
  /** The jumps on its way. */
  readonly jumps: readonly Deed[];
}

/** More than so many times the nodes of the first look are not kept. */
const mostGrowth = 4;

/** What is known of an earlier version, if it is worth anything for this one; else a fresh start. */
export function keptFor(
  { ruleSet, hosts, budget = unlimited }: LintSubject,
  { kept }: LintMemory,
  isFresh: boolean,
): Kept {
  const interfaces = hosts.flatMap((host) => host.interfaces.map(({ name }) => name));
  const mentioned = mentionedNames([ruleSet], interfaces);
  const fields = fieldsOf(ruleSet);
  const basis = basisOf(ruleSet, mentioned, fields);
  if (kept?.nodes === 0) kept.nodes = kept.space.bdd.nodes();
  const isWorth =
    kept && !isFresh && kept.basis === basis && kept.space.bdd.nodes() < mostGrowth * kept.nodes;
  if (!isWorth) return fresh(mentioned, fields, basis, budget);
  kept.budget = budget;
  kept.before = kept.packets;
  kept.packets = new Map();
  kept.edited = undefined;
  return kept;
}

function fresh(mentioned: Mentioned, fields: readonly Field[], basis: string, budget: Budget): Kept {
  const bdd = createBdd({ tick: () => demandTime(kept.budget) });
  const space = createSpace(mentioned, bdd, fields);
  const kept: Kept = {
    space,
    basis,
    asked: [],
    disturbing: '',
    ruled: new Map(),
    packets: new Map(),
    before: new Map(),
    edited: undefined,
    nodes: 0,
    budget,
  };
  return kept;
}

/** The fields that rules compare, whoever asks first, and those that examples ask for. */
function fieldsOf({ tables }: RuleSet): readonly Field[] {
  const keys = new Set<string>();
  for (const { chains } of tables)
    for (const { rules } of chains)
      for (const { parts } of rules) for (const part of parts) if (part.kind === 'match') keys.add(part.key);
  const fields = [...keys].flatMap((key) => findMatch(key)?.selector?.field ?? []).filter(isPlain);
  const own = new Map(fields.map((field) => [field.name, field]));
  const sorted = [...own.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return [metaMark, tcpFlagBits, ...sorted];
}

/** One whose variables are the same at every place. */
function isPlain({ symbol }: Field): boolean {
  return symbol === undefined || (symbol.kind === 'own' && !symbol.drawn && !symbol.untold);
}

/** Names, and what tables have beside their chains. */
function basisOf({ tables }: RuleSet, mentioned: Mentioned, fields: readonly Field[]): string {
  const names = [...mentioned].map(([field, all]) => [field, [...all].toSorted()]);
  const beside = tables.map(({ family, name, flags, sets, maps, objects, opaque }) => [
    family,
    name,
    flags,
    sets,
    maps,
    objects,
    opaque,
  ]);
  return JSON.stringify([names, fields.map(({ name }) => name), beside], withoutPlaces);
}

function withoutPlaces(key: string, value: unknown): unknown {
  if (key === 'span') return undefined;
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** What was kept of the rules of a table at a hook. */
export function memoryAt({ ruled }: Kept, { family, name }: Table, hook: Hook): RuledMemory {
  const key = `${family} ${name} ${hook}`;
  const known = ruled.get(key) ?? ruledMemory();
  ruled.set(key, known);
  return known;
}

/** Whether the variables stand in the order of those that a fresh start would make. Else there must be one. */
export function isAsFresh({ ruled, asked, disturbing }: Kept): boolean {
  if (disturbing !== disturbingIn(ruled)) return false;
  let at = 0;
  for (const name of askedIn(ruled)) {
    while (at < asked.length && asked[at] !== name) at++;
    if (at === asked.length) return false;
  }
  return true;
}

/** Remembers what a fresh start came to. */
export function remember(kept: Kept): void {
  kept.asked = [...askedIn(kept.ruled)];
  kept.disturbing = disturbingIn(kept.ruled);
}

function askedIn(ruled: Kept['ruled']): ReadonlySet<string> {
  return new Set([...ruled.values()].flatMap(({ asked }) => [...asked]));
}

function disturbingIn(ruled: Kept['ruled']): string {
  return [...ruled].map(([key, one]) => [key, ...one.disturbing].join('\n')).join('\n');
}

/** The packets about which rules that are other than before may say anything, wherever these are. */
export function editedIn({ ruled, space }: Kept): Node | undefined {
  let all: Node | undefined = 0;
  for (const { edited, tries } of ruled.values()) {
    if (all === undefined || edited.node === undefined) return undefined;
    if (edited.node === 0) continue;
    const changes = [...tries.values()].flatMap(({ deeds }) =>
      deeds.filter(({ changed }) => changed.size > 0),
    );
    const variables = new Set(changes.flatMap(({ changed }) => [...changed]));
    all = space.bdd.or(all, space.bdd.exists(edited.node, variables));
  }
  return all;
}
