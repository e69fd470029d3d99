// What becomes of one table that a policy has and the machine has, and the commands that do it.
import type { Rule, Table } from '../ir/ruleset.ts';
import { chainBlock } from '../nft/emit-text.ts';
import { objectText } from '../nft/text/object.ts';
import { wordsOf } from '../source-map/meaning.ts';
import { chainChanges, remadeChains, rulesOfNew, rulesOfOld, targetChains } from './chains.ts';
import type { ChainChange, PartChange, TableChange } from './change.ts';
import { isSetOrMap, type Parts, partChanges, partsOf } from './parts.ts';
import { declarationsOf, type Target } from './spelled.ts';
import { type Commands, noCommands, textOf } from './text.ts';

/** A change of one table, and what is to be told nft; undefined where it is as it ought to be. */
export interface ToldChange {
  readonly change: TableChange;
  readonly text: string;
}

/** A table that the machine does not have. */
export function madeTable({ spelled, text }: Target): ToldChange {
  const { family, name } = spelled;
  const chains = spelled.chains.map((one): ChainChange => {
    return { name: one.name, kind: 'made', rules: rulesOfNew(one.rules) };
  });
  const found = partsOf([...spelled.objects, ...spelled.sets]).values();
  const parts = [...found].map((one): PartChange => {
    return { is: one.is, name: one.name, kind: 'made', added: [], removed: [] };
  });
  return { change: { family, name, kind: 'made', chains, parts }, text };
}

/** A table that the policy does not have any more. */
export function removedTable({ family, name, chains }: Table): ToldChange {
  const gone = chains.map((chain): ChainChange => {
    return { name: chain.name, kind: 'removed', rules: rulesOfOld(chain) };
  });
  return {
    change: { family, name, kind: 'removed', chains: gone, parts: [] },
    text: `delete table ${family} ${name}\n`,
  };
}

/** A table that is there: `applied` is what it was to be before, where that is known. */
export function changedTable(
  live: Table,
  target: Target,
  applied: Target | undefined,
): ToldChange | undefined {
  const why = whyNotEdited(live, target);
  const sides = sidesOf(live, target, applied);
  if (why !== undefined || !sides) {
    const { change, text } = madeTable(target);
    return {
      change: { ...change, kind: 'replaced', why: why ?? 'nft text can not say what is in it' },
      text,
    };
  }
  const { family, name } = live;
  const chains = targetChains(target.spelled, target.read);
  const remade = remadeChains(live, chains);
  const parts = partChanges(sides, remade);
  const names = new Set([...remade, ...parts.filter(({ kind }) => kind === 'remade').map((one) => one.name)]);
  const changed = chainChanges(live, chains, remade, names);
  if (parts.length + changed.length === 0) return undefined;
  const change: TableChange = { family, name, kind: 'edited', chains: changed, parts };
  return { change, text: textOf(live, commandsOf(change, target, sides.target)) };
}

function whyNotEdited(live: Table, { read }: Target): string | undefined {
  if (wordsOf([live.flags, live.comment]) !== wordsOf([read.flags, read.comment]))
    return 'its flags or its comment are others';
  if (live.chains.some(({ rules }) => rules.some(({ handle }) => handle === undefined)))
    return 'its rules were listed without their handles';
  return undefined;
}

function sidesOf(live: Table, target: Target, applied: Target | undefined) {
  const [is, wants] = [live, target.read].map(declaredParts);
  if (!is || !wants) return undefined;
  return { live: is, target: wants, applied: (applied && declaredParts(applied.read)) ?? new Map() };
}

function declaredParts(table: Table): Parts | undefined {
  const spelled = declarationsOf(table);
  return spelled && partsOf([...spelled.objects, ...spelled.sets]);
}

function commandsOf({ family, name, chains, parts }: TableChange, target: Target, wanted: Parts): Commands {
  const commands = noCommands();
  const where = `${family} ${name}`;
  for (const part of parts) tellPart(commands, part, where, wanted);
  for (const chain of chains) tellChain(commands, chain, where, target);
  return commands;
}

function tellPart(commands: Commands, part: PartChange, where: string, wanted: Parts): void {
  const { deletions, blocks, elements } = commands;
  const { is, name, kind, added, removed } = part;
  const place = `${where} ${name}`;
  if (kind === 'removed' || kind === 'remade')
    deletions[isSetOrMap(part) ? 'sets' : 'objects'].push(`delete ${is} ${place}`);
  const body = wanted.get(`${is} ${name}`)?.body;
  if (body && (kind === 'made' || kind === 'remade')) blocks.push(objectText({ [is]: body }) ?? '');
  if (removed.length > 0) deletions.elements.push(`delete element ${place} { ${removed.join(', ')} }`);
  if (added.length > 0) elements.push(`add element ${place} { ${added.join(', ')} }`);
}

function tellChain(commands: Commands, change: ChainChange, where: string, { spelled }: Target): void {
  const { deletions, blocks } = commands;
  const { name, kind, policy } = change;
  const place = `${where} ${name}`;
  const goes = kind === 'removed' || kind === 'remade';
  if (goes) {
    deletions.flushes.push(`flush chain ${place}`);
    deletions.chains.push(`delete chain ${place}`);
  }
  const at = spelled.chains.findIndex((chain) => chain.name === name);
  if (kind === 'made' || kind === 'remade' || policy)
    blocks.push(chainBlock(name, spelled.chainHeads[at] ?? []));
  for (const rule of change.rules) {
    if (rule.kind === 'added') commands.rules.push(additionOf(rule, place));
    else if (!goes) deletions.rules.push(`delete rule ${place} handle ${handleOf(rule.rule)}`);
  }
}

function additionOf(
  { before, text }: { readonly before?: number | undefined; readonly text: string },
  place: string,
) {
  return before === undefined ? `add rule ${place} ${text}` : `insert rule ${place} handle ${before} ${text}`;
}

function handleOf({ handle }: Rule): number {
  if (handle === undefined) throw new Error('a rule without a handle is in no table that is edited');
  return handle;
}
