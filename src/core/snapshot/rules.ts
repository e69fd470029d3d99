// The rules of a snapshot: nftables, and both families of iptables-legacy beside it, as they hang on the kernel's hooks.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import { type HookListing, readHookListing } from '../hook/listing.ts';
import { importIptables } from '../iptables/import.ts';
import { type Dump, loadedBeside } from '../ir/beside.ts';
import type { RuleSet, Table } from '../ir/ruleset.ts';
import { importNftJson } from '../nft/import-json.ts';
import type { Source } from '../text/source.ts';
import { withCompatRules } from './compat.ts';
import { loadsOf } from './loads.ts';
import type { PartName } from './parts.ts';
import { missingProblems, type Snapshot, sourceOf } from './snapshot.ts';
import { unreadTables } from './unread.ts';

const ruleParts: readonly PartName[] = ['nft-json', 'iptables-legacy', 'ip6tables-legacy', 'ipset'];

/** All rules; those that could not be read are unknown ones. Without a value there is an error. */
export function rulesOfSnapshot(snapshot: Snapshot, name: string): Outcome<RuleSet> {
  const part = (one: PartName) => sourceOf(snapshot, one, name);
  const found: Diagnostic[] = [...missingProblems(snapshot, (one) => ruleParts.includes(one))];
  const take = <T>({ value, diagnostics }: Outcome<T>): T | undefined => {
    found.push(...diagnostics);
    return value;
  };
  const nft = take(nftRules(part));
  const legacy = (['iptables-legacy', 'ip6tables-legacy'] as const).flatMap((one): readonly Dump[] => {
    const ruleSet = take(legacyRules(part(one), one, part('ipset')));
    return ruleSet ? [{ name: one, ruleSet }] : [];
  });
  if (hasErrors(found)) return { value: undefined, diagnostics: found };
  const hooks = take(hooksOf(part('nft-hooks')));
  const ruleSet = together(nft ?? { tables: [] }, legacy, unreadTables(snapshot), hooks);
  return { value: ruleSet, diagnostics: [...found, ...bothThere(nft, legacy)] };
}

function nftRules(part: (one: PartName) => Source | undefined): Outcome<RuleSet> {
  const source = part('nft-json');
  if (!source) return { value: undefined, diagnostics: [] };
  const given = { ip: part('iptables-nft'), ip6: part('ip6tables-nft'), ipset: part('ipset') };
  return withCompatRules(importNftJson(source), given);
}

/** A machine without tables prints nothing. */
function legacyRules(
  source: Source | undefined,
  part: 'iptables-legacy' | 'ip6tables-legacy',
  ipset: Source | undefined,
): Outcome<RuleSet> {
  if (!source || !/^\*/m.test(source.text)) return { value: undefined, diagnostics: [] };
  return importIptables(source, { family: part === 'iptables-legacy' ? 'ip' : 'ip6', ipset });
}

/** Kernels that can't list their hooks print nothing. */
function hooksOf(source: Source | undefined): Outcome<HookListing> {
  if (!source || source.text.trim() === '') return { value: undefined, diagnostics: [] };
  return readHookListing(source);
}

function together(
  nft: RuleSet,
  legacy: readonly Dump[],
  unread: readonly Table[],
  hooks: HookListing | undefined,
): RuleSet {
  const { loads: _loads, ipset = [], ...whole } = loadedBeside([{ name: 'nft', ruleSet: nft }, ...legacy]);
  const tables = [...whole.tables, ...unread];
  const left = linesLeft(ipset, tables);
  const loads = loadsOf(nft.tables.length, legacy, tables);
  return {
    ...whole,
    tables,
    ...(left.length > 0 && { ipset: left }),
    ...(loads.length > 1 && { loads }),
    ...(hooks && { hooks }),
  };
}

/** Both families list all sets, and each those that only the other one looks into. */
function linesLeft(lines: readonly string[], tables: readonly Table[]): readonly string[] {
  const known = new Set(tables.flatMap(({ sets }) => sets.map(({ name }) => name)));
  return [...new Set(lines)].filter((line) => !known.has(line.split(' ')[1] ?? ''));
}

/** People see but one of the two in the listing of their tool. */
function bothThere(nft: RuleSet | undefined, legacy: readonly Dump[]): readonly Diagnostic[] {
  const inNft = nft ? namesOfRuled(nft) : [];
  const inLegacy = legacy.flatMap(({ ruleSet }) => namesOfRuled(ruleSet));
  if (inNft.length === 0 || inLegacy.length === 0) return [];
  return [
    diagnostic(
      'HK8104',
      `both nftables (${inNft.join(', ')}) and iptables-legacy (${inLegacy.join(', ')}) have rules`,
      { help: 'a packet passes both: what one of them accepts the other may still drop' },
    ),
  ];
}

/** The tables that do something. */
function namesOfRuled({ tables }: RuleSet): readonly string[] {
  return tables
    .filter(({ chains }) => chains.some(({ rules, base }) => rules.length > 0 || base?.policy === 'drop'))
    .map(({ family, name }) => `\`${family} ${name}\``);
}
