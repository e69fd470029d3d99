// The reference page of matches and statements: what each is for, and the first case of its fixture in all spellings.
import { agnosticKeys } from '../../src/core/check/agnostic.ts';
import type { Knowledge } from '../../src/core/match/define.ts';
import { matches, matchFamilies } from '../../src/core/match/registry.ts';
import { readJson } from '../../src/core/nft/json-reader.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../src/core/nft/json-value.ts';
import { statementText } from '../../src/core/nft/text/statement.ts';
import { statements } from '../../src/core/statement/registry.ts';
import { askedBy, freeOf } from '../../test/support/all-packets.ts';
import {
  isReason,
  type SpellingCase,
  type SpellingFixture,
  spellingFixtures,
  textsOf,
} from '../../test/support/spelling-fixture.ts';

/** What the page says of an entry of either registry. */
interface Described {
  readonly key: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly knowledge?: Knowledge | undefined;
  /** Its words with what may be chosen in them. */
  readonly form?: string;
}

/** The page as Markdown. */
export function matchesPage(): string {
  return [
    '<!-- Made by `npm run generate` from the registries and fixtures. -->',
    '# Matches and statements\n',
    'Every match and statement with one example in the language, in iptables and in nft. A back end that can’t say the',
    'example says why, and `hookline compile` refuses the rule with the same words. The last line of each says what a',
    '[trace](../README.md) knows of it: *exactly* what the kernel does, from the packet and its connection; with a host',
    'or a time beside them; or only what it assumes. What is *unknown* it follows both ways, and the answer is `depends`',
    'if that makes a difference. What is asked of all packets at once is worked out exactly, too, or is a condition of its',
    'own that every answer names which depends on it.\n',
    `## Matches\n`,
    ...agnosticNotes(),
    ...sections([...matches, ...matchFamilies], spellingFixtures('match')),
    '## Statements\n',
    ...sections(statements, spellingFixtures('statement')),
  ].join('\n');
}

function agnosticNotes(): readonly string[] {
  const rows = [...agnosticKeys].map(([key, { ip, ip6 }]) => `- ${code(key)}: ${code(ip)} and ${code(ip6)}`);
  return ['These stand for a match of each IP version; the value tells which:\n', ...rows, ''];
}

function sections(entries: readonly Described[], fixtures: readonly SpellingFixture[]): readonly string[] {
  return entries.flatMap((entry) => {
    const fixture = fixtures.find(({ name }) => name === entry.key.replaceAll(' ', '-'));
    return [
      `### ${code(entry.key)}\n`,
      ...about(entry),
      ...(fixture ? spellings(fixture, entry.knowledge) : []),
    ];
  });
}

function about({ summary, form, aliases = [] }: Described): readonly string[] {
  const also = aliases.length > 0 ? ` Also written ${aliases.map(code).join(', ')}.` : '';
  const written = form === undefined ? '' : ` Written ${code(form)}.`;
  return [`${summary}${written}${also}\n`];
}

function spellings(fixture: SpellingFixture, knowledge: Knowledge | undefined): readonly string[] {
  const [first] = fixture.cases;
  if (!first) return [];
  return [
    '| | |',
    '| --- | --- |',
    `| hookline | ${code(textsOf(first, 'dsl')[0] ?? '')} |`,
    ...iptablesRows(first),
    `| nft | ${textsOf(first, 'nft-json').map(nftCell).join('<br>')} |`,
    `| trace | ${traced(knowledge)} |`,
    ...allPackets(fixture, first),
    '',
  ];
}

/** One row where both families are told the same. */
function iptablesRows(one: SpellingCase): readonly string[] {
  const [ip, ip6] = (['ip', 'ip6'] as const).map((family) =>
    iptablesCell(textsOf(one, 'iptables-save', family)),
  );
  if (ip === ip6) return [`| iptables | ${ip} |`];
  return [...(ip === '' ? [] : [`| iptables | ${ip} |`]), ...(ip6 === '' ? [] : [`| ip6tables | ${ip6} |`])];
}

function iptablesCell(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? 'nothing: it does so anyway' : cell(line))).join('<br>');
}

/** One statement, several in a row, or several rules, of which each is a line. */
function nftCell(text: string): string {
  if (isReason(text) && !text.startsWith('none of ')) return cell(text);
  const alternatives = text.startsWith('any of ') ? text.slice('any of '.length) : `[${text}]`;
  const rules = readJson({ name: 'fixture', text: alternatives }).value?.value;
  if (!isJsonArray(rules)) throw new Error(`no JSON: ${text}`);
  return rules.map((rule) => code(nftText(isJsonArray(rule) ? rule : [rule]))).join('<br>');
}

function nftText(statementsOfRule: readonly JsonValue[]): string {
  return statementsOfRule.map((statement) => commentText(statement) ?? statementText(statement)).join(' ');
}

function commentText(statement: JsonValue): string | undefined {
  const comment = isJsonObject(statement) ? statement['comment'] : undefined;
  return typeof comment === 'string' ? `comment "${comment}"` : undefined;
}

function cell(text: string): string {
  if (!isReason(text) || text.startsWith('none of ')) return code(text);
  return text === 'never'
    ? 'not of this IP version'
    : escaped(text.replace(/^unsupported: /, 'not possible: '));
}

/** What an analysis of all packets makes of a match; nothing of a statement. */
function allPackets(fixture: SpellingFixture, one: SpellingCase): readonly string[] {
  if (!askedBy(fixture, one)) return [];
  return [`| all packets | ${freeOf(fixture, one).length === 0 ? 'exactly' : 'a condition of its own'} |`];
}

/** What a trace knows of it, from what its definition says that it must know. */
function traced(knowledge: Knowledge | undefined): string {
  switch (knowledge) {
    case undefined:
      return 'exactly';
    case 'host':
      return 'exactly with the facts of a host; else unknown';
    case 'time':
      return 'exactly, for the time that `--at` says, or now';
    case 'history':
      return 'assumes the usual, and says what';
    default:
      return `unknown where it decides: ${escaped(knowledge.unknown)}`;
  }
}

/** In a cell of a table a `|` would end it. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll('|', '\\|')}${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
