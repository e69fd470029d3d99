// Comments that say in the kernel's own listing where a rule comes from: `policy.hook:12`.
import type { BackEnd } from '../compile.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';
import { commentOf, iptablesCommentLimit, withComment } from '../match/comment.ts';
import { byteLength } from '../match/quote.ts';
import { commentLimit, isTextString } from '../nft/limits.ts';
import { locationOf, type Span } from '../text/source.ts';

/** Bytes that a comment may have; nft 1.0.6 takes 128 in text, others count the byte behind the last one. */
export const commentLimits: Readonly<Record<BackEnd, number>> = {
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
      rules: chain.rules.map((rule) => commentedRule(rule, commentLimits[to])),
    })),
  }));
  return { ...rest, tables: commented };
}

function commentedRule(rule: Rule, limit: number): Rule {
  const [first, ...others] = (rule.joined ?? [rule]).flatMap(({ span }) => span ?? []);
  if (!first) return rule;
  const own = commentOf(rule.parts);
  const texts = placesOf(first, others).map((place) => (own === undefined ? place : `${own}, ${place}`));
  const text = texts.find((one) => isTextString(one) && byteLength(one) <= limit);
  return text === undefined ? rule : { ...rule, parts: withComment(rule.parts, text) };
}

/** The whole path, then only the name of the file; of several rules all lines, then how many there are. */
function placesOf(first: Span, others: readonly Span[]): readonly string[] {
  const { file, line } = locationOf(first);
  const short = file.slice(file.lastIndexOf('/') + 1);
  const more = [...new Set(others.map((span) => lineOf(span, file)))].filter((one) => one !== `${line}`);
  const lines = [line, ...more].join(', ');
  const few = more.length === 0 ? `${line}` : `${line} and ${more.length} more`;
  return [`${file}:${lines}`, `${short}:${lines}`, `${file}:${few}`, `${short}:${few}`];
}

/** With its file only where that is another one. */
function lineOf(span: Span, beside: string): string {
  const { file, line } = locationOf(span);
  return file === beside ? `${line}` : `${file}:${line}`;
}
