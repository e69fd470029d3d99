// Base chains whose policy decides about no packet.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Rule } from '../../../ir/ruleset.ts';
import { findStatement } from '../../../statement/registry.ts';
import type { Finding } from '../define.ts';
import { factsOf } from '../exact/facts.ts';
import { endsEveryPacket, linesOf, nameOfChain, writtenChains } from '../place.ts';

export const unreachedPolicy: Finding = {
  code: 'HK7108',
  name: 'unreached-policy',
  *find(subject) {
    const { isPolicyReached } = factsOf(subject);
    for (const placed of writtenChains(subject.ruleSet.tables)) {
      const { base, rules, span } = placed.chain;
      if (!base || linesOf(placed).length === 0 || isPolicyReached(placed.chain)) continue;
      const end = rules.find(endsEveryPacket);
      const opens = base.policy === 'drop' && end !== undefined && accepts(end);
      yield diagnostic('HK7108', `the policy of ${nameOfChain(placed)} decides about no packet`, {
        span,
        labels: end?.span && [{ span: end.span, message: 'this one ends what comes to it' }],
        ...(opens && { severity: 'warning' }),
      });
    }
  },
};

function accepts({ parts }: Rule): boolean {
  return parts.some(
    (part) => part.kind === 'statement' && findStatement(part.key)?.outcome?.(part.args)?.kind === 'accept',
  );
}
