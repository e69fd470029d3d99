// The tables of nft: all of them change in one transaction, which also says which generation is in force.
import { areEqual } from '../../core/analyse/proof/compiled.ts';
import type { RuleSet, Table } from '../../core/ir/ruleset.ts';
import { emitNftText } from '../../core/nft/emit-text.ts';
import { importNftJson } from '../../core/nft/import-json.ts';
import { importNftText } from '../../core/nft/text-import/import.ts';
import { CommandError } from '../exec.ts';
import { nftLoad } from '../kernel/load.ts';
import type { BackEnd, Owned, Prepared, Present, Verified, Wanted } from './back-end.ts';
import { ApplyError } from './error.ts';
import { type Texts, tableFamilies } from './generation.ts';
import { runAt, type Site } from './site.ts';
import {
  isMarker,
  markerWords,
  markIn,
  markLines,
  nameOfTable,
  type TableName,
  transactionFor,
  withoutTable,
} from './transaction.ts';

export const nft: BackEnd = {
  marks: async (site) => [markIn((await listIfThere(site, markerWords)) ?? '')],
  prepare,
  check: async (site, prepared) => {
    for (const text of [bodyOf(prepared.change), bodyOf(prepared.back)])
      await runAt(site, 'nft', ['-c', '-f', '-'], { input: text });
  },
  load: async (site, { nft: input = '' }) => {
    const { program, args } = nftLoad(input);
    await runAt(site, program, args, { input });
  },
  verify,
  listing: async (site, owned) => ({ nft: await listTables(site, owned.tables, ['-s']) }),
};

/** What nft lists; undefined where there is no such thing. */
async function listIfThere(site: Site, words: readonly string[]): Promise<string | undefined> {
  try {
    return await runAt(site, 'nft', words);
  } catch (error) {
    if (error instanceof CommandError && /No such file or directory/.test(error.stderr)) return undefined;
    throw error;
  }
}

async function listTables(
  site: Site,
  tables: readonly TableName[],
  options: readonly string[],
): Promise<string> {
  const listed: string[] = [];
  for (const { family, name } of tables)
    listed.push((await listIfThere(site, [...options, 'list', 'table', family, name])) ?? '');
  return listed.join('');
}

async function prepare(site: Site, { ruleSet, texts, id }: Wanted, present: Present): Promise<Prepared> {
  const tables = ruleSet.tables.map(({ family, name }) => ({ family, name }));
  const there = new Set((await tablesAt(site)).map(nameOfTable));
  demandFree(tables, there, present);
  const touched = [...tables, ...present.owned.tables.filter((one) => !isAmong(one, tables))];
  const before = await listTables(
    site,
    touched.filter((one) => there.has(nameOfTable(one))),
    [],
  );
  const change = transactionFor({ text: texts.nft ?? '', tables, owned: present.owned.tables });
  const back = `${touched.map(withoutTable).join('')}${before}`;
  return {
    owned: { tables, sets: [] },
    before: { nft: before },
    change: { nft: `${markLines(present.id, id)}${change}` },
    back: { nft: `${markLines(id, present.id)}${back}` },
    says: touched.map((table) => saysOf(table, there, tables)),
  };
}

/** A table that hookline has not made stays as it is. */
function demandFree(tables: readonly TableName[], there: ReadonlySet<string>, present: Present): void {
  if (tables.some(isMarker))
    throw new ApplyError(
      'refused',
      'the table `inet hookline` says what is in force',
      'give the table another name',
    );
  const own = new Set(present.owned.tables.map(nameOfTable));
  const taken = tables.map(nameOfTable).filter((name) => there.has(name) && !own.has(name));
  if (taken.length === 0 || present.adopt) return;
  const names = taken.map((name) => `\`${name}\``).join(', ');
  throw new ApplyError(
    'refused',
    `${names} ${taken.length === 1 ? 'is' : 'are'} there already, and hookline has not made ${taken.length === 1 ? 'it' : 'them'}`,
    'give the table another name, or replace what is there with `--adopt`; `hookline rollback` brings it back',
  );
}

function isAmong(table: TableName, tables: readonly TableName[]): boolean {
  return tables.some((one) => nameOfTable(one) === nameOfTable(table));
}

function saysOf(table: TableName, there: ReadonlySet<string>, wanted: readonly TableName[]): string {
  const name = nameOfTable(table);
  if (!isAmong(table, wanted)) return `table \`${name}\` is removed`;
  return `table \`${name}\` is ${there.has(name) ? 'replaced' : 'made'}`;
}

/** Without the mark, which fails wherever it does not lead on from what is there. */
function bodyOf({ nft: text = '' }: Texts): string {
  return text.split('\n').slice(2).join('\n');
}

/** Every table that there is. */
async function tablesAt(site: Site): Promise<readonly TableName[]> {
  const listed = await runAt(site, 'nft', ['list', 'tables']);
  return listed.split('\n').flatMap((line) => {
    const [, word, name] = /^table (\w+) (\S+)$/.exec(line) ?? [];
    const family = tableFamilies.find((one) => one === word);
    return family && name !== undefined ? [{ family, name }] : [];
  });
}

/** Reads back: the same words, or shown to do the same to all packets. */
async function verify(site: Site, wanted: Wanted, owned: Owned): Promise<Verified> {
  const marks = await nft.marks(site);
  if (marks[0] !== wanted.id) return { problems: ['the kernel has another generation'], open: [] };
  const compiled = importNftText({ name: 'what was loaded', text: wanted.texts.nft ?? '' }).value;
  const read = await readTables(site, owned.tables);
  if (!compiled || !read) return { problems: [], open: ['what nft lists can not be read'] };
  return compare(sorted(compiled), sorted(read));
}

async function readTables(site: Site, tables: readonly TableName[]): Promise<RuleSet | undefined> {
  const read: Table[] = [];
  for (const { family, name } of tables) {
    const text = await listIfThere(site, ['-j', 'list', 'table', family, name]);
    const ruleSet = text === undefined ? { tables: [] } : importNftJson({ name: 'the kernel', text }).value;
    if (!ruleSet) return undefined;
    read.push(...ruleSet.tables);
  }
  return { tables: read };
}

function compare(wanted: RuleSet, read: RuleSet): Verified {
  const words = wordsOf(wanted);
  if (words !== undefined && words === wordsOf(read)) return { problems: [], open: [] };
  try {
    if (areEqual(wanted, read)) return { problems: [], open: [] };
    return { problems: ['the kernel has other rules than were loaded'], open: [] };
  } catch (error) {
    if (error instanceof RangeError) return { problems: [], open: [error.message] };
    throw error;
  }
}

function wordsOf(ruleSet: RuleSet): string | undefined {
  return emitNftText(ruleSet).value;
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

/** The kernel has no order among tables, nor among chains, but the one at their hooks. */
function sorted({ tables }: RuleSet): RuleSet {
  const named = tables.toSorted((one, other) => (nameOfTable(one) < nameOfTable(other) ? -1 : 1));
  return {
    tables: named.map((table) => ({
      ...table,
      chains: table.chains.toSorted(byName),
      sets: table.sets.toSorted(byName),
    })),
  };
}
