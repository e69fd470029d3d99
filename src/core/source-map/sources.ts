// From a line that somebody brings to the rules of a policy that it may be about.
import { diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';
import { logPrefixesOf } from '../statement/log.ts';
import { findAmong, rulesAt, type Tool, textsOf, type Whereabouts } from './find.ts';
import type { GivenLine } from './given-line.ts';
import { findText } from './live-rule.ts';
import { ipsetOf, type KnownRule, type KnownText } from './mapped-rules.ts';
import type { SourceMap } from './schema.ts';

/** What a machine lists. */
export interface Dump {
  readonly tool: Tool;
  readonly ruleSet: RuleSet;
}

/** A map with all that answers need of it. */
export interface Known {
  readonly map: SourceMap;
  readonly texts: readonly KnownText[];
  /** What handles mean. */
  readonly dump?: Dump | undefined;
}

/** Each rule of the policy that may be meant, once, as nft says it if nft has it; no value where the line can't be read. */
export function sourcesOf(given: GivenLine, known: Known): Outcome<readonly KnownRule[]> {
  const { value, diagnostics } = candidates(given, known);
  return { value: value && oncePerRule(value).map((one) => asOneRule(one, known.texts)), diagnostics };
}

function candidates(given: GivenLine, known: Known): Outcome<readonly KnownRule[]> {
  const { texts, map } = known;
  switch (given.kind) {
    case 'policy':
      return { value: [], diagnostics: [] };
    case 'place':
      return { value: rulesAt(textsOf(texts, given.tool), given.where), diagnostics: [] };
    case 'log':
      return { value: loggedBy(given.text, texts), diagnostics: [] };
    case 'handle':
      return ofHandle(given.handle, given.where, known);
    case 'rule':
      return findText(texts, given.tool, given.text, given.where, ipsetOf(map));
  }
}

/** The rules with the longest prefix that the text ends with. */
function loggedBy(text: string, texts: readonly KnownText[]): readonly KnownRule[] {
  const found = texts
    .flatMap(({ rules }) => rules)
    .flatMap((known) => logPrefixesOf(known.rule.parts).map((prefix) => ({ known, prefix })))
    .filter(({ prefix }) => prefix !== '' && text.endsWith(prefix));
  const longest = Math.max(...found.map(({ prefix }) => prefix.length));
  return found.filter(({ prefix }) => prefix.length === longest).map(({ known }) => known);
}

/** Of the rules that say one rule of the policy, the first. */
function oncePerRule(found: readonly KnownRule[]): readonly KnownRule[] {
  return found.filter(
    ({ mapped }, at) => found.findIndex((other) => other.mapped.rule === mapped.rule) === at,
  );
}

/** As nft says it, where iptables needs several rules for it. */
function asOneRule(known: KnownRule, texts: readonly KnownText[]): KnownRule {
  const [nft] = textsOf(texts, 'nft');
  return nft?.rules.find(({ mapped }) => mapped.rule === known.mapped.rule) ?? known;
}

/** Only a listing of the machine knows its handles. */
function ofHandle(handle: number, where: Whereabouts, { dump, texts }: Known): Outcome<readonly KnownRule[]> {
  if (!dump) {
    const help = 'bring what `nft -a list ruleset` prints with `--dump FILE`';
    return {
      value: undefined,
      diagnostics: [diagnostic('HK0010', 'a handle says nothing by itself', { help })],
    };
  }
  const tables = dump.ruleSet.tables.filter(
    ({ family, name }) =>
      [family, undefined].includes(where.family) && [name, undefined].includes(where.table),
  );
  const value = tables.flatMap(({ family, name: table, chains }) =>
    chains.flatMap(({ name: chain, rules }) => {
      const rule = rules.find((one) => handleOf(one) === handle);
      const isThere = where.chain === undefined || where.chain === chain;
      const there = rulesAt(textsOf(texts, dump.tool), { family, table, chain });
      return rule && isThere ? findAmong(there, rule) : [];
    }),
  );
  return { value, diagnostics: [] };
}

/** The handle of a rule that a machine listed. In nft's text it is a comment behind the rule. */
export function handleOf({ handle, span }: Rule): number | undefined {
  if (handle !== undefined || !span) return handle;
  const end = span.source.text.indexOf('\n', span.end);
  const rest = span.source.text.slice(span.end, end < 0 ? undefined : end);
  const [, text] = /# handle (\d+)\s*$/.exec(rest) ?? [];
  return text === undefined ? undefined : Number(text);
}
