// Goes from one spelling of a match or statement to the others, through its definition.
import { checkPolicy } from '../../src/core/check/check.ts';
import { protocol } from '../../src/core/datatype/types.ts';
import { hasErrors } from '../../src/core/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import { ipHooks } from '../../src/core/hook/hook.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import { writeWords } from '../../src/core/iptables/words.ts';
import type { Match, Part, Statement, Table } from '../../src/core/ir/ruleset.ts';
import { lookupsOf, type MatchDefinition } from '../../src/core/match/define.ts';
import type { Condition, IptablesTarget, Words } from '../../src/core/match/iptables-spelling.ts';
import { protocolWord } from '../../src/core/match/protocol-name.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { readJson } from '../../src/core/nft/json-reader.ts';
import { writeJson } from '../../src/core/nft/json-writer.ts';
import { protocolNumber } from '../../src/core/packet/packet.ts';
import type { StatementDefinition, TargetCase, TargetSpelling } from '../../src/core/statement/define.ts';
import { findStatement } from '../../src/core/statement/registry.ts';
import { parsePolicy } from '../../src/core/syntax/parse.ts';
import type { SpellingFixture } from './spelling-fixture.ts';

/** The table of a policy that has one rule, in a chain where it may stand. */
export function tableOf(
  { family, table, chain, sets, objects, isTcp }: SpellingFixture,
  rule: string,
): Table {
  const base = `${table === 'nat' ? 'type nat ' : ''}hook ${chain.toLowerCase()} priority ${priorities[table] ?? 0}`;
  const chains = [
    'chain other { counter }',
    `chain c ${base} {\n${isTcp ? 'meta l4proto tcp ' : ''}${rule}\n}`,
  ];
  const text = [`table ${family} t {`, ...sets, ...objects, ...chains, '}'].join('\n');
  const { file, diagnostics } = parsePolicy({ name: 'policy.hook', text });
  const checked = checkPolicy(file, !hasErrors(diagnostics));
  const errors = [...diagnostics, ...checked.diagnostics].filter(({ severity }) => severity === 'error');
  const [found] = checked.value?.ruleSet.tables ?? [];
  if (!found || errors.length > 0) throw new Error(renderDiagnostics(errors, { color: false }));
  return found;
}

const priorities: Readonly<Record<string, number>> = { raw: -300, nat: 50 };

/** The one part of a rule; where the fixture says so it follows a protocol, without which nothing may name ports. */
export function partOf(fixture: SpellingFixture, rule: string): Match | Statement {
  const rules = tableOf(fixture, rule).chains.find(({ name }) => name === 'c')?.rules ?? [];
  const [part, ...others] = rules.flatMap(({ parts }) => (fixture.isTcp ? parts.slice(1) : parts));
  if (!part || part.kind === 'opaque' || others.length > 0) throw new Error(`not one part: ${rule}`);
  return part;
}

/** The definition of a part. */
export function definitionOf({ kind, key }: Match | Statement) {
  const definition: MatchDefinition<unknown> | StatementDefinition<unknown> | undefined =
    kind === 'match' ? findMatch(key) : findStatement(key);
  if (!definition) throw new Error(`no definition of ${key}`);
  return definition;
}

/** A part in the language. */
export function languageOf(part: Part): string {
  return part.kind === 'opaque' ? `opaque ${part.text}` : definitionOf(part).write(part.args);
}

/** A part in nft JSON, or why not. In a table of one IP version, or behind a protocol, that need not be said again. */
export function nftOf(
  part: Match | Statement,
  { family, isTcp, chain }: Pick<SpellingFixture, 'family' | 'isTcp' | 'chain'>,
  uniqueName = 'rule',
): string {
  const only = family === 'inet' ? undefined : family;
  const spelled = definitionOf(part).nft.write(part.args, only, {
    ...(isTcp && { protocol: protocolNumber.tcp }),
    hook: ipHooks.find((hook) => hook === chain.toLowerCase()),
    uniqueName: () => uniqueName,
  });
  if ('unsupported' in spelled) return `unsupported: ${spelled.unsupported}`;
  if ('statements' in spelled) return writeJson(spelled.statements);
  if ('alternatives' in spelled) return `any of ${writeJson(spelled.alternatives)}`;
  return writeJson('comment' in spelled ? { comment: spelled.comment } : spelled.statement);
}

/** A part in iptables: the lines that the fixtures hold. */
export function iptablesOf(
  part: Match | Statement,
  family: 'ip' | 'ip6',
  table: Pick<Table, 'sets'> = { sets: [] },
): readonly string[] {
  const target = { family, ipset: (name: string) => name, ...lookupsOf(table) };
  if (part.kind === 'match') return conditionLines(findMatch(part.key)?.iptables.write(part.args, target));
  const definition = findStatement(part.key);
  const ported = definition?.ported?.(part.args) === true;
  return targetLines(definition?.iptables.write(part.args, target), target, ported);
}

function conditionLines(condition: Condition | undefined): readonly string[] {
  if (!condition || condition.kind === 'never') return ['never'];
  if (condition.kind === 'unsupported') return [`unsupported: ${condition.why}`];
  const start = condition.protocol === undefined ? [] : ['-p', protocolWord(condition.protocol)];
  const prefix = condition.kind === 'none' ? 'none of ' : '';
  return condition.alternatives.map((words) => {
    const said = words.map((one, index) => ({ own: one.own, words: wordsOf(one, words, index) }));
    const [ends, others] = [true, false].map((isEnd) =>
      said.filter(({ own }) => (own !== undefined) === isEnd),
    );
    const all = [
      ...(ends ?? []).flatMap((one) => one.words),
      ...start,
      ...(others ?? []).flatMap((one) => one.words),
    ];
    return prefix + writeWords(all);
  });
}

/** Each of iptables' own options stands once; where it is taken, a module says the same. */
function wordsOf(one: Words, all: readonly Words[], index: number): readonly string[] {
  const isTaken = one.own !== undefined && all.slice(0, index).some(({ own }) => own === one.own);
  return isTaken ? (one.otherwise ?? one.words) : one.words;
}

/** One rule for each way to be in a case. */
function caseLines({ when, what }: TargetCase, target: IptablesTarget): readonly string[] {
  const definition = findStatement(what.key);
  const isPorted = definition?.ported?.(what.args) === true;
  const spelling = definition?.iptables.write(what.args, target);
  const lines = targetLines(spelling, target, isPorted, 'protocol' in when);
  return conditionLines(when).map((line) => [line, ...lines].filter(Boolean).join(' '));
}

function targetLines(
  spelling: TargetSpelling | undefined,
  target: IptablesTarget,
  ported: boolean,
  protocolIsSaid = false,
): readonly string[] {
  if (!spelling || spelling.kind === 'never') return ['never'];
  if (spelling.kind === 'unsupported') return [`unsupported: ${spelling.why}`];
  if (spelling.kind === 'nothing') return [''];
  if (spelling.kind === 'condition') return conditionLines(spelling.condition);
  if (spelling.kind === 'cases') return spelling.cases.flatMap((one) => caseLines(one, target));
  const number = spelling.protocol ?? (ported ? protocolNumber.tcp : undefined);
  const start = protocolIsSaid || number === undefined ? [] : ['-p', protocol.format(BigInt(number))];
  return [writeWords([...start, spelling.goto ? '-g' : '-j', ...spelling.words])];
}

/** What the importer makes of a line, in the language. */
export function readIptables(fixture: SpellingFixture, line: string, family: 'ip' | 'ip6'): string {
  const { table, chain } = fixture;
  const text = `*${table}\n:${chain} ACCEPT [0:0]\n:other - [0:0]\n-A ${chain} ${line}\nCOMMIT\n`;
  const { value, diagnostics } = importIptables({ name: 'dump', text }, { family });
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  const rules = value.tables.flatMap(({ chains }) => chains.flatMap((one) => one.rules));
  const parts = rules.flatMap((rule) => rule.parts);
  return parts.some(({ kind }) => kind === 'opaque') ? 'opaque' : parts.map(languageOf).join(' ');
}

/** What the definition of a part reads in nft JSON, in the language. */
export function readNft(part: Match | Statement, json: string): string {
  const statement = readJson({ name: 'json', text: json }).value?.value;
  const definition = definitionOf(part);
  const args = statement === undefined ? undefined : definition.nft.read(statement);
  return args === undefined ? 'not read' : definition.write(args);
}
