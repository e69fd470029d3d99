// What a change of a machine's rules does, as a readable difference with the lines of the policy, and as JSON.
import type { z } from 'zod';
import type { ChainChange, Change, PartChange, RuleChange, TableChange } from '../../core/change/change.ts';
import { printable } from '../../core/diagnostic/excerpt.ts';
import { locationOf, type Span, textOf } from '../../core/text/source.ts';
import type { changedTable } from '../schema/plan.ts';
import type { Surface } from '../terminal.ts';

/** A paragraph for each table; nothing where nothing changes. */
export function ruleChangesText({ tables }: Change, surface: Surface): string {
  return tables.map((table) => tableText(table, surface)).join('\n');
}

const whatHappens = {
  made: 'is made',
  removed: 'is removed',
  remade: 'is made again',
  replaced: 'is replaced as a whole',
  edited: 'is changed',
} as const;

function tableText({ family, name, kind, why, chains, parts }: TableChange, surface: Surface): string {
  const { paint } = surface;
  const because = why === undefined ? '' : `, because ${why}: what was counted or added meanwhile is lost`;
  const head = `${paint('strong', printable(`table ${family} ${name}`))} ${whatHappens[kind]}${because}\n`;
  return [
    head,
    ...parts.map((one) => partText(one, surface)),
    ...chains.map((one) => chainText(one, surface)),
  ].join('');
}

function partText({ is, name, kind, added, removed }: PartChange, { paint }: Surface): string {
  const elements = [
    ...removed.map((one) => paint('bad', `      - ${printable(one)}\n`)),
    ...added.map((one) => paint('good', `      + ${printable(one)}\n`)),
  ];
  return `  ${printable(`${is} ${name}`)} ${whatHappens[kind]}\n${elements.join('')}`;
}

function chainText({ name, kind, policy, rules }: ChainChange, surface: Surface): string {
  const becomes = policy === undefined ? '' : `, its policy becomes \`${policy}\``;
  const lines = rules.map((rule) => ruleText(rule, surface));
  return `  chain ${printable(name)} ${whatHappens[kind]}${becomes}\n${lines.join('')}`;
}

function ruleText(change: RuleChange, { paint }: Surface): string {
  const number = String(change.index).padStart(5);
  if (change.kind === 'removed') return `${paint('bad', `${number} - ${printable(textOfRule(change))}`)}\n`;
  const place = placeOf(change.rule.span);
  const where = place === undefined ? '' : `  ${paint('dim', printable(`${place.file}:${place.line}`))}`;
  return `${paint('good', `${number} + ${printable(textOfRule(change))}`)}${where}\n`;
}

/** In nft's words: those of the machine as it listed them. */
function textOfRule(change: RuleChange): string {
  if (change.kind === 'added') return change.text;
  return change.rule.span ? textOf(change.rule.span) : '';
}

function placeOf(span: Span | undefined): { readonly file: string; readonly line: number } | undefined {
  return span && { file: span.source.name, line: locationOf(span).line };
}

/** The same for programs. */
export function ruleChangesToJson({ tables }: Change): z.infer<typeof changedTable>[] {
  return tables.map(({ chains, parts, ...table }) => ({
    ...table,
    parts: parts.map((part) => ({ ...part, added: [...part.added], removed: [...part.removed] })),
    chains: chains.map(({ rules, ...chain }) => ({ ...chain, rules: rules.map(ruleToJson) })),
  }));
}

function ruleToJson(change: RuleChange) {
  const { kind, index, rule } = change;
  const source = kind === 'added' ? placeOf(rule.span) : undefined;
  const handle = kind === 'removed' ? rule.handle : undefined;
  return {
    kind,
    index,
    text: textOfRule(change),
    ...(source && { source }),
    ...(handle !== undefined && { handle }),
  };
}
