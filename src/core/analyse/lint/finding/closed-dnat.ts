// Translations of the destination whose packets no chain at forward lets pass.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { inputInterface } from '../../../field/meta.ts';
import type { Rule } from '../../../ir/ruleset.ts';
import { formatInjection } from '../../../packet/format.ts';
import type { Injection } from '../../../packet/packet.ts';
import { findStatement } from '../../../statement/registry.ts';
import { decidingText } from '../../../trace/deciding-text.ts';
import type { Deciding, Way } from '../../../trace/step.ts';
import { trace } from '../../../trace/trace.ts';
import { mentionedNames } from '../../names.ts';
import { demandTime } from '../budget.ts';
import type { Finding, LintSubject } from '../define.ts';
import { type Facts, factsOf, type LineFacts } from '../exact/facts.ts';
import { packetIn } from '../exact/packet.ts';
import { regionOf } from '../exact/reach.ts';
import { named } from '../exact/wish.ts';
import { nameOfLine } from '../place.ts';

export const closedDnat: Finding = {
  code: 'HK7111',
  name: 'closed-dnat',
  *find(subject) {
    if (subject.hosts.length > 1) return;
    const facts = factsOf(subject);
    for (const one of facts.lines) {
      demandTime(subject.budget);
      if (!one.line.rules.every(sendsElsewhere)) continue;
      const stopped = stoppedPacket(subject, facts, one);
      if (!stopped) continue;
      const { injection, by } = stopped;
      yield diagnostic(
        'HK7111',
        `what ${nameOfLine(one.line, one.placed)} translates is dropped at forward`,
        {
          span: one.line.span,
          labels:
            by.by === 'rule' && by.rule.span ? [{ span: by.rule.span, message: 'this one drops it' }] : [],
          example: { packet: formatInjection(injection), outcome: `dropped by ${decidingText(by)}` },
        },
      );
    }
  },
};

/** Whether it gives its packets another address, which may be that of another host. */
function sendsElsewhere({ parts }: Rule): boolean {
  return parts.some((part) => {
    const outcome = part.kind === 'statement' ? findStatement(part.key)?.outcome?.(part.args) : undefined;
    return outcome?.kind === 'destination' && outcome.addresses !== undefined;
  });
}

interface Stopped {
  readonly injection: Injection;
  readonly by: Deciding;
}

/** A packet that is stopped at forward, if none of its kind passes, by whatever interface it comes. */
function stoppedPacket(subject: LintSubject, facts: Facts, one: LineFacts): Stopped | undefined {
  const { ruleSet, hosts } = subject;
  const all = packetsOf(subject, facts, one).map((injection) => ({
    injection,
    traced: trace({ ruleSet, injection, host: hosts[0] }),
  }));
  const forwarded = all.flatMap(({ injection, traced: { ways, complete } }) =>
    ways.filter(isForwarded).map((way) => ({ injection, way, complete })),
  );
  const isClosed = forwarded.every(
    ({ way, complete }) => complete && way.verdict !== 'accept' && !way.reason,
  );
  const [first] = forwarded;
  return first?.way.deciding && isClosed ? { injection: first.injection, by: first.way.deciding } : undefined;
}

function isForwarded({ steps, translations }: Way): boolean {
  return translations.length > 0 && steps.some((step) => step.kind === 'hook' && step.hook === 'forward');
}

/** First packets of connections that the rules of a line translate, by each interface that rules name. */
function packetsOf(
  { ruleSet, hosts }: LintSubject,
  facts: Facts,
  { line, rules }: LineFacts,
): readonly Injection[] {
  const { space, entryOf } = facts;
  const own = hosts.flatMap(({ interfaces }) => interfaces.filter(({ up }) => up).map(({ name }) => name));
  const mentioned = [...(mentionedNames([ruleSet]).get(inputInterface.name) ?? [])];
  const names = (own.length > 0 ? own : mentioned).filter((name) => name !== 'lo' && name !== '');
  return rules.flatMap(({ approaches }, at) => {
    const [approach] = approaches.filter(({ base }) => base.base?.hook === 'prerouting');
    const ruled = approach?.chain.rules[line.first + at];
    if (!approach || !ruled) return [];
    const { bdd } = space;
    const route = [...approach.jumps, { chain: approach.chain, at: line.first + at }];
    const region = bdd.and(entryOf(approach), regionOf(approach.table, route, ruled.matched));
    const symbols = space.at({ hook: 'prerouting' });
    const byName = names.map((name) => bdd.and(region, named(inputInterface, name, true)(symbols)));
    return [...byName, ...(own.length > 0 ? [] : [region])].flatMap(
      (some) => packetIn(space, some, 'prerouting') ?? [],
    );
  });
}
