// Rules of a chain by the lines that they come from: one line of a policy may be several rules.
import { type Chain, nameOfRule, type Rule, type Table } from '../../ir/ruleset.ts';
import { findStatement } from '../../statement/registry.ts';
import type { Span } from '../../text/source.ts';

/** A chain in its table. */
export interface PlacedChain {
  readonly table: Table;
  readonly chain: Chain;
}

/** What somebody wrote as one: rules next to each other, by their indexes from 0. */
export interface Line {
  readonly first: number;
  readonly rules: readonly Rule[];
  readonly span?: Span;
}

/** All chains that somebody wrote, or that a dump has; not those that policies between zones become. */
export function writtenChains(tables: readonly Table[]): readonly PlacedChain[] {
  return tables
    .filter(({ flags }) => !flags?.includes('dormant'))
    .flatMap((table) => table.chains.map((chain) => ({ table, chain })))
    .filter(({ table, chain }) => !isGenerated(table, chain));
}

/** Chains of a gateway stand where its table stands. */
function isGenerated(table: Table, chain: Chain): boolean {
  return chain.span !== undefined && isSame(chain.span, table.span);
}

/** The lines of a chain, without what a policy between zones adds by itself. */
export function linesOf({ chain }: PlacedChain): readonly Line[] {
  const lines: { first: number; rules: Rule[]; span?: Span }[] = [];
  for (const [index, rule] of chain.rules.entries()) {
    const { span } = rule;
    const last = lines.at(-1);
    if (span && last?.span && isSame(span, last.span)) last.rules.push(rule);
    else lines.push({ first: index, rules: [rule], ...(span && { span }) });
  }
  return lines.filter(({ span }) => !span || span.start !== chain.span?.start);
}

function isSame(one: Span, other: Span | undefined): boolean {
  return one.source === other?.source && one.start === other.start && one.end === other.end;
}

/** What problems call a line. */
export function nameOfLine({ first }: Line, { table, chain }: PlacedChain): string {
  return nameOfRule(first, chain, table);
}

/** What problems call a chain. */
export function nameOfChain({ table: { family, name }, chain }: PlacedChain): string {
  return `chain \`${chain.name}\` in table \`${family} ${name}\``;
}

/** Whether no packet goes on behind the rule, whatever the packet is. */
export function endsEveryPacket({ parts }: Rule): boolean {
  for (const part of parts) {
    if (part.kind !== 'statement') return false;
    const definition = findStatement(part.key);
    if (definition?.ends?.(part.args)) return true;
    if (definition?.passes !== true) return false;
  }
  return false;
}
