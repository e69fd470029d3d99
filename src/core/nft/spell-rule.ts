// A rule in libnftables JSON: each part by its own definition, opaque parts word for word.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Hook } from '../hook/hook.ts';
import {
  type Chain,
  type Counters,
  type Match,
  nameOfRule,
  type OpaquePart,
  type Part,
  type Rule,
  type Statement,
  type Table,
} from '../ir/ruleset.ts';
import type { NftSpelled } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { unknownStatement } from './json-gaps.ts';
import { isJson, type JsonObject, type JsonValue } from './json-value.ts';
import { demandedProtocol } from './known-protocol.ts';
import { checkComment } from './limits.ts';
import { unlistedPart } from './listing-gaps.ts';
import { misplacedStatement } from './placement.ts';
import { isPlainCounter } from './plain-counter.ts';
import { isKeptKeys, keysFrom } from './rule-keys.ts';
import { settleProtocols } from './settle-protocols.ts';
import type { Spelling } from './spell.ts';
import { wordingOf } from './wording.ts';

/** A rule with the words that name it in a problem. */
export interface SpelledRule {
  /** `{ "rule": … }` being around it. */
  readonly body: JsonObject;
  readonly where: string;
  /** What it says; several may come from one rule. */
  readonly rule: Rule;
}

/**
 * All statements of a rule, and a report for each that nft can't say. Where a part has alternatives, each combination of
 * them is a rule of its own.
 */
export function spellRule(
  rule: Rule,
  index: number,
  chain: Chain,
  table: Table,
  spelling: Spelling,
): readonly SpelledRule[] {
  const where = nameOfRule(index, chain, table);
  const name = () => `rule_${table.chains.indexOf(chain)}_${index}`;
  const spelled = spellParts(rule, { where, table, hook: chain.base?.hook, spelling, name });
  const comments = spelled.flatMap((one) => ('comment' in one ? [one.comment] : []));
  const comment = comments.join(', ');
  const problem = comment === '' ? undefined : checkComment(spelling.form, comment, where, rule.span);
  if (problem) spelling.report(problem);
  const settled = settle(combinations(spelled.map(alternativesOf)), rule, { where, table, spelling });
  warnOfListing(settled, rule, where, spelling);
  return settled.map((statements, number) => ({
    body: {
      family: table.family,
      table: table.name,
      chain: chain.name,
      ...(comment !== '' && { comment }),
      ...keysFrom(statements),
      expr: expressionsOf(number === 0 ? withCounters(statements, rule.counters) : statements, spelling),
    },
    where,
    rule,
  }));
}

/** Once for a rule, however many it takes. */
function warnOfListing(
  ways: readonly (readonly JsonValue[])[],
  { span }: Rule,
  where: string,
  { report }: Spelling,
): void {
  const part = ways
    .flat()
    .map(unlistedPart)
    .find((one) => one !== undefined);
  if (part === undefined) return;
  const help =
    'do not keep what `nft list ruleset` prints: load the policy again, or take `nft -j list ruleset`';
  report(diagnostic('HK4509', `${where}: nft 1.0.6 does not list ${part}`, { span, help }));
}

/** A way that never does anything is left out beside others. */
function settle(
  ways: readonly (readonly JsonValue[])[],
  rule: Rule,
  { where, table, spelling }: Pick<Around, 'where' | 'table' | 'spelling'>,
): readonly (readonly JsonValue[])[] {
  const settled = ways.map((statements) => settleProtocols(statements, table.family));
  const possible = settled.flatMap((one) => ('unsupported' in one ? [] : [one]));
  const problems = settled.flatMap((one) => ('unsupported' in one ? [one] : []));
  const serious = possible.length > 0 ? problems.filter(({ idle }) => !idle) : problems;
  const problem = serious[0]?.unsupported;
  if (problem !== undefined)
    spelling.report(diagnostic('HK4501', `${where} cannot be said in nft: ${problem}`, { span: rule.span }));
  return possible;
}

/** Text has no place for keys that only JSON has: they stay, so that it refuses them. */
function expressionsOf(statements: readonly JsonValue[], { form }: Spelling): readonly JsonValue[] {
  return form === 'text' ? statements : statements.filter((one) => !isKeptKeys(one));
}

/** What nft can't say is reported and left out. */
function spellParts(rule: Rule, around: Omit<Around, 'protocol'>): readonly NftSpelled[] {
  const spelled: NftSpelled[] = [];
  let protocol: number | undefined;
  const counts = rule.parts.some((part) => part.kind === 'match' && findMatch(part.key)?.stateful);
  for (const part of rule.parts) {
    const one = spellPart(part, rule, { ...around, protocol });
    const checked =
      one && counts && 'alternatives' in one && !one.families ? splitCount(rule, part, around) : one;
    if (!checked) continue;
    spelled.push(checked);
    protocol ??= demandedBy(checked);
  }
  return spelled;
}

/** Two rules that count would count twice. */
function splitCount(rule: Rule, part: Part, around: Omit<Around, 'protocol'>): undefined {
  refuse(
    rule,
    part,
    around,
    'this takes several rules, in each of which what counts packets would count by itself',
  );
  return undefined;
}

/** What several rules demand, each of its own packets, is no one protocol. */
function demandedBy(spelled: NftSpelled): number | undefined {
  if ('alternatives' in spelled) return undefined;
  for (const statement of statementsOf(spelled)) {
    const protocol = demandedProtocol(statement);
    if (protocol !== undefined) return protocol;
  }
  return undefined;
}

function statementsOf(spelled: Exclude<NftSpelled, { alternatives: unknown }>): readonly JsonValue[] {
  if ('statements' in spelled) return spelled.statements;
  return 'statement' in spelled ? [spelled.statement] : [];
}

function alternativesOf(spelled: NftSpelled): readonly (readonly JsonValue[])[] {
  return 'alternatives' in spelled ? spelled.alternatives : [statementsOf(spelled)];
}

/** One of each, in all ways, the last changing first. */
function combinations(
  parts: readonly (readonly (readonly JsonValue[])[])[],
): readonly (readonly JsonValue[])[] {
  return parts.reduce<readonly (readonly JsonValue[])[]>(
    (begun, alternatives) => begun.flatMap((some) => alternatives.map((more) => [...some, ...more])),
    [[]],
  );
}

interface Around {
  readonly where: string;
  readonly table: Table;
  readonly hook: Hook | undefined;
  readonly spelling: Spelling;
  /** A name for the rule that no other of the table has. */
  readonly name: () => string;
  /** What the rule has demanded so far. */
  readonly protocol: number | undefined;
}

function spellPart(part: Part, rule: Rule, around: Around): NftSpelled | undefined {
  const spelled = known(part.kind === 'opaque' ? spellOpaque(part) : spellKnown(part, around), around);
  if (!('unsupported' in spelled)) return spelled;
  refuse(rule, part, around, spelled.unsupported);
  return undefined;
}

/** What nft knows of it. */
function known(spelled: NftSpelled, { spelling: { form }, table }: Around): NftSpelled {
  const problem = alternativesOf(spelled)
    .flat()
    .map((one) => unknownStatement(form, one) ?? misplacedStatement(table.family, one))
    .find((one) => one !== undefined);
  return problem === undefined ? spelled : { unsupported: problem };
}

function refuse(rule: Rule, part: Part, { where, spelling }: Omit<Around, 'protocol'>, why: string): void {
  const message = `${where} cannot be said in nft: ${why}`;
  spelling.report(diagnostic('HK4501', message, { span: part.span ?? rule.span }));
}

function spellKnown(
  part: Match | Statement,
  { table: { family }, hook, protocol, name }: Around,
): NftSpelled {
  const wording = wordingOf(part);
  if (wording !== undefined) return { statement: wording };
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  const only = family === 'ip' || family === 'ip6' ? family : undefined;
  const around = { protocol, hook, uniqueName: name };
  return definition?.nft.write(part.args, only, around) ?? { unsupported: `\`${part.key}\` is not known` };
}

function spellOpaque({ origin, content, text }: OpaquePart): NftSpelled {
  if (origin === 'nft' && isJson(content)) return { statement: content };
  return { unsupported: `\`${text}\` was not understood, only iptables knows what it means` };
}

/** What the kernel had counted goes on from there. */
function withCounters(
  statements: readonly JsonValue[],
  counters: Counters | undefined,
): readonly JsonValue[] {
  if (!counters) return statements;
  const index = statements.findIndex(isPlainCounter);
  const { packets, bytes } = counters;
  const counting = { counter: { packets: toNumber(packets), bytes: toNumber(bytes) } };
  return index < 0 ? statements : statements.with(index, counting);
}

/** nft's JSON numbers are signed, and it takes the upper half of unsigned ones for negative, as it prints them. */
function toNumber(value: bigint): number | bigint {
  const signed = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}
