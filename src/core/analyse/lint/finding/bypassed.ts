// Rules at forward that stop packets, and chains of another program before them that let some of these pass.
import { type Diagnostic, diagnostic } from '../../../diagnostic/diagnostic.ts';
import { programOfChain } from '../../../foreign/programs.ts';
import type { Table } from '../../../ir/ruleset.ts';
import { formatInjection } from '../../../packet/format.ts';
import { decidingText } from '../../../trace/deciding-text.ts';
import { trace } from '../../../trace/trace.ts';
import { demandTime } from '../budget.ts';
import type { Finding, LintSubject } from '../define.ts';
import { type Facts, factsOf, type LineFacts } from '../exact/facts.ts';
import { packetIn } from '../exact/packet.ts';
import { regionOf } from '../exact/reach.ts';
import type { Approach } from '../exact/routes.ts';
import type { Ruled, RuledChain, RuledTable } from '../exact/ruled.ts';
import { nameOfLine } from '../place.ts';

function programOf(chain: string): string | undefined {
  return programOfChain(chain)?.name;
}

/** In longer chains it would take longer than all else. */
const longest = 5000;

export const bypassed: Finding = {
  code: 'HK7114',
  name: 'bypassed',
  longest,
  *find(subject) {
    const facts = factsOf(subject);
    const tables = new Set(subject.ruleSet.tables.filter(isShared));
    for (const one of facts.lines) {
      demandTime(subject.budget);
      if (!tables.has(one.placed.table) || one.placed.chain.rules.length > longest) continue;
      if (programOf(one.placed.chain.name) !== undefined) continue;
      const found = passedBy(subject, facts, one);
      if (found) yield found;
    }
  },
};

function isShared({ chains }: Table): boolean {
  return chains.some(({ name }) => programOf(name) !== undefined);
}

function passedBy(subject: LintSubject, facts: Facts, one: LineFacts): Diagnostic | undefined {
  for (const [at, { approaches }] of one.rules.entries())
    for (const approach of approaches) {
      const index = one.line.first + at;
      const rule = approach.chain.rules[index];
      if (approach.base.base?.hook !== 'forward' || !rule || !stops(rule)) continue;
      const found = acceptedBefore(subject, facts, one, { approach, rule, index });
      if (found) return found;
    }
  return undefined;
}

function stops({ exits }: Ruled): boolean {
  return exits.length > 0 && exits.every(({ result: { kind } }) => kind === 'drop' || kind === 'reject');
}

interface Stopping {
  readonly approach: Approach;
  readonly rule: Ruled;
  readonly index: number;
}

/** Looks for a packet of the rule that a chain of a program accepts before. */
function acceptedBefore(
  { ruleSet }: LintSubject,
  { space, entryOf }: Facts,
  { line, placed }: LineFacts,
  { approach, rule, index }: Stopping,
): Diagnostic | undefined {
  const { table, jumps, chain } = approach;
  const { bdd } = space;
  const own = bdd.and(entryOf(approach), regionOf(table, [...jumps, { chain, at: index }], rule.matched));
  for (const { program, node } of accepting(table, [...jumps, { chain, at: index }]).slice(0, mostTried)) {
    const injection = packetIn(space, bdd.and(own, node), 'forward');
    if (!injection || injection.state !== undefined) continue;
    const [way, ...others] = trace({ ruleSet, injection }).ways;
    const by = way.deciding?.by === 'rule' ? way.deciding : undefined;
    const isPassed = others.length === 0 && way.verdict === 'accept' && by;
    if (!isPassed || programOf(by.chain) === undefined) continue;
    return diagnostic('HK7114', `packets pass by ${program} that ${nameOfLine(line, placed)} would stop`, {
      span: line.span,
      labels: by.rule.span && [{ span: by.rule.span, message: 'this one accepts them before' }],
      example: { packet: formatInjection(injection), outcome: `accepted by ${decidingText(by)}` },
    });
  }
  return undefined;
}

const mostTried = 40;

interface Accepting {
  readonly program: string;
  readonly node: number;
}

/** The rules of programs that accept packets before the end of a route, with the conditions of the jumps to them. */
function accepting(table: RuledTable, route: Approach['jumps']): readonly Accepting[] {
  return route.flatMap(({ chain, at }) =>
    chain.rules.slice(0, at).flatMap(({ exits }) =>
      exits.flatMap(({ node, result }) => {
        const program = 'chain' in result ? programOf(result.chain) : undefined;
        if (program === undefined || !('chain' in result)) return [];
        return acceptedIn(table, table.target(result.chain), 0).map((inside) => ({
          program,
          node: table.space.bdd.and(node, inside),
        }));
      }),
    ),
  );
}

function acceptedIn(table: RuledTable, { rules }: RuledChain, depth: number): readonly number[] {
  if (depth > deepest) return [];
  return rules.flatMap(({ exits }) =>
    exits.flatMap(({ node, result }) => {
      if (result.kind === 'accept') return [node];
      if (!('chain' in result)) return [];
      return acceptedIn(table, table.target(result.chain), depth + 1).map((inside) =>
        table.space.bdd.and(node, inside),
      );
    }),
  );
}

/** Programs jump no deeper than this. */
const deepest = 4;
