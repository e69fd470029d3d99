// One rule by itself, in the words of any tool: what each of its parts looks at or does, and how the other tools write it.
import { type BackEnd, compile } from '../compile.ts';
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { Part, Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { type LoadOptions, loadPolicy, type PolicyKind } from '../load.ts';
import { findMatch } from '../match/registry.ts';
import { writeRule } from '../policy-text/write-rule.ts';
import { emittedRules } from '../source-map/emitted-rules.ts';
import { findStatement } from '../statement/registry.ts';
import { aloneTexts, probe } from './alone.ts';

/** What a part of a rule is. */
export interface ExplainedPart {
  readonly kind: 'condition' | 'action' | 'unknown';
  /** As the language writes it. */
  readonly text: string;
  /** What it looks at or does; of a part that is kept word for word, whose it is. */
  readonly meaning: string;
}

/** A rule that the words stand for; they may stand for several, such as one for each family. */
export interface ExplainedRule {
  /** As the language writes it. */
  readonly text: string;
  readonly parts: readonly ExplainedPart[];
}

/** Words that are a rule. */
export interface Explanation {
  /** Whose words they are. */
  readonly from: PolicyKind;
  readonly rules: readonly ExplainedRule[];
  /** The same for each back end: its lines, or why it has none. */
  readonly spellings: readonly Spelling[];
}

/** How a back end says it. */
export interface Spelling {
  readonly to: BackEnd;
  readonly lines: readonly string[];
  /** Why there is no line. */
  readonly reason?: string;
}

/** Explains a line of the language, of iptables or of nft, also as a command; the chains that it names need not exist. */
export function explainRule(text: string, options: LoadOptions = {}): Outcome<Explanation> {
  const tried = aloneTexts(text).map(({ kind, policy, chain }) => {
    const { value, diagnostics } = loadPolicy({ name: '<rule>', text: policy }, kind, options);
    return { from: kind, found: value && rulesIn(value.ruleSet, chain), diagnostics };
  });
  const read = tried.find(({ found }) => found !== undefined && found.rules.length > 0);
  if (!read?.found) return { value: undefined, diagnostics: tried[0]?.diagnostics ?? [] };
  const { table, rules, ruleSet } = read.found;
  const explained = rules.map((rule) => explainParts(rule, table));
  const spellings = (['nft', 'iptables', 'ip6tables'] as const).map((to) => spellingOf(ruleSet, rules, to));
  return { value: { from: read.from, rules: explained, spellings }, diagnostics: [] };
}

interface Found {
  readonly table: Table;
  readonly rules: readonly Rule[];
  readonly ruleSet: RuleSet;
}

function rulesIn(ruleSet: RuleSet, name: string): Found | undefined {
  for (const table of ruleSet.tables) {
    const chain = table.chains.find((one) => one.name === name);
    if (chain) return { table, rules: chain.rules, ruleSet };
  }
  return undefined;
}

function explainParts(rule: Rule, table: Table): ExplainedRule {
  return {
    text: writeRule(rule, table),
    parts: rule.parts.map((part) => ({
      ...aboutPart(part),
      text: writeRule({ ...rule, parts: [part] }, table),
    })),
  };
}

function aboutPart(part: Part): Pick<ExplainedPart, 'kind' | 'meaning'> {
  if (part.kind === 'opaque')
    return { kind: 'unknown', meaning: `Words of ${part.origin}, kept as they are.` };
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  return { kind: part.kind === 'match' ? 'condition' : 'action', meaning: definition?.summary ?? '' };
}

function spellingOf(
  ruleSet: RuleSet,
  rules: readonly Rule[],
  to: 'nft' | 'iptables' | 'ip6tables',
): Spelling {
  const lines = emittedRules(ruleSet, to).filter(({ rule }) => rules.includes(rule));
  if (lines.length > 0) return { to, lines: lines.map(({ text }) => text.replace(`-A ${probe} `, '')) };
  const [problem] = compile(ruleSet, to).diagnostics.filter(({ severity }) => severity === 'error');
  return { to, lines: [], reason: problem?.message ?? 'it is about the other version of IP' };
}
