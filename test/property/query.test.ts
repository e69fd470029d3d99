// A question about all packets against traces: each drawn packet is in the classes of the answer exactly if its trace has
// the fate that is asked for and it meets the condition.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewAt } from '../../src/core/analyse/example.ts';
import { knownValues } from '../../src/core/analyse/known-values.ts';
import { type Answer, isAsked, query } from '../../src/core/analyse/query.ts';
import { spaceFor } from '../../src/core/analyse/question.ts';
import type { Space } from '../../src/core/analyse/space.ts';
import type { Question } from '../../src/core/ir/policy.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { makeDraw } from '../../src/core/policy-test/draw.ts';
import { makePool } from '../../src/core/policy-test/pool.ts';
import { makeProbe, meets } from '../../src/core/policy-test/probe.ts';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import type { TraceRequest } from '../../src/core/trace/run.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 6);
const packetsEach = 20;

const conditions = [
  '',
  'ct state new',
  'tcp dport { 22, 80, 443 }',
  'ip saddr 10.0.0.0/8',
  'meta l4proto udp',
];
const questions = fc
  .tuple(
    fc.constantFrom('accepted', 'dropped', 'rejected', 'any', 'forwarded', 'local', 'sent'),
    fc.constantFrom(...conditions),
  )
  .map((words) => words.join(' '));
const texts = fc.oneof(gatewayPolicies, hookPolicies, policyTexts, programs);

test('the packets of an answer are those whose trace has that fate', () => {
  let inside = 0;
  let outside = 0;
  fc.assert(
    fc.property(texts, questions, fc.nat(), (text, asked, number) => {
      const source = { name: 'drawn.hook', text };
      const { value } = loadPolicy(source, 'hook', { question: { name: 'question', text: asked } });
      if (!value?.question) return;
      const { ruleSet, question, hosts } = value;
      const host = hosts.length === 1 ? hosts[0] : undefined;
      const space = spaceFor({ ruleSet, host }, question);
      const answer = query({ ruleSet, host }, question, knownValues(), space);
      const cases = question.cases.map((rule) => ({ rule, table: question }));
      const pool = makePool(ruleSet, host, cases);
      const draw = makeDraw([...pool.rules, ...cases], pool, makeRandom(number));
      for (let at = 0; at < packetsEach; at++) {
        const injection = draw();
        if (!injection) return;
        const is = compare(space, answer, question, { ruleSet, host, injection });
        if (is === true) inside++;
        if (is === false) outside++;
      }
    }),
    { numRuns },
  );
  expect(inside).toBeGreaterThan(0);
  expect(outside).toBeGreaterThan(0);
});

/** Whether the packet is asked for, as far as its trace is sure; both have to say the same. */
function compare(
  space: Space,
  { classes }: Answer,
  question: Question,
  request: TraceRequest & { readonly ruleSet: RuleSet },
): boolean | undefined {
  const { bdd } = space;
  const probe = makeProbe(request.ruleSet, question, question.sets);
  const watched = trace({ ...request, ruleSet: probe.ruleSet });
  const { ways, complete } = watched;
  const [way] = ways;
  if (!complete || ways.length > 1 || way.suppositions.length > 0 || way.reason !== undefined)
    return undefined;
  const expected = isAsked(question, way) && meets(way, probe, request);
  const own = classes.filter(({ direction }) => direction === request.injection.direction);
  const seen = bdd.and(space.seen(viewAt(request, way)), space.valid());
  const found = own.filter(({ packets }) => bdd.intersects(packets.node, seen));
  if (found.some(({ verdict }) => verdict === 'depends')) return undefined;
  const isSure = found.every(({ packets }) => space.freeIn(bdd.and(packets.node, seen)).length === 0);
  if (expected || isSure) expect(found.length > 0, JSON.stringify(request.injection, written)).toBe(expected);
  return expected;
}

function written(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}
