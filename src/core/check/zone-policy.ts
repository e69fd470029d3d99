// `policy from A to B`: the table that all of them become. At each hook the packets of known connections pass first, then
// one dispatch leads each pair of zones to its own chain, which ends with its default; what no policy speaks of is
// dropped. Where the firewall itself sends, everything passes unless some policy is about that.

import { nearestName } from '../diagnostic/meant.ts';
import { quote } from '../match/quote.ts';
import type * as Ast from '../syntax/ast.ts';
import { ruleFrom } from '../syntax/template.ts';
import type { Name, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { freeName } from './names.ts';
import { decide, type FilterHook, type OwnFilters } from './own-filters.ts';
import type { Report } from './report.ts';
import { any, self, type Zone, type Zones } from './zone.ts';

/** The name of the table. */
const tableName = 'zones';

/** A policy with the names of its zones checked. */
interface Pairing {
  readonly policy: Ast.ZonePolicy;
  readonly chain: string;
}

/** What stands around the policies between zones. */
interface Surroundings {
  readonly zones: Zones;
  /** A gateway leads packets from outside to hosts inside, and so lets them pass. */
  readonly published: boolean;
  readonly filters: OwnFilters;
  readonly report: Report;
}

/** The table of all policies between zones; undefined without any. */
export function policyTable(
  policies: readonly Ast.ZonePolicy[],
  surroundings: Surroundings,
): Ast.Table | undefined {
  const { zones, report } = surroundings;
  const [first] = policies;
  if (!first) return undefined;
  const head = headOf(first);
  const taken = new Set<string>(['input', 'forward', 'output']);
  const known = policies.filter((policy) => namesAreKnown(policy, zones, report));
  reportTwice(known, report);
  const pairings = known.map((policy) => ({ policy, chain: freeName(nameOf(policy), taken, '-') }));
  const dispatches = (['input', 'forward', 'output'] as const).flatMap((hook) => {
    const chain = dispatchChain(hook, pairings, surroundings, head);
    if (chain) warnFilteredTwice(hook, surroundings, head);
    return chain ?? [];
  });
  const chains = pairings.map((pairing) => pairChain(pairing, report));
  return {
    kind: 'table',
    family: { text: 'inet', span: head },
    name: { text: tableName, span: head },
    items: [...dispatches, ...chains],
    span: head,
  };
}

function namesAreKnown({ from, to }: Ast.ZonePolicy, zones: Zones, report: Report): boolean {
  const unknown = [...from, ...to].filter(({ text }) => text !== any && text !== self && !zones.has(text));
  for (const { text, span } of unknown) {
    const help = nearestName(text, [...zones.keys(), self, any]);
    report.complain('HK2058', `no zone is called \`${text}\``, { span, help });
  }
  return unknown.length === 0;
}

function reportTwice(policies: readonly Ast.ZonePolicy[], report: Report): void {
  const first = new Map<string, Span>();
  for (const policy of policies) {
    const { from, to } = policy;
    const head = headOf(policy);
    for (const pair of from.flatMap((one) => to.map((other) => `from ${one.text} to ${other.text}`))) {
      const known = first.get(pair);
      if (known)
        report.complain('HK2062', `there are two policies ${pair}`, {
          span: head,
          labels: [{ span: known, message: 'the first one' }],
        });
      else first.set(pair, head);
    }
  }
}

/** The line of a policy without its block. */
function headOf({ span, to }: Ast.ZonePolicy): Span {
  return { ...span, end: to.at(-1)?.span.end ?? span.end };
}

function nameOf({ from, to }: Ast.ZonePolicy): string {
  return `${joined(from)}-${joined(to)}`;
}

function joined(names: readonly Name[]): string {
  return names.map(({ text }) => text).join('.');
}

/** Where packets between two zones are filtered; nowhere from the firewall to itself, which is its loopback. */
function hookOf(from: string, to: string): FilterHook | undefined {
  if (from === self) return to === self ? undefined : 'output';
  return to === self ? 'input' : 'forward';
}

/** One way through the dispatch. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly chain: string;
}

function waysAt(hook: FilterHook, pairings: readonly Pairing[]): readonly Way[] {
  return pairings.flatMap(({ policy, chain }) =>
    policy.from.flatMap((from) =>
      policy.to.flatMap((to) =>
        hookOf(from.text, to.text) === hook ? [{ from: from.text, to: to.text, chain }] : [],
      ),
    ),
  );
}

const preambles: Readonly<Record<FilterHook, readonly string[]>> = {
  input: ['iifname "lo" accept'],
  forward: [],
  output: ['oifname "lo" accept'],
};

/** Without these no IPv6 works on a link, and connection tracking does not know them (RFC 4861). */
const neighbours =
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept';

function dispatchChain(
  hook: FilterHook,
  pairings: readonly Pairing[],
  { zones, published, filters }: Surroundings,
  span: Span,
): Ast.Chain | undefined {
  const ways = waysAt(hook, pairings);
  if (ways.length === 0 && (hook === 'output' || (hook === 'input' && decide(filters(hook), [4, 6]))))
    return undefined;
  const lines = [
    'ct state { established, related } accept',
    'ct state invalid drop',
    ...preambles[hook],
    ...(hook === 'forward' && published ? ['ct status dnat accept'] : []),
    ...(hook === 'forward' ? [] : [neighbours]),
    ...dispatchLines(hook, ways, zones),
  ];
  return {
    kind: 'chain',
    name: { text: hook, span },
    hook: { text: hook, span },
    priority: { base: { text: 'filter', span }, offset: 0, span },
    policy: { text: 'drop', span },
    rules: lines.map((line) => ruleFrom(line, span)),
    span,
  };
}

/** What the table of policies accepts is dropped by the other chain all the same, unless that accepts it, too. */
function warnFilteredTwice(hook: FilterHook, { filters, report }: Surroundings, span: Span): void {
  for (const { chain, table } of filters(hook))
    report.complain(
      'HK2093',
      `at ${hook} a packet has to be accepted by these policies and by chain \`${chain.name.text}\` of table \`${table.name.text}\``,
      { span, labels: [{ span: chain.name.span, message: 'this chain drops by default' }] },
    );
}

/** Zones told by addresses first, then one lookup for those told by the names of interfaces alone, then the rest. */
function dispatchLines(hook: FilterHook, ways: readonly Way[], zones: Zones): readonly string[] {
  const isOpen = ({ from, to }: Way): boolean => from === any || to === any;
  const simple = ways.filter((way) => !isOpen(way) && isSimple(way, hook, zones));
  const addressed = ways.filter((way) => !isOpen(way) && !simple.includes(way));
  return [
    ...addressed.map(ruleOf),
    ...lookupLines(hook, simple, zones),
    ...ways
      .filter(isOpen)
      .toSorted((a, b) => openness(a) - openness(b))
      .map(ruleOf),
  ];
}

/** How many of its sides are any zone. */
function openness({ from, to }: Way): number {
  return Number(from === any) + Number(to === any);
}

function ruleOf({ from, to, chain }: Way): string {
  const source = from === any || from === self ? '' : `from zone ${from} `;
  const target = to === any || to === self ? '' : `to zone ${to} `;
  return `${source}${target}jump ${quote(chain)}`;
}

function isSimple({ from, to }: Way, hook: FilterHook, zones: Zones): boolean {
  const sides = [...(hook === 'output' ? [] : [from]), ...(hook === 'input' ? [] : [to])];
  return sides.every((name) => {
    const zone = zones.get(name);
    return zone !== undefined && zone.addresses.length === 0 && zone.names.every(isWhole);
  });
}

function isWhole(name: string): boolean {
  return !name.endsWith('*');
}

function lookupLines(hook: FilterHook, ways: readonly Way[], zones: Zones): readonly string[] {
  const key = { input: 'iifname', output: 'oifname', forward: 'iifname . oifname' }[hook];
  const entries = ways.flatMap(({ from, to, chain }) =>
    keysOf(hook, zones.get(from), zones.get(to)).map((one) => `${one} : jump ${quote(chain)}`),
  );
  return entries.length === 0 ? [] : [`${key} vmap { ${entries.join(', ')} }`];
}

function keysOf(hook: FilterHook, from: Zone | undefined, to: Zone | undefined): readonly string[] {
  const sources = from?.names.map(quote) ?? [];
  const targets = to?.names.map(quote) ?? [];
  if (hook === 'input') return sources;
  if (hook === 'output') return targets;
  return sources.flatMap((source) => targets.map((target) => `${source} . ${target}`));
}

/** The chain of a policy: its rules, and what becomes of the packets that none of them ends. */
function pairChain({ policy, chain }: Pairing, report: Report): Ast.Chain {
  const { rules, span } = policy;
  const head = headOf(policy);
  const defaults = rules.filter(isDefault);
  const [given, second] = defaults;
  if (second)
    report.complain('HK2063', 'a policy has one `default`', {
      span: second.span,
      labels: given && [{ span: given.span, message: 'the first one' }],
    });
  const last = given ? defaultRules(given) : [ruleFrom('drop', head)];
  const own = rules.filter((item) => item.kind !== 'rule' || !defaults.includes(item));
  const end = own.findIndex(isVerdict);
  const items = end === -1 || given ? [...own, ...last] : own;
  return { kind: 'chain', name: { text: chain, span: head }, rules: items, span };
}

function isDefault(item: Ast.BodyItem): item is Ast.Rule {
  const [first] = item.kind === 'rule' ? item.terms : [];
  return first?.kind === 'word' && first.text === 'default';
}

const endings = new Set(['accept', 'drop', 'reject']);

/** Whether a rule ends every packet that reaches it. */
function isVerdict(item: Ast.BodyItem): boolean {
  const [first] = item.kind === 'rule' ? item.terms : [];
  return first?.kind === 'word' && endings.has(first.text);
}

/**
 * The rules that a `default` line says: what it logs or counts comes before its verdict, wherever it is written; without
 * a verdict the packet is dropped.
 */
function defaultRules({ terms, span }: Ast.Rule): readonly Ast.Rule[] {
  const [, ...rest] = terms;
  const rule = (list: readonly Term[]): Ast.Rule => ({ kind: 'rule', terms: list, span });
  if (!rest.some((term) => term.kind === 'word' && endings.has(term.text)))
    return [...(rest.length > 0 ? [rule(rest)] : []), ruleFrom('drop', span)];
  const [first] = rest;
  if (first?.kind !== 'word' || !endings.has(first.text)) return [rule(rest)];
  const side = rest.findIndex(
    (term) => term.kind === 'word' && (term.text === 'log' || term.text === 'counter'),
  );
  return [rule(side === -1 ? rest : [...rest.slice(side), ...rest.slice(0, side)])];
}
