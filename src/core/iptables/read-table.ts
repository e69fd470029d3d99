// One table of a dump as a table of the rule set.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { NamedSet, Table } from '../ir/ruleset.ts';
import type { Source } from '../text/source.ts';
import { splitWords } from '../text/words.ts';
import type { Complain } from './given-rule.ts';
import { reportLoops } from './jump-loop.ts';
import type { Block, Line } from './read-blocks.ts';
import { closeChain, declareChain, type OpenTable, setCounters } from './read-chain.ts';
import { readCommand, readCounters } from './read-command.ts';
import type { PartContext } from './rule-parts.ts';
import { usedSets } from './set-names.ts';

/** What reading a dump needs to know and where its problems go. */
export interface ImportContext {
  readonly source: Source;
  readonly family: 'ip' | 'ip6';
  readonly report: (diagnostic: Diagnostic) => void;
  /** The sets of ipset that are given with the dump and that ours say the same of. */
  readonly ipset?: (name: string) => NamedSet | undefined;
}

/** Reads the chains, then the rules. */
export function readTable({ name, header, ...lines }: Block, context: ImportContext): Table {
  const { source, family, report } = context;
  const complain: Complain = (code, message, { start, end }, help) =>
    report(diagnostic(code, message, { span: { source, start, end }, help }));
  const open: OpenTable = { name, chains: new Map(), source, complain };
  for (const line of lines.chains) readChain(line, open);
  const isChain = (chain: string): boolean =>
    open.chains.get(chain)?.base === undefined && open.chains.has(chain);
  const parts: PartContext = {
    source,
    family,
    table: name,
    complain,
    isChain,
    ipset: context.ipset,
    unknown: new Set(),
  };
  for (const line of lines.rules) readCommand(line, open, parts);
  const chains = [...open.chains.values()].map(closeChain);
  const sets = [...usedSets({ chains })].flatMap((set) => context.ipset?.(set) ?? []);
  const table: Table = { family, name, chains, sets, opaque: [], span: { source, ...header } };
  reportLoops(table, report);
  return table;
}

/** `:INPUT DROP [0:0]`, `:mine - [0:0]`; the counters may be missing. */
function readChain(line: Line, table: OpenTable): void {
  const { complain, source } = table;
  const { words } = splitWords(source.text, line.start + 1, line.end);
  const [name, policy, counters, ...rest] = words;
  if (!name || !policy || rest.length > 0) {
    complain('HK5001', 'a chain is declared as `:name policy [packets:bytes]`', line);
    return;
  }
  declareChain(name, policy, table);
  const counted = counters && readCounters(counters, complain);
  if (counted) setCounters(name, counted, table);
}
