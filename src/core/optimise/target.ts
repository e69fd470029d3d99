// What the back ends can say of what the optimiser makes: it makes nothing that they would refuse.
import type { BackEnd } from '../compile.ts';
import type { Chain, Rule, Table } from '../ir/ruleset.ts';
import { iptablesCommentLimit } from '../match/comment.ts';
import { byteLength } from '../match/quote.ts';
import { commentLimits } from '../source-map/source-comment.ts';
import type { SetLimits } from './build.ts';
import type { Kind } from './gather.ts';
import { inOneLine, ipsetsIn } from './ipsets.ts';
import { isNftKey, nftSetsIn, sayableInNft } from './nft-rule.ts';
import type { PlainRule } from './seen.ts';

/** A back end, or several that are loaded together. */
export interface Target extends SetLimits {
  /** It has maps of verdicts. */
  readonly hasMaps: boolean;
  /** How many sets it takes for the rule. */
  readonly setsIn: (rule: Rule, table: Table) => number;
  /** Sets are objects beside the rules: those of `ipset`. */
  readonly setsBeside: boolean;
  /** Whether a rule may be added to some: their comments have to fit together. */
  readonly fits: Kind['fits'];
  /** Whether it says a rule that was put together, and as one rule. */
  readonly accepts: (rule: Rule, chain: Chain, table: Table) => boolean;
}

/** The target of a back end; undefined for those that have no rules. */
export function targetOf(to: BackEnd): Target | undefined {
  switch (to) {
    case 'nft':
    case 'nft-json':
      return {
        hasMaps: true,
        overlaps: false,
        setsBeside: false,
        setsIn: nftSetsIn,
        fits: commentsFit(commentLimits[to]),
        isKey: isNftKey,
        accepts: (rule, chain, table) => sayableInNft(rule, chain, table, to === 'nft' ? 'text' : 'json'),
      };
    case 'iptables':
    case 'ip6tables':
    case 'ipset':
      return {
        hasMaps: false,
        overlaps: true,
        setsBeside: true,
        setsIn: ipsetsIn,
        fits: commentsFit(iptablesCommentLimit),
        isKey: () => true,
        accepts: (rule, _, table) => inOneLine(rule, table),
      };
    case 'sysctl':
    case 'routes':
      return undefined;
  }
}

/** The comments of some rules, as far as they were looked at. */
interface Comments {
  seen: number;
  readonly texts: Set<string>;
  bytes: number;
}

function commentsFit(limit: number): Kind['fits'] {
  const known = new WeakMap<readonly PlainRule[], Comments>();
  return (rules, { comment }) => {
    const comments = known.get(rules) ?? { seen: 0, texts: new Set(), bytes: 0 };
    known.set(rules, comments);
    for (; comments.seen < rules.length; comments.seen++) addComment(comments, rules[comments.seen]?.comment);
    return (
      comment === undefined ||
      comments.texts.has(comment) ||
      comments.bytes + bytesOf(comment) <= limit + separator
    );
  };
}

/** Bytes between two comments. */
const separator = 2;

function addComment(comments: Comments, comment: string | undefined): void {
  if (comment === undefined || comments.texts.has(comment)) return;
  comments.texts.add(comment);
  comments.bytes += bytesOf(comment);
}

function bytesOf(comment: string): number {
  return byteLength(comment) + separator;
}
