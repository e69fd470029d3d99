// A rule in libnftables JSON: each part by its own definition, opaque parts word for word.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, Counters, Match, OpaquePart, Part, Rule, Statement, Table } from '../ir/ruleset.ts';
import type { NftSpelled } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { Span } from '../text/source.ts';
import { isJson, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { checkComment } from './limits.ts';
import type { Spelling } from './spell.ts';
import { wordingOf } from './wording.ts';

/** A rule with the words that name it in a problem. */
export interface SpelledRule {
  /** `{ "rule": … }` being around it. */
  readonly body: JsonObject;
  readonly where: string;
  readonly span: Span | undefined;
}

/** All statements of a rule, and a report for each that nft can't say. */
export function spellRule(
  rule: Rule,
  index: number,
  chain: Chain,
  table: Table,
  spelling: Spelling,
): SpelledRule {
  const where = `rule ${index + 1} of chain \`${chain.name}\` in table \`${table.family} ${table.name}\``;
  const spelled = rule.parts.map((part) => spellPart(part, rule, { where, table, spelling }));
  const statements = spelled.flatMap((one) => (one ? statementsOf(one) : []));
  const comments = spelled.flatMap((one) => (one && 'comment' in one ? [one.comment] : []));
  const comment = comments.join(', ');
  const problem = comment === '' ? undefined : checkComment(spelling.form, comment, where, rule.span);
  if (problem) spelling.report(problem);
  const body = {
    family: table.family,
    table: table.name,
    chain: chain.name,
    ...(comment !== '' && { comment }),
    expr: rule.counters ? withCounters(statements, rule.counters) : statements,
  };
  return { body, where, span: rule.span };
}

function statementsOf(spelled: NftSpelled): readonly JsonValue[] {
  if ('statements' in spelled) return spelled.statements;
  return 'statement' in spelled ? [spelled.statement] : [];
}

interface Around {
  readonly where: string;
  readonly table: Table;
  readonly spelling: Spelling;
}

function spellPart(part: Part, rule: Rule, { where, table, spelling }: Around): NftSpelled | undefined {
  const spelled = part.kind === 'opaque' ? spellOpaque(part) : spellKnown(part, table);
  if (!('unsupported' in spelled)) return spelled;
  const message = `${where} cannot be said in nft: ${spelled.unsupported}`;
  spelling.report(diagnostic('HK4501', message, { span: part.span ?? rule.span }));
  return undefined;
}

function spellKnown(part: Match | Statement, { family }: Table): NftSpelled {
  const wording = wordingOf(part);
  if (wording !== undefined) return { statement: wording };
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  const only = family === 'ip' || family === 'ip6' ? family : undefined;
  return definition?.nft.write(part.args, only) ?? { unsupported: `\`${part.key}\` is not known` };
}

function spellOpaque({ origin, content, text }: OpaquePart): NftSpelled {
  if (origin === 'nft' && isJson(content)) return { statement: content };
  return { unsupported: `\`${text}\` was not understood, only iptables knows what it means` };
}

/** What the kernel had counted goes on from there. */
function withCounters(statements: readonly JsonValue[], counters: Counters): readonly JsonValue[] {
  const index = statements.findIndex((one) => isJsonObject(one) && Object.hasOwn(one, 'counter'));
  const { packets, bytes } = counters;
  const counting = { counter: { packets: toNumber(packets), bytes: toNumber(bytes) } };
  return index < 0 ? statements : statements.with(index, counting);
}

/** nft's JSON numbers are signed, and it takes the upper half of unsigned ones for negative, as it prints them. */
function toNumber(value: bigint): number | bigint {
  const signed = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}
