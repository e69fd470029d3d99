// Chains of one's own of a variant of iptables. Each table is a transaction, so a change of several is none: what a process
// that was killed left half done is undone by whoever comes next.
import { areEqual } from '../../core/analyse/proof/compiled.ts';
import { importIptables } from '../../core/iptables/import.ts';
import {
  type OwnTable,
  ownChanges,
  ownDump,
  ownTablesIn,
  ownTablesOf,
  withOwnTables,
} from '../../core/iptables/own-chains.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { CommandError } from '../exec.ts';
import type { Loader } from '../kernel/load.ts';
import type { BackEnd, Owned, Prepared, Present, Verified, Wanted } from './back-end.ts';
import { ApplyError } from './error.ts';
import type { Generation, Texts } from './generation.ts';
import { type SetChanges, setChanges, setLines, setsIn } from './ipset.ts';
import { runAt, type Site } from './site.ts';
import { nameOfTable } from './transaction.ts';

type Variant = Exclude<Loader, 'nft'>;

const programs = ['iptables', 'ip6tables'] as const;

type Program = (typeof programs)[number];

const families = { iptables: 'ip', ip6tables: 'ip6' } as const;

/** Tables of one's own, by the program that lists them. */
type OwnState = Readonly<Record<Program, readonly OwnTable[]>>;

/** What applies rules through a variant of iptables. */
export function iptablesBackEnd(variant: Variant): BackEnd {
  const read = (site: Site) => ownState(site, variant);
  return {
    mark: async (site) => marksOf(await read(site))[0],
    presence: async (site, generation) => presenceIn(await read(site), generation),
    prepare: async (site, wanted, present) =>
      prepare(site, wanted, { present, dumped: await saveBoth(site, variant) }),
    check: (site, { change }) => restore(site, variant, checkable(change), ['--test']),
    load: (site, texts) => load(site, variant, texts),
    verify: async (_site, wanted, _owned) => compare(wantedState(wanted), await read(_site)),
    listing: async (site, owned) => ({
      ...dumps(await read(site)),
      ipset: await savedSets(site, owned.sets),
    }),
  };
}

async function ownState(site: Site, variant: Variant): Promise<OwnState> {
  return ownIn(await saveBoth(site, variant));
}

/** What both programs list. */
type Saved = Readonly<Record<Program, string>>;

async function saveBoth(site: Site, variant: Variant): Promise<Saved> {
  const iptables = await save(site, variant, 'iptables');
  return { iptables, ip6tables: await save(site, variant, 'ip6tables') };
}

function ownIn({ iptables, ip6tables }: Saved): OwnState {
  return { iptables: ownTablesIn(iptables), ip6tables: ownTablesIn(ip6tables) };
}

/** `iptables-legacy-save`. */
function save(site: Site, variant: Variant, program: Program): Promise<string> {
  return runAt(site, `${program}-${variant === 'iptables-nft' ? 'nft' : 'legacy'}-save`, []);
}

function marksOf(state: OwnState): readonly string[] {
  return programs.flatMap((program) => state[program].flatMap(({ mark }) => mark ?? []));
}

/** All of a generation is there where each of its tables has its mark, and no table another one. */
function presenceIn(
  state: OwnState,
  { id, tables }: Pick<Generation, 'id' | 'tables'>,
): 'all' | 'none' | 'part' {
  const marks = marksOf(state);
  const own = marks.filter((mark) => mark === id).length;
  if (own === 0) return 'none';
  return own === tables.length && own === marks.length ? 'all' : 'part';
}

function wantedState({ texts, id }: Wanted): OwnState {
  return {
    iptables: ownTablesOf(texts.iptables ?? '', id),
    ip6tables: ownTablesOf(texts.ip6tables ?? '', id),
  };
}

interface Before {
  readonly present: Present;
  readonly dumped: Saved;
}

async function prepare(site: Site, wanted: Wanted, { present, dumped }: Before): Promise<Prepared> {
  const saved = ownIn(dumped);
  const after = wantedState(wanted);
  demandMarkable(after);
  const own = present.owned.tables.length > 0 || present.adopt;
  if (!own && marksOf(saved).length === 0 && programs.some((program) => saved[program].length > 0))
    throw new ApplyError(
      'refused',
      'there are chains `HOOKLINE-…` already, and nothing is noted of them',
      'replace them with `--adopt`',
    );
  const sets = setsIn(wanted.texts.ipset ?? '');
  const there = await savedSets(site, [...new Set([...sets.keys(), ...present.owned.sets])]);
  demandOwnSets([...sets.keys()], there, present);
  const [forth, back] = [setChanges(setsIn(there), sets), setChanges(sets, setsIn(there))];
  return {
    owned: { tables: tablesOf(after), sets: [...sets.keys()] },
    before: { ...dumps(saved), ipset: there },
    change: textsOf(saved, after, forth),
    back: textsOf(after, saved, back),
    inForce: whole(dumped, after, sets),
    says: saysOf(saved, after),
  };
}

/** The tables with the rules of others and one's own among them; what can't be read is left out. */
function whole(dumped: Saved, after: OwnState, sets: ReturnType<typeof setsIn>): RuleSet {
  const ipset = { name: 'the sets', text: setLines(sets) };
  const tables = programs.flatMap((program) => {
    const source = {
      name: `what ${program} will have`,
      text: withOwnTables(dumped[program], after[program]),
    };
    if (!/^\*/m.test(source.text)) return [];
    return importIptables(source, { family: families[program], ipset }).value?.tables ?? [];
  });
  return { tables };
}

/** Without a table there is nothing that could say which generation it is of. */
function demandMarkable(after: OwnState): void {
  if (tablesOf(after).length > 0) return;
  throw new ApplyError(
    'refused',
    'the policy has no rules for iptables',
    '`hookline rollback 0` takes away what was applied',
  );
}

function demandOwnSets(names: readonly string[], there: string, { owned, adopt }: Present): void {
  const others = [...setsIn(there).keys()].filter(
    (name) => names.includes(name) && !owned.sets.includes(name),
  );
  if (others.length === 0 || adopt) return;
  const listed = others.map((name) => `\`${name}\``).join(', ');
  throw new ApplyError(
    'refused',
    `hookline has not made the sets ${listed} of ipset`,
    'give them other names, or take them over with `--adopt`',
  );
}

function tablesOf(state: OwnState): Owned['tables'] {
  return programs.flatMap((program) =>
    state[program].map(({ name }) => ({ family: families[program], name })),
  );
}

function dumps(state: OwnState): Texts {
  const [iptables = '', ip6tables = ''] = programs.map((program) => ownDump(state[program].toSorted(byName)));
  return { iptables, ip6tables };
}

function textsOf(from: OwnState, to: OwnState, sets: SetChanges): Texts {
  return {
    ipset: sets.first,
    iptables: ownChanges(from.iptables, to.iptables),
    ip6tables: ownChanges(from.ip6tables, to.ip6tables),
    'ipset-late': sets.late,
  };
}

function saysOf(from: OwnState, to: OwnState): readonly string[] {
  const [before, after] = [tablesOf(from), tablesOf(to)].map((tables) => tables.map(nameOfTable));
  const all = [...new Set([...(before ?? []), ...(after ?? [])])];
  return all.map((name) => {
    if (!after?.includes(name)) return `own chains in table \`${name}\` are removed`;
    return `own chains in table \`${name}\` are ${before?.includes(name) ? 'replaced' : 'made'}`;
  });
}

/** Rules that look into sets that are not there yet can't be checked before. */
function checkable(texts: Texts): Texts {
  const made = new Set(setsIn(texts.ipset ?? '').keys());
  const isTaken = (line: string) => !made.has(/ --match-set (\S+)/.exec(line)?.[1] ?? '');
  const without = (text = '') => text.split('\n').filter(isTaken).join('\n');
  return { iptables: without(texts.iptables), ip6tables: without(texts.ip6tables) };
}

/** Sets that rules look into come before the rules, and go behind them. */
async function load(site: Site, variant: Variant, texts: Texts): Promise<void> {
  await restoreSets(site, texts.ipset);
  await restore(site, variant, texts, []);
  await restoreSets(site, texts['ipset-late']);
}

async function restoreSets(site: Site, input = ''): Promise<void> {
  if (input !== '') await runAt(site, 'ipset', ['restore', '-exist'], { input });
}

async function restore(site: Site, variant: Variant, texts: Texts, words: readonly string[]): Promise<void> {
  const isNft = variant === 'iptables-nft';
  for (const program of programs) {
    const input = texts[program] ?? '';
    if (input === '') continue;
    const args = ['--noflush', ...(isNft ? [] : ['--wait', '20']), ...words];
    await runAt(site, `${program}-${isNft ? 'nft' : 'legacy'}-restore`, args, { input });
  }
}

/** What ipset has of these; nothing of those that are not there. */
async function savedSets(site: Site, names: readonly string[]): Promise<string> {
  const saved: string[] = [];
  for (const name of names) saved.push(await savedSet(site, name));
  return saved.join('');
}

async function savedSet(site: Site, name: string): Promise<string> {
  try {
    return await runAt(site, 'ipset', ['save', name]);
  } catch (error) {
    if (error instanceof CommandError && /does not exist/.test(error.stderr)) return '';
    throw error;
  }
}

function compare(wanted: OwnState, read: OwnState): Verified {
  const problems = programs.flatMap((program) => {
    const [one = '', other = ''] = [wanted, read].map((state) => dumps(state)[program]);
    return one === other || areSame(program, one, other)
      ? []
      : [`${program} has other rules than were loaded`];
  });
  return { problems, open: [] };
}

/** The legacy variant lists tables in the order in which they were used. */
function byName(one: OwnTable, other: OwnTable): number {
  return one.name < other.name ? -1 : 1;
}

function areSame(program: Program, one: string, other: string): boolean {
  const family = families[program];
  const [these, those] = [one, other].map(
    (text) => importIptables({ name: `what ${program} has`, text }, { family }).value,
  );
  return these !== undefined && those !== undefined && areEqual(these, those);
}
