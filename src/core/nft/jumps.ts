// Jumps that nf_tables refuses: those in a loop, and those that nest chains too deeply.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { deepestJump, type Edge, findCycles, findTooDeep } from '../ir/graph.ts';
import type { Chain, Table } from '../ir/ruleset.ts';
import { type Jump, jumpsOf } from '../statement/chains.ts';

/** A jump to a chain that is there. */
type Followed = Jump & Edge<Chain>;

/**
 * Errors about all of them that a base chain leads to; the kernel loads others
 * (net/netfilter/nf_tables_api.c: nft_table_validate).
 */
export function refusedJumps(table: Table): readonly Diagnostic[] {
  const jumps = jumpsOf(table);
  const jumpsFrom = (chain: Chain) => (jumps.get(chain) ?? []).filter(isFollowed);
  const bases = table.chains.filter(({ base }) => base);
  const loops = findCycles(bases, jumpsFrom);
  if (loops.length > 0) return loops.map(loopProblem);
  return findTooDeep(bases, jumpsFrom).map(depthProblem);
}

function isFollowed(jump: Jump): jump is Followed {
  return jump.to !== undefined;
}

function loopProblem(loop: readonly Jump[]): Diagnostic {
  return diagnostic('HK2011', `the jumps lead in a loop: ${pathText(loop)}`, { span: loop[0]?.rule.span });
}

function depthProblem(path: readonly Jump[]): Diagnostic {
  const last = path.at(-1);
  const message = `\`${last?.name}\` is more than ${deepestJump} jumps below a base chain: ${pathText(path)}`;
  return diagnostic('HK2012', message, { span: last?.rule.span });
}

function pathText(path: readonly Jump[]): string {
  return [path[0]?.from.name, ...path.map(({ name }) => name)].join(' → ');
}
