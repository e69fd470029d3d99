// The tables of nft: all of them change in one transaction, which also says which generation is in force.
import { areEqual } from '../../core/analyse/proof/compiled.ts';
import { type Change, isSameTable, type TableChange, type TableName } from '../../core/change/change.ts';
import { changeTo } from '../../core/change/change-to.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { importNftText } from '../../core/nft/text-import/import.ts';
import { CommandError } from '../exec.ts';
import { nftLoad } from '../kernel/load.ts';
import type { BackEnd, Owned, Prepared, Present, Verified, Wanted } from './back-end.ts';
import { ApplyError } from './error.ts';
import { type Texts, tableFamilies } from './generation.ts';
import { readTables } from './live-tables.ts';
import { runAt, type Site } from './site.ts';
import { isMarker, markerWords, markIn, markLines, nameOfTable, withoutTable } from './transaction.ts';

export const nft: BackEnd = {
  mark,
  presence: async (site, { id }) => ((await mark(site)) === id ? 'all' : 'none'),
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
  listing: async (site, owned) => ({ nft: withoutPassing(await listTables(site, owned.tables, ['-s'])) }),
};

/** Without the elements of sets that rules add to, or that time takes away from. */
function withoutPassing(listing: string): string {
  return listing.replace(/^\t(?:set|map) .*\{\n(?:\t\t.*\n)*\t\}$/gm, (block) =>
    /^\t\tflags .*\b(?:dynamic|timeout)\b/m.test(block)
      ? block.replace(/\n\t\telements = \{[^}]*\}/, '')
      : block,
  );
}

async function mark(site: Site): Promise<string | undefined> {
  return markIn((await listIfThere(site, markerWords)) ?? '');
}

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

async function prepare(site: Site, wanted: Wanted, present: Present): Promise<Prepared> {
  const tables = wanted.ruleSet.tables.map(({ family, name }) => ({ family, name }));
  const there = await tablesAt(site);
  demandFree(tables, there, present);
  const mine = there.filter((one) => isAmong(one, [...tables, ...present.owned.tables]));
  const { text, changes } = await changeFor(site, wanted, present, mine);
  const touched = changes.map(({ family, name }) => ({ family, name }));
  const before = await listTables(
    site,
    mine.filter((one) => isAmong(one, touched)),
    [],
  );
  const back = `${touched.map(withoutTable).join('')}${before}`;
  return {
    owned: { tables, sets: [] },
    before: { nft: before },
    change: { nft: `${markLines(present.id, wanted.id)}${text}` },
    back: { nft: `${markLines(wanted.id, present.id)}${back}` },
    inForce: wanted.ruleSet,
    says: changes.map(saysOf),
  };
}

/** What changes, in place as far as nft can; tables that can't be read are replaced. */
async function changeFor(
  site: Site,
  { ruleSet, texts }: Wanted,
  { owned, target }: Present,
  mine: readonly TableName[],
): Promise<Pick<Change, 'text'> & { readonly changes: readonly TableChange[] }> {
  const own = [...owned.tables, ...ruleSet.tables];
  const { value: live } = await readTables(site, mine);
  const applied = target?.nft === undefined ? undefined : readText(target.nft);
  const change = live && changeTo({ live, target: ruleSet, owned: own, applied }).value;
  if (change) return { text: change.text, changes: change.tables };
  const gone = mine.filter((one) => !isAmong(one, ruleSet.tables));
  const replaced = [
    ...ruleSet.tables.map(({ family, name }) => ({ family, name, kind: 'replaced' as const })),
    ...gone.map((one) => ({ ...one, kind: 'removed' as const })),
  ];
  return {
    text: `${gone.map(withoutTable).join('')}${texts.nft ?? ''}`,
    changes: replaced.map((one) => ({ ...one, chains: [], parts: [] })),
  };
}

/** A table that hookline has not made stays as it is. */
function demandFree(tables: readonly TableName[], there: readonly TableName[], present: Present): void {
  if (tables.some(isMarker))
    throw new ApplyError(
      'refused',
      'the table `inet hookline` says what is in force',
      'give the table another name',
    );
  const others = there.filter((one) => !isAmong(one, present.owned.tables));
  const taken = others.filter((one) => isAmong(one, tables)).map(nameOfTable);
  if (taken.length === 0 || present.adopt) return;
  const names = taken.map((name) => `\`${name}\``).join(', ');
  throw new ApplyError(
    'refused',
    `${names} ${taken.length === 1 ? 'is' : 'are'} there already, and hookline has not made ${taken.length === 1 ? 'it' : 'them'}`,
    'give the table another name, or replace what is there with `--adopt`; `hookline rollback` brings it back',
  );
}

function isAmong(table: TableName, tables: readonly TableName[]): boolean {
  return tables.some((one) => isSameTable(one, table));
}

const verbs = { made: 'is made', removed: 'is removed', replaced: 'is replaced', edited: 'changes' } as const;

function saysOf({ kind, family, name, chains, parts }: TableChange): string {
  const rules = chains.flatMap((chain) => chain.rules);
  const added = rules.filter((rule) => rule.kind === 'added').length;
  const counts = [
    ...(added > 0 ? [`${countOf(added, 'rule')} more`] : []),
    ...(rules.length > added ? [`${countOf(rules.length - added, 'rule')} less`] : []),
    ...parts.map((part) => `${part.is} \`${part.name}\` ${part.kind}`),
  ];
  const details = kind === 'edited' && counts.length > 0 ? `: ${counts.join(', ')}` : '';
  return `table \`${family} ${name}\` ${verbs[kind]}${details}`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
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

/** Reads back: there is nothing left to change, or it is shown to do the same to all packets. */
async function verify(site: Site, wanted: Wanted, owned: Owned): Promise<Verified> {
  if ((await mark(site)) !== wanted.id) return { problems: ['the kernel has another generation'], open: [] };
  const { value: read } = await readTables(site, owned.tables);
  if (!read) return { problems: [], open: ['what nft lists can not be read'] };
  const { value: change } = changeTo({ live: read, target: wanted.ruleSet, owned: owned.tables });
  if (change && change.tables.length === 0) return { problems: [], open: [] };
  const compiled = readText(wanted.texts.nft ?? '');
  return compiled
    ? compare(sorted(compiled), sorted(read))
    : { problems: [], open: ['it is not read again'] };
}

/** Nothing is no rules. */
function readText(text: string): RuleSet | undefined {
  return text.trim() === '' ? { tables: [] } : importNftText({ name: 'the kernel', text }).value;
}

function compare(wanted: RuleSet, read: RuleSet): Verified {
  try {
    if (areEqual(wanted, read)) return { problems: [], open: [] };
    return { problems: ['the kernel has other rules than were loaded'], open: [] };
  } catch (error) {
    if (error instanceof RangeError) return { problems: [], open: [error.message] };
    throw error;
  }
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
