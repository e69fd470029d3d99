// From a rule that a machine has to the rules of a source map that it may be.
import type { BackEnd } from '../compile.ts';
import type { Family, Rule, RuleSet } from '../ir/ruleset.ts';
import { commentOf } from '../match/comment.ts';
import { type KnownRule, type KnownText, keyOf } from './mapped-rules.ts';
import { meaningOf } from './meaning.ts';

/** What is known of where a rule stands; what is absent may be anything. */
export interface Whereabouts {
  readonly family?: Family | undefined;
  readonly table?: string | undefined;
  readonly chain?: string | undefined;
  /** From 1 in its chain. */
  readonly index?: number | undefined;
}

/** The tool whose rules these are. */
export type Tool = 'iptables' | 'nft';

/** The texts of one tool; of nft's two, which say the same, the first. */
export function textsOf(texts: readonly KnownText[], tool: Tool): readonly KnownText[] {
  const found = texts.filter(({ backEnd }) => toolOf(backEnd) === tool);
  return tool === 'nft' ? found.slice(0, 1) : found;
}

function toolOf(backEnd: BackEnd): Tool {
  return backEnd === 'nft' || backEnd === 'nft-json' ? 'nft' : 'iptables';
}

/** Those that mean the same as a rule; where several do, those with its comment. */
export function findAmong(rules: readonly KnownRule[], rule: Rule): readonly KnownRule[] {
  const meaning = meaningOf(rule);
  const alike = rules.filter((one) => one.meaning === meaning);
  const comment = commentOf(rule.parts);
  const named = alike.filter((one) => one.comment === comment);
  return named.length > 0 ? named : alike;
}

/** The rules that may stand there, whatever they mean. */
export function rulesAt(texts: readonly KnownText[], where: Whereabouts): readonly KnownRule[] {
  const { family, table, chain, index } = where;
  return texts
    .flatMap(({ rules }) => rules)
    .filter(
      ({ mapped }) =>
        (family === undefined || mapped.family === family) &&
        (table === undefined || mapped.table === table) &&
        (chain === undefined || mapped.chain === chain) &&
        (index === undefined || mapped.index === index),
    );
}

/** A rule of a dump, and what it may be: nothing where it came from elsewhere. */
export interface TracedRule {
  readonly where: {
    readonly family: Family;
    readonly table: string;
    readonly chain: string;
    readonly index: number;
  };
  readonly rule: Rule;
  readonly found: readonly KnownRule[];
}

/**
 * Every rule of a dump. Rules of one chain that mean the same are told by their order, if there are as many of them as
 * in the map.
 */
export function traceBack(live: RuleSet, texts: readonly KnownText[]): readonly TracedRule[] {
  const byChain = new Map<string, KnownRule[]>();
  for (const known of texts.flatMap(({ rules }) => rules)) {
    const { family, table, chain } = known.mapped;
    const key = keyOf(family, table, chain);
    byChain.set(key, byChain.get(key) ?? []);
    byChain.get(key)?.push(known);
  }
  return live.tables.flatMap(({ family, name: table, chains }) =>
    chains.flatMap((chain) => {
      const here = byChain.get(keyOf(family, table, chain.name)) ?? [];
      const traced = chain.rules.map((rule, at) => ({
        where: { family, table, chain: chain.name, index: at + 1 },
        rule,
        found: findAmong(here, rule),
      }));
      return traced.map((one) => inOrder(one, traced));
    }),
  );
}

function inOrder(one: TracedRule, all: readonly TracedRule[]): TracedRule {
  const { found } = one;
  if (found.length < 2) return one;
  const same = all.filter((other) => other.found[0] === found[0] && other.found.length === found.length);
  const own = found[same.indexOf(one)];
  return same.length === found.length && own ? { ...one, found: [own] } : one;
}
