// Rules of which others take a part: what lint says of drawn chains is what becomes of every packet of a small world.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf } from '../../src/core/analyse/lint/exact/facts.ts';
import { type PartlyLine, partlyLines } from '../../src/core/analyse/lint/exact/partly.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import type { RuleStep } from '../../src/core/trace/step.ts';
import { trace } from '../../src/core/trace/trace.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 60);

const source = fc.constantFrom(
  '',
  'ip saddr 10.0.0.0/9 ',
  'ip saddr 10.0.0.1 ',
  'ip saddr { 10.0.0.1, 10.0.1.1 } ',
);
const port = fc.constantFrom(
  '',
  'tcp dport 22 ',
  'tcp dport 20-30 ',
  'tcp dport { 22, 80 } ',
  'udp dport 22 ',
);
const verdict = fc.constantFrom(
  'accept',
  'drop',
  'reject',
  'jump other',
  'goto other',
  'return',
  'meta mark set 1',
);
const rules = fc
  .array(
    fc.tuple(source, port, verdict).map((words) => words.join('')),
    { maxLength: 7 },
  )
  .map((lines) => lines.join('\n'));
const ruleSets = fc.tuple(rules, rules).map(([input, other]) => {
  const inner = other.replaceAll(/(jump|goto) other/g, 'accept');
  const text = `table inet filter {
    chain input hook input priority filter policy drop {\n${input}\n}
    chain other {\n${inner}\n}
  }`;
  return loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet ?? { tables: [] };
});

const packets = ['10.0.0.1', '10.0.1.1', '10.200.0.1'].flatMap((address) =>
  ['tcp 22', 'tcp 25', 'tcp 80', 'udp 22'].flatMap((service) => {
    const [protocol, number] = service.split(' ');
    const text = `in eth0 local ${protocol} ${address}:40000 -> 192.0.2.1:${number}`;
    return parsePacketSpec({ name: 'packet', text }).value ?? [];
  }),
);

/** The packets of the small world in two regions: what is taken from a line, and what is left for it. */
function counted(ruleSet: RuleSet, lines: readonly PartlyLine[], facts: ReturnType<typeof factsOf>) {
  const { space } = facts;
  const { bdd } = space;
  // Without a rule that asks for connections none is followed.
  const untold = space.parts().flatMap(({ name, variables }) => (name.startsWith('ct ') ? variables : []));
  const count = { taken: 0, left: 0 };
  for (const injection of packets) {
    const traced = trace({ ruleSet, injection });
    const steps = traced.ways[0].steps.filter((step): step is RuleStep => step.kind === 'rule');
    const [first] = steps;
    if (!first) continue;
    const known = bdd.and(bdd.exists(space.seen(first.view), untold), space.valid());
    for (const { facts: line, taken, left, considered } of lines) {
      const packet = bdd.and(known, considered);
      if (packet === 0) continue;
      const isMet = steps.some((step) => step.matched && line.rules.some(({ rule }) => rule === step.rule));
      if (bdd.implies(packet, taken)) count.taken++;
      if (bdd.implies(packet, left)) count.left++;
      expect([bdd.implies(packet, taken), bdd.implies(packet, left)].filter(Boolean).length).toBeLessThan(2);
      if (isMet) expect(bdd.intersects(packet, taken)).toBe(false);
      if (bdd.implies(packet, left)) expect(isMet).toBe(true);
    }
  }
  return count;
}

test('packets that rules before take never meet the rule, and those that are left for it do', () => {
  let [taken, left] = [0, 0];
  fc.assert(
    fc.property(ruleSets, (ruleSet) => {
      const subject = { ruleSet, hosts: [], families: [4, 6] as const };
      const facts = factsOf(subject);
      const found = counted(ruleSet, partlyLines(subject, facts, true), facts);
      taken += found.taken;
      left += found.left;
    }),
    { numRuns },
  );
  expect(taken).toBeGreaterThan(0);
  expect(left).toBeGreaterThan(0);
});
