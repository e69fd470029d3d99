// Rules that decide about less than they say, because others that are about more in some way come before them.
import type { Node } from '../../../bdd/bdd.ts';
import { type Diagnostic, diagnostic, type Example, type Label } from '../../../diagnostic/diagnostic.ts';
import { laterFragment } from '../../../field/parts.ts';
import { formatInjection } from '../../../packet/format.ts';
import type { Span } from '../../../text/source.ts';
import { decidingText } from '../../../trace/deciding-text.ts';
import { type Trace, trace } from '../../../trace/trace.ts';
import { type KnownValues, knownValues } from '../../known-values.ts';
import type { Finding, LintSubject } from '../define.ts';
import { classWords } from '../exact/class-words.ts';
import type { Decided } from '../exact/decided.ts';
import { type Facts, factsOf } from '../exact/facts.ts';
import { packetIn } from '../exact/packet.ts';
import { type PartlyLine, partlyLines } from '../exact/partly.ts';
import { number } from '../exact/wish.ts';
import { nameOfLine } from '../place.ts';

export const partlyShadowed: Finding = {
  code: 'HK7103',
  name: 'partly-shadowed',
  *find(subject, least) {
    const facts = factsOf(subject);
    const known = knownValues([], [subject.ruleSet]);
    for (const one of partlyLines(subject, facts, least === 'note')) {
      const found = partly({ subject, facts, known }, one);
      if (found) yield found;
    }
  },
};

interface Telling {
  readonly subject: LintSubject;
  readonly facts: Facts;
  readonly known: KnownValues;
}

function partly(telling: Telling, one: PartlyLine): Diagnostic | undefined {
  const { line, placed, rules } = one.facts;
  const taken = traced(telling, one, one.taken);
  const own = new Set(rules.map(({ rule }) => rule));
  const matches = ({ result }: Traced) =>
    result.ways.some(({ steps }) =>
      steps.some((step) => step.kind === 'rule' && step.matched && own.has(step.rule)),
    );
  if (taken && matches(taken)) return undefined;
  const left = traced(telling, one, one.left);
  const shown = left && matches(left) ? `, such as \`${left.packet}\`` : '';
  const name = nameOfLine(line, placed);
  const what = one.lost === undefined ? 'all that it matches' : `\`${one.lost}\`, which it names`;
  return diagnostic('HK7103', `${name} does not decide about ${what}`, {
    span: line.span,
    labels: labelsOf(telling, one),
    example: taken && exampleOf(taken, one.by),
    help: `left for it: ${words(telling, one, one.left)}${shown}; have first what is to count, or name in each rule what it is for`,
    ...(one.lost !== undefined && { severity: 'warning' }),
  });
}

interface Traced {
  readonly packet: string;
  readonly result: Trace;
}

function traced({ subject: { ruleSet }, facts: { space } }: Telling, { approach }: PartlyLine, node: Node) {
  const injection = packetIn(space, node, approach.base.base?.hook ?? 'forward');
  return injection && { packet: formatInjection(injection), result: trace({ ruleSet, injection }) };
}

/** Only where one of the rules decides about the packet, which depends on nothing else. */
function exampleOf({ packet, result }: Traced, by: readonly Decided[]): Example | undefined {
  const [way, ...others] = result.ways;
  const deciding = way.deciding;
  const isMeant = deciding?.by === 'rule' && by.some(({ rule }) => rule.place.rule === deciding.rule);
  if (!isMeant || others.length > 0 || !result.complete) return undefined;
  return { packet, outcome: `${verdictWords[way.verdict]} by ${decidingText(deciding)}` };
}

const verdictWords = { accept: 'accepted', drop: 'dropped', reject: 'rejected', queue: 'queued' } as const;

const mostLabels = 4;

/** One for each line that takes packets, which may be several rules. */
function labelsOf(telling: Telling, one: PartlyLine): readonly Label[] {
  const { bdd } = telling.facts.space;
  const found = new Map<string, { readonly span: Span; readonly passes: boolean; node: Node }>();
  for (const { rule, node, passes } of one.by) {
    const { span } = rule.place.rule;
    if (!span) continue;
    const key = `${span.source.name} ${span.start}`;
    const known = found.get(key) ?? { span, passes, node: 0 };
    known.node = bdd.or(known.node, bdd.and(node, one.taken));
    found.set(key, known);
  }
  return [...found.values()].slice(0, mostLabels).map(({ span, passes, node }) => ({
    span,
    message: `${passes ? 'accepts' : 'stops'} before: ${words(telling, one, node)}`,
  }));
}

/** Fragments without ports are in what is left of every port, and hardly come. */
function words({ facts: { space }, known }: Telling, { considered }: PartlyLine, node: Node): string {
  const whole = number(laterFragment, 0n)(space.at({ hook: 'forward' }));
  const usual = space.bdd.and(considered, whole);
  const open = space.bdd.exists(node, space.freeVariables());
  return classWords(space, open, known, space.bdd.intersects(node, usual) ? usual : considered);
}
