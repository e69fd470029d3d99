// Jumps to chains in which nothing happens.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { type Chain, findChain, type Part, type Rule, type Table } from '../../../ir/ruleset.ts';
import { lookupsOf } from '../../../match/define.ts';
import { findStatement } from '../../../statement/registry.ts';
import type { Finding } from '../define.ts';
import { leadsTo } from '../jumps.ts';
import { type Line, linesOf, nameOfChain, nameOfLine, type PlacedChain, writtenChains } from '../place.ts';

export const idleJump: Finding = {
  code: 'HK7109',
  name: 'idle-jump',
  *find({ ruleSet: { tables } }) {
    const idle = idleChains(tables);
    for (const placed of writtenChains(tables))
      for (const line of linesOf(placed)) {
        const chain = targetOf(line, placed);
        if (chain && idle.has(chain)) yield jumpTo(chain, line, placed);
      }
  },
};

function jumpTo(chain: Chain, line: Line, placed: PlacedChain) {
  const name = nameOfChain({ ...placed, chain });
  return diagnostic('HK7109', `${nameOfLine(line, placed)} jumps to ${name}, which does nothing`, {
    span: line.span,
    labels: chain.span && [
      {
        span: chain.span,
        message: chain.rules.length === 0 ? 'it is empty' : 'each packet comes back as it was',
      },
    ],
    // Nobody leaves rules without any effect in a chain on purpose.
    ...(chain.rules.some((rule) => !isReturn(rule)) && { severity: 'warning' }),
  });
}

/** The chain that all rules of a line do nothing but jump to. */
function targetOf({ rules }: Line, { table }: PlacedChain): Chain | undefined {
  const names = new Set(rules.map((rule) => jumpTarget(rule, table)));
  const [name, ...others] = names;
  return name === undefined || others.length > 0 ? undefined : findChain(table, name);
}

function jumpTarget(rule: Rule, table: Table): string | undefined {
  const [name, ...others] = leadsTo(rule, table);
  return others.length === 0 && rule.parts.every((part) => isQuiet(part, table)) ? name : undefined;
}

/** Conditions, jumps, and what comes back from this chain: nothing that anybody sees. */
function isQuiet(part: Part, table: Table): boolean {
  if (part.kind !== 'statement') return part.kind === 'match' || part.role === 'match';
  const definition = findStatement(part.key);
  return definition?.chain !== undefined && definition.leavesChain?.(part.args, lookupsOf(table)) !== true;
}

/** The chains in which nothing happens to any packet; what leads to such chains alone is one of them, too. */
function idleChains(tables: readonly Table[]): ReadonlySet<Chain> {
  const idle = new Set<Chain>();
  for (const table of tables) {
    let before = -1;
    while (idle.size > before) {
      before = idle.size;
      for (const chain of table.chains)
        if (!chain.base && chain.rules.every((rule) => isIdle(rule, table, idle))) idle.add(chain);
    }
  }
  return idle;
}

function isIdle(rule: Rule, table: Table, idle: ReadonlySet<Chain>): boolean {
  if (isReturn(rule)) return true;
  const name = jumpTarget(rule, table);
  const target = name === undefined ? undefined : findChain(table, name);
  return target !== undefined && idle.has(target);
}

/** A rule that does nothing but send packets back. */
function isReturn({ parts }: Rule): boolean {
  const statements = parts.filter((part) => part.kind === 'statement');
  const [only] = statements;
  const definition = only && findStatement(only.key);
  return (
    statements.length === 1 &&
    parts.every((part) => part.kind !== 'opaque' || part.role === 'match') &&
    definition?.chain === undefined &&
    definition?.ends?.(only?.args) === true &&
    definition.leavesChain?.(only?.args, noLookups) === true
  );
}

const noLookups = lookupsOf({ sets: [] });
