// The table that has packets traced: what a filter means goes to the rules that turn tracing on, and a few chains that do
// nothing tell where a traced packet comes by. Everything is on one line, as `nft -i` reads commands.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Question } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { ruleText } from '../nft/emit-text.ts';
import { spellRuleSet } from '../nft/spell.ts';
import { objectText } from '../nft/text/object.ts';

/** Tables with names like this are there to trace. */
export const ownTablePrefix = 'hookline_live_';

/** The chains by what their names tell of a packet. */
export const ownChain = {
  received: 'received',
  sent: 'sent',
  delivered: 'delivered',
  left: 'left',
  fragment: 'fragment',
} as const;

/** The states of connections, each with the chain that a packet in it is shown to. */
export const stateChains = {
  is_new: 'new',
  is_established: 'established',
  is_related: 'related',
  is_invalid: 'invalid',
  is_untracked: 'untracked',
} as const;

/** What the table is to be. */
export interface OwnTable {
  readonly name: string;
  /** Which packets, by what is known of them where they come in. */
  readonly filter: Pick<Question, 'cases' | 'sets'>;
  /** Only received packets, or only those that this host sends; both if absent. */
  readonly direction?: 'in' | 'out' | undefined;
  /** It goes with the process that makes it. */
  readonly isOwned: boolean;
  /** Seconds after which the kernel traces no more, unless it is told again. */
  readonly lease: number;
  /** Whether the rules of the machine look at connections: if they don't, nothing here begins to track any. */
  readonly tracksConnections: boolean;
}

/** Before every other chain, and behind them. */
const [first, last] = [-(2 ** 31), 2 ** 31 - 1];
/** Behind conntrack (include/uapi/linux/netfilter_ipv4.h: NF_IP_PRI_CONNTRACK). */
const tracked = -199;

/** The command that makes the table; an error where the filter looks at what is not known yet. */
export function ownTableText(table: OwnTable): Outcome<string> {
  const { value, diagnostics } = spelledFilter(table.name, table.filter);
  if (!value) return { value: undefined, diagnostics };
  const rules = value.rules.map((rule) => `meta nfproto @alive ${rule} meta nftrace set 1`);
  const entry = (direction: 'in' | 'out') => [
    ...(table.direction === undefined || table.direction === direction ? rules : []),
    ...fragmentRules,
  ];
  const blocks = [
    ...(table.isOwned ? ['flags owner'] : []),
    `set alive { type nf_proto; flags timeout; elements = ${aliveElements(table.lease)}; }`,
    ...value.sets,
    chain(ownChain.fragment),
    chain(ownChain.received, 'prerouting', first, entry('in')),
    chain(ownChain.sent, 'output', first, entry('out')),
    chain(ownChain.delivered, 'input', last),
    chain(ownChain.left, 'postrouting', last),
    ...(table.tracksConnections ? stateBlocks() : []),
  ];
  return { value: `table inet ${table.name} { ${blocks.map((one) => `${one}; `).join('')}}`, diagnostics };
}

/** The command by which the kernel goes on tracing for as long again. */
export function renewalText({ name, lease }: Pick<OwnTable, 'name' | 'lease'>): string {
  return `flush set inet ${name} alive; add element inet ${name} alive ${aliveElements(lease)}`;
}

function aliveElements(lease: number): string {
  return `{ ipv4 timeout ${lease}s, ipv6 timeout ${lease}s }`;
}

/** Of a fragment the headers behind that of IP are not what nft prints. */
const fragmentRules = [
  `ip frag-off & 0x3fff != 0 jump ${ownChain.fragment}`,
  `exthdr frag exists jump ${ownChain.fragment}`,
];

function chain(name: string, hook?: string, priority = 0, rules: readonly string[] = []): string {
  const head = hook === undefined ? [] : [`type filter hook ${hook} priority ${priority}`, 'policy accept'];
  return `chain ${name} { ${[...head, ...rules].map((one) => `${one}; `).join('')}}`;
}

function stateBlocks(): readonly string[] {
  const names = Object.entries(stateChains);
  const rules = names.map(([name, state]) => `ct state ${state} goto ${name}`);
  return [
    ...names.map(([name]) => chain(name)),
    chain('known_received', 'prerouting', tracked, rules),
    chain('known_sent', 'output', tracked, rules),
  ];
}

interface SpelledFilter {
  readonly rules: readonly string[];
  readonly sets: readonly string[];
}

function spelledFilter(name: string, { cases, sets }: OwnTable['filter']): Outcome<SpelledFilter> {
  const chains = [{ name: 'filter', rules: cases }];
  const ruleSet: RuleSet = { tables: [{ family: 'inet', name, chains, sets, opaque: [] }] };
  const { value, diagnostics } = spellRuleSet(ruleSet, 'text', ruleText);
  const [table] = value ?? [];
  const texts = table?.chains[0]?.rules ?? [];
  const problems: readonly Diagnostic[] = [...diagnostics, ...texts.flatMap(unknownYet)];
  if (!table || hasErrors(problems)) return { value: undefined, diagnostics: problems };
  return {
    value: { rules: texts, sets: table.sets.map((set) => onOneLine(objectText(set) ?? '')) },
    diagnostics: problems,
  };
}

/** Conntrack has not seen the packet there. */
function unknownYet(rule: string): readonly Diagnostic[] {
  if (!/(?:^| )ct [a-z]/.test(rule)) return [];
  const help = 'say addresses, ports and interfaces; what the connection is like is told of each packet';
  return [diagnostic('HK0010', 'where a packet comes in nothing is known of its connection yet', { help })];
}

function onOneLine(text: string): string {
  return text
    .replace(/([,{])\s*\n\s*/g, '$1 ')
    .replace(/\s*\n\s*/g, '; ')
    .replace(/^;\s*|;\s*$/g, '')
    .trim();
}
