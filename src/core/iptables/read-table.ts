// One table of a dump as a table of the rule set.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { BaseChain, Chain, Counters, Rule, Table } from '../ir/ruleset.ts';
import type { Source, Span } from '../text/source.ts';
import { builtinsOf, missingInterface, type TableName } from './builtin.ts';
import { type Complain, type GivenRule, readGivenRule } from './given-rule.ts';
import { reportLoops } from './jump-loop.ts';
import { expandLists } from './own-value.ts';
import type { Block, Line } from './read-blocks.ts';
import { type PartContext, partsOf } from './rule-parts.ts';
import { splitWords, type Word } from './words.ts';

/** What reading a dump needs to know and where its problems go. */
export interface ImportContext {
  readonly source: Source;
  readonly family: 'ip' | 'ip6';
  readonly report: (diagnostic: Diagnostic) => void;
}

interface OpenChain {
  readonly name: string;
  readonly base: BaseChain | undefined;
  readonly rules: Rule[];
  readonly span: Span;
}

/** Reads the chains, then the rules. */
export function readTable(block: Block, context: ImportContext): Table {
  const { source, family, report } = context;
  const complain: Complain = (code, message, { start, end }, help) =>
    report(diagnostic(code, message, { span: { source, start, end }, help }));
  const chains = new Map<string, OpenChain>();
  for (const line of block.chains) readChain(line, block.name, chains, source, complain);
  const isChain = (name: string): boolean => chains.get(name)?.base === undefined && chains.has(name);
  const parts: PartContext = { source, family, table: block.name, complain, isChain, unknown: new Set() };
  for (const line of block.rules) readRule(line, block.name, chains, parts);
  const table: Table = {
    family,
    name: block.name,
    chains: [...chains.values()].map(closeChain),
    sets: [],
    opaque: [],
    span: { source, ...block.header },
  };
  reportLoops(table, report);
  return table;
}

function closeChain({ name, base, rules, span }: OpenChain): Chain {
  return { name, ...(base && { base }), rules, span };
}

/** `:INPUT DROP [0:0]`, `:mine - [0:0]`; the counters may be missing. */
function readChain(
  line: Line,
  table: TableName,
  chains: Map<string, OpenChain>,
  source: Source,
  complain: Complain,
): void {
  const { words } = splitWords(source.text, line.start + 1, line.end);
  const [name, policy, counters, ...rest] = words;
  if (!name || !policy || rest.length > 0) {
    complain('HK5001', 'a chain is declared as `:name policy [packets:bytes]`', line);
    return;
  }
  if (counters) checkCounters(counters, complain);
  if (chains.has(name.text)) complain('HK5007', `chain \`${name.text}\` is declared twice`, name);
  else chains.set(name.text, openChain(name, policy, table, source, complain));
}

function openChain(
  name: Word,
  policy: Word,
  table: TableName,
  source: Source,
  complain: Complain,
): OpenChain {
  const builtin = baseOf(name.text, table);
  const span: Span = { source, start: name.start, end: name.end };
  if (!(builtin ? /^(ACCEPT|DROP)$/ : /^(-|[A-Z]+)$/).test(policy.text)) {
    const help = builtin ? 'use ACCEPT or DROP' : 'a chain of your own has `-` there';
    complain('HK5001', `\`${policy.text}\` is no policy of \`${name.text}\``, policy, help);
  }
  const base = builtin && { ...builtin, policy: policy.text === 'DROP' ? ('drop' as const) : builtin.policy };
  return { name: name.text, base, rules: [], span };
}

function baseOf(name: string, table: TableName): BaseChain | undefined {
  const builtin = builtinsOf(table).find((chain) => chain.name === name);
  return builtin && { type: builtin.type, hook: builtin.hook, priority: builtin.priority, policy: 'accept' };
}

/** `[packets:bytes]`. */
function checkCounters({ text, start, end }: Word, complain: Complain): Counters | undefined {
  const [, packets, bytes] = /^\[(\d{1,20}):(\d{1,20})\]$/.exec(text) ?? [];
  if (packets !== undefined && bytes !== undefined) return { packets: BigInt(packets), bytes: BigInt(bytes) };
  complain('HK5009', `\`${text}\` are no counters`, { start, end }, 'they are written as `[packets:bytes]`');
  return undefined;
}

function readRule(line: Line, table: TableName, chains: Map<string, OpenChain>, context: PartContext): void {
  const { source, complain } = context;
  const { words, open } = splitWords(source.text, line.start, line.end);
  if (open !== undefined) {
    complain('HK5001', 'a quote is not closed', { start: open, end: line.end });
    return;
  }
  const hasCounters = words[0]?.text.startsWith('[') === true;
  const [command, name, ...rest] = hasCounters ? words.slice(1) : words;
  if (command?.text !== '-A' && command?.text !== '--append') {
    complain(
      'HK5012',
      `\`${command?.text ?? ''}\` does not add a rule`,
      command ?? line,
      'only lines with `-A chain` are read',
    );
    return;
  }
  if (!name) {
    complain('HK5010', 'there is no chain behind `-A`', command);
    return;
  }
  const counted = hasCounters && words[0] ? checkCounters(words[0], complain) : undefined;
  const chain = chainFor(name, table, chains, source, complain);
  const given = readGivenRule(rest, source, complain);
  if (chain?.base) refuseInterface(given, name.text, chain.base, complain);
  for (const rule of rulesOf(given, line, counted, { ...context, hook: chain?.base?.hook }))
    chain?.rules.push(rule);
}

function refuseInterface({ own }: GivenRule, chain: string, { hook }: BaseChain, complain: Complain): void {
  const letter = missingInterface(hook);
  const given = own.find(({ option }) => option === `-${letter}`);
  if (given) complain('HK5010', `\`${given.option}\` can't be used in \`${chain}\``, given.span);
}

/** Built-in chains exist without being declared. */
function chainFor(
  name: Word,
  table: TableName,
  chains: Map<string, OpenChain>,
  source: Source,
  complain: Complain,
): OpenChain | undefined {
  const known = chains.get(name.text);
  if (known) return known;
  const base = baseOf(name.text, table);
  if (!base) {
    complain(
      'HK5005',
      `there is no chain \`${name.text}\` in this table`,
      name,
      `declare it with \`:${name.text} - [0:0]\``,
    );
    return undefined;
  }
  const chain: OpenChain = {
    name: name.text,
    base,
    rules: [],
    span: { source, start: name.start, end: name.end },
  };
  chains.set(name.text, chain);
  return chain;
}

function rulesOf(
  given: GivenRule,
  line: Line,
  counted: Counters | undefined,
  context: PartContext,
): readonly Rule[] {
  const { source, family, complain } = context;
  if (given.family && given.family !== family) return [];
  const expanded = expandLists(given.own);
  if (!expanded) complain('HK5010', "`!` can't stand before several addresses", line);
  const counters = counted ?? givenCounters(given, complain);
  const span: Span = { source, ...line };
  return (expanded ?? []).map((own) => ({
    parts: partsOf({ ...given, own }, context),
    ...(counters && { counters }),
    span,
  }));
}

function givenCounters({ counters: [packets, bytes] }: GivenRule, complain: Complain): Counters | undefined {
  if (!packets || !bytes) return undefined;
  return checkCounters({ ...packets, text: `[${packets.text}:${bytes.text}]`, end: bytes.end }, complain);
}
