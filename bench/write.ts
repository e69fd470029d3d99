// The same generated policy in every language that the benchmarks compare.
import type { BenchPolicy, BenchRule, BenchService, BenchTable, BenchVerdict } from './generate.ts';

/** The languages, each with the ending of its files. */
export const writers = {
  hook: toHook,
  nft: toNft,
  json: toNftJson,
  save: toIptablesSave,
} as const satisfies Record<string, (policy: BenchPolicy) => string>;

/** hookline's own. */
function toHook(policy: BenchPolicy): string {
  return toTable(filterTable(policy), hookDialect);
}

/** nft text. */
function toNft(policy: BenchPolicy): string {
  return toTable(filterTable(policy), nftDialect);
}

function filterTable(chains: BenchPolicy): BenchTable {
  return { name: 'filter', sets: [], chains };
}

/** Tables in the languages that have sets. */
export const tableWriters = {
  hook: (tables: readonly BenchTable[]) => tables.map((table) => toTable(table, hookDialect)).join(''),
  nft: (tables: readonly BenchTable[]) => tables.map((table) => toTable(table, nftDialect)).join(''),
};

/** Where the policy language and nft differ. */
interface Dialect {
  readonly base: string;
  readonly input: string;
  readonly output: string;
  readonly states: (states: readonly string[]) => string;
  /** In nft a comment stands behind everything else. */
  readonly commentLast: boolean;
  /** What stands before the elements of a set, and behind them. */
  readonly set: (name: string) => readonly [string, string];
}

const hookDialect: Dialect = {
  base: 'chain FORWARD hook forward priority filter policy drop {',
  input: 'iif',
  output: 'oif',
  states: (states) => (states.length === 1 ? states.join() : `{ ${states.join(', ')} }`),
  commentLast: false,
  set: (name) => [`set ${name} : ipv4_addr = {`, '}'],
};

const nftDialect: Dialect = {
  base: 'chain FORWARD {\n    type filter hook forward priority filter; policy drop;',
  input: 'iifname',
  output: 'oifname',
  states: (states) => states.join(),
  commentLast: true,
  set: (name) => [`set ${name} { type ipv4_addr; flags interval; elements = {`, '}; }'],
};

function toTable(table: BenchTable, dialect: Dialect): string {
  const sets = table.sets.map(({ name, elements }) => {
    const [open, close] = dialect.set(name);
    return `  ${open} ${elements.join(', ')} ${close}\n`;
  });
  // A chain must be there before nft lets a rule jump to it.
  const chains = [...table.chains.slice(1), ...table.chains.slice(0, 1)].map(({ name, rules }) => {
    const head = name === 'FORWARD' ? dialect.base : `chain ${name} {`;
    return `  ${head}\n${rules.map((rule) => `    ${nftRule(rule, dialect)}\n`).join('')}  }\n`;
  });
  return `table ip ${table.name} {\n${sets.join('')}${chains.join('')}}\n`;
}

function nftRule(rule: BenchRule, dialect: Dialect): string {
  const verdict = typeof rule.verdict === 'string' ? rule.verdict : `jump ${rule.verdict.jump}`;
  const comment = rule.comment && `comment "${rule.comment}"`;
  return words([
    rule.input && `${dialect.input} "${rule.input}"`,
    rule.output && `${dialect.output} "${rule.output}"`,
    rule.source && `ip saddr ${rule.source}`,
    rule.destination && `ip daddr ${rule.destination}`,
    rule.state && `ct state ${dialect.states(rule.state)}`,
    rule.service && `${rule.service.transport} dport ${nftPorts(rule.service)}`,
    ...(dialect.commentLast ? [verdict, comment] : [comment, verdict]),
  ]);
}

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

function nftPorts({ ports }: BenchService): string {
  const ranges = ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return ranges.length === 1 ? ranges.join() : `{ ${ranges.join(', ')} }`;
}

/** nft JSON, one command a line. */
function toNftJson(policy: BenchPolicy): string {
  const place = { family: 'ip', table: 'filter' };
  const base = { type: 'filter', hook: 'forward', prio: 0, policy: 'drop' };
  const commands = [
    { table: { family: 'ip', name: 'filter' } },
    ...policy.map(({ name }) => ({ chain: { ...place, name, ...(name === 'FORWARD' && base) } })),
    ...policy.flatMap(({ name, rules }) =>
      rules.map((rule) => ({
        rule: { ...place, chain: name, expr: jsonRule(rule), ...(rule.comment && { comment: rule.comment }) },
      })),
    ),
  ];
  return `{"nftables": [\n${commands.map((command) => JSON.stringify(command)).join(',\n')}\n]}\n`;
}

function jsonRule(rule: BenchRule): readonly object[] {
  const { input, output, source, destination, state, service, verdict } = rule;
  return [
    ...(input ? [match({ meta: { key: 'iifname' } }, input)] : []),
    ...(output ? [match({ meta: { key: 'oifname' } }, output)] : []),
    ...(source ? [match(payload('ip', 'saddr'), jsonPrefix(source))] : []),
    ...(destination ? [match(payload('ip', 'daddr'), jsonPrefix(destination))] : []),
    ...(state ? [match({ ct: { key: 'state' } }, state, 'in')] : []),
    ...(service ? [match(payload(service.transport, 'dport'), jsonPorts(service))] : []),
    typeof verdict === 'string' ? { [verdict]: null } : { jump: { target: verdict.jump } },
  ];
}

function payload(protocol: string, field: string): object {
  return { payload: { protocol, field } };
}

function match(left: object, right: unknown, op: '==' | 'in' = '=='): object {
  return { match: { op, left, right } };
}

function jsonPrefix(text: string): unknown {
  const [addr, length] = text.split('/');
  return length === undefined ? text : { prefix: { addr, len: Number(length) } };
}

function jsonPorts({ ports }: BenchService): unknown {
  const ranges = ports.map(([first, last]) => (first === last ? first : { range: [first, last] }));
  return ranges.length === 1 ? ranges[0] : { set: ranges };
}

/** What iptables-save writes. */
function toIptablesSave(policy: BenchPolicy): string {
  const chains = policy.map(({ name }) => (name === 'FORWARD' ? ':FORWARD DROP [0:0]' : `:${name} - [0:0]`));
  const rules = policy.flatMap(({ name, rules: all }) => all.map((rule) => `-A ${name} ${saveRule(rule)}`));
  return `${['*filter', ...chains, ...rules, 'COMMIT'].join('\n')}\n`;
}

function saveRule(rule: BenchRule): string {
  return words([
    rule.source && `-s ${savePrefix(rule.source)}`,
    rule.destination && `-d ${savePrefix(rule.destination)}`,
    rule.input && `-i ${rule.input}`,
    rule.output && `-o ${rule.output}`,
    rule.service && savePorts(rule.service),
    rule.state && `-m conntrack --ctstate ${saveStates(rule.state)}`,
    rule.comment && `-m comment --comment "${rule.comment}"`,
    `-j ${saveTarget(rule.verdict)}`,
  ]);
}

function savePrefix(text: string): string {
  return text.includes('/') ? text : `${text}/32`;
}

function savePorts({ transport, ports }: BenchService): string {
  const ranges = ports.map(([first, last]) => (first === last ? `${first}` : `${first}:${last}`));
  const test = ranges.length === 1 ? `${transport} --dport` : 'multiport --dports';
  return `-p ${transport} -m ${test} ${ranges.join()}`;
}

/** iptables-save has an order of its own: RELATED before ESTABLISHED. */
function saveStates(states: readonly string[]): string {
  return states
    .map((state) => state.toUpperCase())
    .toSorted()
    .toReversed()
    .join();
}

function saveTarget(verdict: BenchVerdict): string {
  return typeof verdict === 'string' ? verdict.toUpperCase() : verdict.jump;
}
