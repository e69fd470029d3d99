// Rules that were for answers once, by their source port, behind one that accepts all packets of known connections.
import { ctStateBits } from '../../../datatype/types.ts';
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { ctState } from '../../../field/ct.ts';
import { transportNext } from '../../../field/parts.ts';
import { tcpSport, udpSport } from '../../../field/transport.ts';
import type { Rule } from '../../../ir/ruleset.ts';
import { findMatch } from '../../../match/registry.ts';
import type { Finding } from '../define.ts';
import { type Facts, factsOf, type RuleFacts } from '../exact/facts.ts';
import { reach } from '../exact/reach.ts';
import type { Approach } from '../exact/routes.ts';
import { number } from '../exact/wish.ts';
import { nameOfLine } from '../place.ts';

export const sourcePort: Finding = {
  code: 'HK7110',
  name: 'source-port',
  *find(subject) {
    const facts = factsOf(subject);
    for (const { line, placed, rules } of facts.lines) {
      if (!line.rules.every(asksOnlyWhence) || !rules.every((one, at) => isHole(facts, one, line.first + at)))
        continue;
      yield diagnostic('HK7110', `${nameOfLine(line, placed)} lets new connections in to every port`, {
        span: line.span,
      });
    }
  },
};

/** Whether it asks for the source port of a well-known service. */
function asksOnlyWhence({ parts }: Rule): boolean {
  return parts.some((part) => {
    const wants = part.kind === 'match' ? findMatch(part.key)?.wants?.(part.args) : undefined;
    if (wants?.field !== tcpSport && wants?.field !== udpSport) return false;
    return wants.value.kind === 'ranges' && wants.value.ranges.every(({ hi }) => hi < firstFreePort);
  });
}

/** Below it only privileged programs listen (net.ipv4.ip_unprivileged_port_start). */
const firstFreePort = 1024n;

/** New connections reach it from outside by any destination port, and nothing that is known already does. */
function isHole(facts: Facts, { approaches }: RuleFacts, at: number): boolean {
  const outside = approaches.filter(
    ({ base: { base } }) => base?.hook === 'input' || base?.hook === 'forward',
  );
  return outside.length > 0 && outside.every((approach) => isHoleBy(facts, approach, at));
}

function isHoleBy({ space, journeyOf }: Facts, approach: Approach, at: number): boolean {
  const { chain, jumps } = approach;
  const { bdd } = space;
  const rule = chain.rules[at];
  if (!rule?.exits.some(({ result }) => result.kind === 'accept')) return false;
  const symbols = space.at({ hook: approach.base.base?.hook ?? 'input' });
  const port = symbols.read(transportNext);
  const ports = port.kind === 'number' ? port.bits.flatMap((bit) => bdd.support(bit)) : [];
  const support = new Set(bdd.support(rule.matched));
  if (ports.some((variable) => support.has(variable))) return false;
  const reached = (state: string) => {
    const node = number(ctState, ctStateBits.constants?.get(state) ?? 0n)(symbols);
    const region = bdd.and(rule.matched, node);
    return reach(journeyOf(approach), [...jumps, { chain, at }], region).kind === 'reached';
  };
  return reached('new') && !reached('established');
}
