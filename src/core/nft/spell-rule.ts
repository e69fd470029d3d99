// A rule in libnftables JSON: each part by its own definition, opaque parts word for word.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, Counters, Part, Rule, Table } from '../ir/ruleset.ts';
import type { NftSpelled } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { isJson, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { checkComment } from './limits.ts';
import type { Spelling } from './spell.ts';

/** The rule object, `{ "rule": … }` being around it; undefined and a report where nft can't say the rule. */
export function spellRule(
  rule: Rule,
  index: number,
  chain: Chain,
  table: Table,
  spelling: Spelling,
): JsonObject {
  const where = `rule ${index + 1} of chain \`${chain.name}\` in table \`${table.family} ${table.name}\``;
  const spelled = rule.parts.map((part) => spellPart(part, rule, where, spelling));
  const statements = spelled.flatMap((one) => (one && 'statement' in one ? [one.statement] : []));
  const comments = spelled.flatMap((one) => (one && 'comment' in one ? [one.comment] : []));
  const comment = comments.join(', ');
  const problem = comment === '' ? undefined : checkComment(spelling.form, comment, where, rule.span);
  if (problem) spelling.report(problem);
  return {
    family: table.family,
    table: table.name,
    chain: chain.name,
    ...(comment !== '' && { comment }),
    expr: statements.map((statement) => withCounters(statement, rule.counters)),
  };
}

function spellPart(part: Part, rule: Rule, where: string, spelling: Spelling): NftSpelled | undefined {
  const known = part.kind === 'opaque' ? spellOpaque(part) : define(part)?.nft.write(part.args);
  if (known) return known;
  const what = part.kind === 'opaque' ? part.text : part.key;
  const help = 'only iptables can say it; emit for iptables, or write the rule with matches that both know';
  const span = part.span ?? rule.span;
  spelling.report(diagnostic('HK4501', `${where} holds \`${what}\`, which nft cannot say`, { span, help }));
  return undefined;
}

function define(part: Exclude<Part, { kind: 'opaque' }>) {
  return part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
}

function spellOpaque({ origin, content }: Extract<Part, { kind: 'opaque' }>): NftSpelled | undefined {
  return origin === 'nft' && isJson(content) ? { statement: content } : undefined;
}

/** What the kernel had counted goes on from there. */
function withCounters(statement: JsonValue, counters: Counters | undefined): JsonValue {
  if (!counters || !isJsonObject(statement) || !Object.hasOwn(statement, 'counter')) return statement;
  if (typeof statement.counter === 'string') return statement;
  return { counter: { packets: toNumber(counters.packets), bytes: toNumber(counters.bytes) } };
}

function toNumber(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
