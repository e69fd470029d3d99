// Comments that say in the kernel's own listing where a rule comes from: `policy.hook:12`.
import type { BackEnd } from '../compile.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';
import { commentOf, iptablesCommentLimit, withComment } from '../match/comment.ts';
import { byteLength } from '../match/quote.ts';
import { commentLimit, isTextString } from '../nft/limits.ts';
import { locationOf, type Span } from '../text/source.ts';

/** Bytes that a comment may have; nft 1.0.6 takes 128 in text, others count the byte behind the last one. */
const limits: Readonly<Record<BackEnd, number>> = {
  iptables: iptablesCommentLimit,
  ip6tables: iptablesCommentLimit,
  ipset: 0,
  sysctl: 0,
  routes: 0,
  nft: commentLimit.text - 1,
  'nft-json': commentLimit.json,
};

/**
 * The rule set with the place of each rule behind its comment. Where both are too long together, the place gives up its
 * folder, and then itself: what somebody wrote stays.
 */
export function withSourceComments({ tables, ...rest }: RuleSet, to: BackEnd): RuleSet {
  const commented = tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map((rule) => commentedRule(rule, limits[to])),
    })),
  }));
  return { ...rest, tables: commented };
}

function commentedRule(rule: Rule, limit: number): Rule {
  if (!rule.span) return rule;
  const own = commentOf(rule.parts);
  const texts = placesOf(rule.span).map((place) => (own === undefined ? place : `${own}, ${place}`));
  const text = texts.find((one) => isTextString(one) && byteLength(one) <= limit);
  return text === undefined ? rule : { ...rule, parts: withComment(rule.parts, text) };
}

/** The whole path, then only the name of the file. */
function placesOf(span: Span): readonly string[] {
  const { file, line } = locationOf(span);
  return [`${file}:${line}`, `${file.slice(file.lastIndexOf('/') + 1)}:${line}`];
}
