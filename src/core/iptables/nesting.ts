// Chains that are nested deeper than the nft variant of iptables takes them; the legacy variant knows no limit.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { deepestJump, findTooDeep } from '../ir/graph.ts';
import type { Rule } from '../ir/ruleset.ts';
import type { OutputChain, OutputTable } from './program.ts';

interface Jump {
  readonly to: OutputChain;
  readonly rule: Rule;
}

/** Warnings about all of them, chains that back ends put between those of the policy included. */
export function nestingProblems({ name, chains }: OutputTable): readonly Diagnostic[] {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const jumpsFrom = ({ lines }: OutputChain): readonly Jump[] =>
    lines.flatMap(({ text, rule }) => {
      const to = byName.get(/(?:^| )-[jg] (\S+)$/.exec(text)?.[1] ?? '');
      return to ? [{ to, rule }] : [];
    });
  return findTooDeep(
    chains.filter(({ builtin }) => builtin),
    jumpsFrom,
  ).map((path) => depthProblem(name, path));
}

function depthProblem(table: string, path: readonly Jump[]): Diagnostic {
  const chains = path.map(({ to }) => to.name).join(' → ');
  const message = `in table \`${table}\` chains are nested more than ${deepestJump} deep: ${chains}`;
  return diagnostic('HK2012', message, {
    span: path.at(-1)?.rule.span,
    severity: 'warning',
    help: 'only iptables-legacy loads this; its nft variant refuses it',
  });
}
