// The jumps between the chains of a table: where they lead, whether they end, and from which hooks a chain is reached.
import type { Label } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/meant.ts';
import { deepestJump, findCycles, findTooDeep } from '../ir/graph.ts';
import type { Rule } from '../ir/ruleset.ts';
import type { Lookups } from '../match/define.ts';
import { chainsOf } from '../statement/chains.ts';
import type { Name } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import type { BaseClauses } from './base-chain.ts';
import { callLabels } from './origin.ts';
import type { Report } from './report.ts';

/** A chain whose rules are checked and whose place among the others is not yet. */
export interface ChainDraft {
  readonly name: Name;
  readonly span: Span;
  readonly base: BaseClauses | undefined;
  /** It was meant to hang on a hook, whatever is wrong there. */
  readonly hooked: boolean;
  readonly rules: readonly Rule[];
  readonly comment?: string;
}

/** One jump or goto, with where it stands. */
interface Jump extends Place {
  readonly from: ChainDraft;
  readonly to: ChainDraft;
}

interface Place {
  readonly span: Span;
  /** Where it is written, if that is in definitions. */
  readonly inside: readonly Label[];
}

/** The jumps that stand in each chain. */
export type Jumps = ReadonlyMap<ChainDraft, readonly Jump[]>;

/** Finds the jumps of a table's chains; reports those to chains that are missing or hang on a hook. */
export function findJumps(chains: readonly ChainDraft[], lookups: Lookups, report: Report): Jumps {
  const byName = new Map(chains.map((chain) => [chain.name.text, chain]));
  const jumpsOf = (from: ChainDraft): readonly Jump[] =>
    [...chainReferences(from, lookups)].flatMap(([name, place]) => {
      const to = byName.get(name);
      if (to && !to.hooked) return [{ from, to, ...place }];
      if (to) reportJumpToBase(to, place, report);
      else reportMissing(name, place, byName.keys(), report);
      return [];
    });
  return new Map(chains.map((chain) => [chain, jumpsOf(chain)]));
}

/** Names of the chains that rules refer to, each with its first place. */
function chainReferences(chain: ChainDraft, lookups: Lookups): ReadonlyMap<string, Place> {
  const references = new Map<string, Place>();
  for (const { parts, calls } of chain.rules)
    for (const part of parts)
      for (const name of chainsOf(part, lookups))
        if (part.span && !references.has(name))
          references.set(name, { span: part.span, inside: callLabels(calls) });
  return references;
}

function reportJumpToBase(to: ChainDraft, { span, inside }: Place, report: Report): void {
  report.complain('HK2010', `\`${to.name.text}\` is a base chain and cannot be jumped to`, {
    span,
    labels: [...inside, { span: to.name.span, message: 'it hangs on a hook' }],
    help: 'move its rules to a chain without a hook and jump there from both',
  });
}

function reportMissing(name: string, { span, inside }: Place, known: Iterable<string>, report: Report): void {
  const help = nearestName(name, known);
  report.complain('HK2009', `no chain of this table is called \`${name}\``, { span, labels: inside, help });
}

/** Reports each loop once, as a path; whether there is any. */
export function reportLoops(jumps: Jumps, report: Report): boolean {
  const loops = findCycles(jumps.keys(), (chain) => jumps.get(chain) ?? []);
  for (const loop of loops) reportLoop(loop, report);
  return loops.length > 0;
}

function reportLoop(loop: readonly Jump[], report: Report): void {
  const [first] = loop;
  if (!first) return;
  report.complain('HK2011', `the jumps lead in a loop: ${pathText(loop)}`, {
    span: first.span,
    labels: loop.flatMap(({ span, to, inside }, at) => [
      ...inside,
      ...(at === 0 ? [] : [{ span, message: `then to \`${to.name.text}\`` }]),
    ]),
  });
}

/** Reports where chains are nested deeper below a base chain than the kernel goes. */
export function reportDepth(jumps: Jumps, report: Report): void {
  const bases = [...jumps.keys()].filter(({ base }) => base);
  for (const path of findTooDeep(bases, (chain) => jumps.get(chain) ?? [])) reportTooDeep(path, report);
}

function reportTooDeep(path: readonly Jump[], report: Report): void {
  const last = path.at(-1);
  if (!last) return;
  const message = `\`${last.to.name.text}\` is more than ${deepestJump} jumps below a base chain: ${pathText(path)}`;
  report.complain('HK2012', message, { span: last.span, labels: last.inside });
}

function pathText(path: readonly Jump[]): string {
  const chains = [...path.slice(0, 1).map(({ from }) => from), ...path.map(({ to }) => to)];
  return chains.map(({ name }) => name.text).join(' → ');
}

/** The base chains from which each chain is reached, itself for a base chain. */
export function findBases(jumps: Jumps): ReadonlyMap<ChainDraft, ReadonlySet<ChainDraft>> {
  const bases = new Map<ChainDraft, Set<ChainDraft>>([...jumps.keys()].map((chain) => [chain, new Set()]));
  for (const base of jumps.keys())
    for (const reached = base.hooked ? [base] : []; reached.length > 0; ) {
      const chain = reached.pop() ?? base;
      const known = bases.get(chain);
      if (!known || known.has(base)) continue;
      known.add(base);
      for (const jump of jumps.get(chain) ?? []) reached.push(jump.to);
    }
  return bases;
}
