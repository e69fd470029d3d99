// Tables: their family, constants, sets and chains, and the structure of jumps between the chains.

import { nearestWord } from '../diagnostic/meant.ts';
import type { Chain, Family, NamedMap, Rule, Table } from '../ir/ruleset.ts';
import { lookupsOf } from '../match/define.ts';
import { markUpdated, updatedSets } from '../statement/updates.ts';
import type * as Ast from '../syntax/ast.ts';
import type { Name } from '../syntax/term.ts';
import { readBaseClauses } from './base-chain.ts';
import { checkBody } from './body.ts';
import type { Definitions } from './expansion.ts';
import { type ChainDraft, findBases, findJumps, reportDepth, reportLoops } from './jump.ts';
import { declareMaps } from './map.ts';
import { freeName } from './names.ts';
import { declareObjects, readAttributes, readChainLines } from './object.ts';
import { checkObjectNames } from './object-name.ts';
import { ofKind } from './of-kind.ts';
import { type Bases, chainTypes, checkPlacement } from './placement.ts';
import { readRawObject } from './raw.ts';
import { mapsOf, type Needed, obscureNames, reachOf, setsOf } from './reach.ts';
import type { Report } from './report.ts';
import type { RuleContext } from './rule.ts';
import { declareConstants, distinct, type Scope, warnUnusedConstants } from './scope.ts';
import { declareSets, warnUnusedSets } from './set.ts';
import {
  type DeclaredMap,
  type MapScope,
  refuseSharedNames,
  reportShared,
  type SetPart,
  type SetScope,
} from './set-part.ts';

/** What the top level gives to every table. */
export interface TopLevel {
  readonly scope: Scope;
  readonly sets: SetScope;
  readonly maps: MapScope;
  readonly definitions: Definitions;
  readonly report: Report;
}

/** Checks one table. */
export function checkTable(table: Ast.Table, top: TopLevel): Table {
  const { report } = top;
  const family = readFamily(table.family, report);
  checkLength('table', table.name, report);
  const scope = declareConstants(ofKind(table.items, 'let'), top.scope, report);
  const sets = declareSets(ofKind(table.items, 'set'), scope, top.sets, report);
  const needed: Needed = { sets: new Map(), maps: new Map() };
  const opaque = ofKind(table.items, 'raw').flatMap((raw) => readRawObject(raw, report) ?? []);
  const own = new Map<string, DeclaredMap>();
  const reach = reachOf({ sets, maps: own }, top, needed, opaque);
  const { definitions } = top;
  const context = { scope, definitions, report, sets: reach, ...familyLimit(table, family) };
  for (const [text, map] of declareMaps(ofKind(table.items, 'map'), context, top.maps)) own.set(text, map);
  const objects = declareObjects(ofKind(table.items, 'object'), context);
  const maps = (): readonly NamedMap[] => mapsOf(own, needed);
  const chains = checkChains(table, maps, context);
  checkObjectNames(
    chains.flatMap(({ rules }) => rules),
    { objects, maps: maps(), obscure: obscureNames(table, opaque, top) },
    report,
  );
  warnUnusedConstants(scope, report);
  if (!holdsRaw(table, chains)) warnUnusedSets(sets, report);
  const ownSets = setsOf(sets, top.sets, needed);
  refuseSharedNames(sets, own, report);
  checkSetNames(ownSets, needed, own, report);
  const updated = updatedSets(chains);
  const { span } = table;
  return {
    family,
    name: table.name.text,
    ...readAttributes(ofKind(table.items, 'attribute'), report),
    chains,
    sets: ownSets.map((part) => markUpdated(part.set, updated)),
    ...(maps().length > 0 && { maps: maps().map((map) => markUpdated(map, updated)) }),
    ...(objects.length > 0 && { objects }),
    opaque,
    span,
  };
}

const families = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

/** Whether something in the words of another tool may refer to anything in the table. */
function holdsRaw(table: Ast.Table, chains: readonly { readonly rules: readonly Rule[] }[]): boolean {
  return ofKind(table.items, 'raw').length > 0 || chains.some(({ rules }) => rules.some(holdsOpaque));
}

function holdsOpaque({ parts }: Rule): boolean {
  return parts.some((part) => part.kind === 'opaque');
}

/** `ip` where none is given, as in nft. */
function readFamily(name: Name | undefined, report: Report): Family {
  const family = name ? families.find((one) => one === name.text) : 'ip';
  if (family || !name) return family ?? 'ip';
  const { text, span } = name;
  const help = nearestWord(text, families) ?? `the families are ${families.join(', ')}`;
  report.complain('HK2014', `\`${text}\` is not a family`, { span, help });
  return 'inet';
}

function familyLimit(table: Ast.Table, family: Family): Pick<RuleContext, 'limit'> {
  if (family !== 'ip' && family !== 'ip6') return {};
  const version = family === 'ip' ? 'IPv4' : 'IPv6';
  const span = (table.family ?? table.name).span;
  return {
    limit: { family, span, why: `a table of family ${family} sees ${version} packets only`, ofTable: true },
  };
}

/** The kernel's NFT_NAME_MAXLEN, without the final NUL; names are of ASCII characters. */
const longestName = 255;

function checkLength(kind: string, { text, span }: Name, report: Report): void {
  if (text.length > longestName)
    report.complain('HK2027', `the name of this ${kind} has ${text.length} bytes`, {
      span,
      help: `the kernel keeps ${longestName}`,
    });
}

/** Sets and maps of the top level are put into the table beside its own. */
function checkSetNames(
  parts: readonly SetPart[],
  { sets: needed, maps: neededMaps }: Needed,
  own: MapScope,
  report: Report,
): void {
  const maps = new Map([...own].map(([text, { name }]) => [text, name]));
  for (const [part, { name }] of neededMaps) maps.set(part.name, name);
  const byName = new Map<string, SetPart>();
  for (const part of parts) {
    const { name } = part.set;
    const other = byName.get(name);
    const declared = needed.get(part)?.name;
    const otherDeclared = other && needed.get(other)?.name;
    if (declared && otherDeclared)
      report.complain('HK2028', `the name \`${name}\` is wanted by two sets of this table`, {
        span: declared.span,
        labels: [{ span: otherDeclared.span, message: 'the other set' }],
        help: 'a set of both families becomes two, whose names end in `4` and `6`',
      });
    const map = maps.get(name);
    if (declared && map) reportShared(name, declared, map, report);
    if (declared) checkLength('set', { ...declared, text: name }, report);
    byName.set(name, part);
  }
}

function checkChains(
  table: Ast.Table,
  maps: () => readonly NamedMap[],
  context: RuleContext,
): readonly Chain[] {
  const { report } = context;
  const chains = [...distinct(ofKind(table.items, 'chain'), 'chain', report).values()];
  const made = { count: 0, names: new Set(chains.map(({ name }) => name.text)) };
  const drafts = chains.flatMap((chain) => checkChain(chain, table, context, made));
  const jumps = findJumps(drafts, lookupsOf({ sets: [], maps: maps() }), report);
  const bases = findBases(jumps);
  if (!reportLoops(jumps, report)) reportDepth(jumps, report);
  if (!holdsRaw(table, drafts)) warnUnreachable(bases, report);
  const types = chainTypes(table.name.text, bases);
  checkPlacement(bases, types, report);
  return drafts.map((draft) => {
    const type = types.get(draft);
    const base = draft.base && type && { ...draft.base, type };
    const { name, comment, rules, span } = draft;
    return {
      name: name.text,
      ...(comment !== undefined && { comment }),
      ...(base && { base }),
      rules,
      span,
    };
  });
}

/** What blocks and definitions have made of a table so far. */
interface Made {
  count: number;
  /** Names of chains that are taken. */
  readonly names: Set<string>;
}

/** The chain, and behind it those that its blocks need. */
function checkChain(
  chain: Ast.Chain,
  table: Ast.Table,
  context: RuleContext,
  made: Made,
): readonly ChainDraft[] {
  const { name, span } = chain;
  const { report, scope } = context;
  checkLength('chain', name, report);
  const base = readBaseClauses(chain, table, scope, report);
  const chains: ChainDraft[] = [];
  const own = { checkBody, chains, made, freeName: () => freeName(`${name.text}.when`, made.names, '') };
  const place = { scope, expansions: [], condition: [], depth: 0 };
  const { rules: lines, comment, offload } = readChainLines(chain.rules, report);
  if (offload && !base) report.complain('HK2018', '`flags offload` needs a hook', { span: name.span });
  const rules = checkBody(lines, place, { ...context, ...own });
  const draft: ChainDraft = {
    name,
    span,
    base: base && offload ? { ...base, offload } : base,
    hooked: base !== undefined || chain.hook !== undefined,
    rules,
    ...(comment !== undefined && { comment }),
  };
  return [draft, ...chains];
}

function warnUnreachable(bases: Bases, report: Report): void {
  for (const [chain, reachedFrom] of bases)
    if (reachedFrom.size === 0)
      report.complain('HK2013', `no packet reaches chain \`${chain.name.text}\``, {
        span: chain.name.span,
        help: 'jump to it from a chain that hangs on a hook, or give it a hook',
      });
}
