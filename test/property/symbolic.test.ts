// A condition said of all packets at once says of each packet what evaluating it on that packet says: those of the
// fixtures.
import { describe, expect, test } from 'vitest';
import { packetsOf, tableLookups } from '../../src/core/analyse/condition.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import type { PacketView } from '../../src/core/field/view.ts';
import type { Match, Table } from '../../src/core/ir/ruleset.ts';
import type { Truth } from '../../src/core/match/define.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { isIp } from '../../src/core/packet/packet.ts';
import { viewFrom } from '../support/packet-view.ts';
import { partOf, tableOf } from '../support/spelling.ts';
import {
  type SpellingCase,
  type SpellingFixture,
  spellingFixtures,
  textsOf,
} from '../support/spelling-fixture.ts';

const fixtures = spellingFixtures('match');
const answers = ['match', 'no match', 'unknown', 'assumed'] as const;

/** One condition, for one packet and for all. */
interface Asked {
  readonly condition: Match;
  readonly table: Table;
  readonly space: Space;
}

function askedBy(fixture: SpellingFixture, one: SpellingCase): Asked | undefined {
  const [dsl = ''] = textsOf(one, 'dsl');
  const part = partOf(fixture, dsl);
  if (part.kind !== 'match') return undefined;
  const table = tableOf(fixture, dsl);
  return { condition: part, table, space: createSpace(mentionedNames([{ tables: [table] }])) };
}

function nodeOf({ condition, table, space }: Asked, { hook }: PacketView): Node {
  return packetsOf(condition, space.at({ hook, rule: 'the rule' }), tableLookups(table));
}

function truthOf({ condition, table }: Asked, view: PacketView): Truth {
  const definition = findMatch(condition.key);
  if (!definition) throw new Error(condition.key);
  if (definition.family && !isIp(view.packet)) return { result: false, actual: 'no IP packet' };
  return definition.evaluate(condition.args, { view, ...tableLookups(table) });
}

type Said = 'yes' | 'no' | 'either';

/** What is said of all packets that look like this one. */
function saidOf({ space }: Asked, node: Node, view: PacketView): Said {
  const seen = space.seen(view);
  expect(seen, 'the packet is one of those that there are').not.toBe(0);
  if (space.bdd.implies(seen, node)) return 'yes';
  return space.bdd.intersects(seen, node) ? 'either' : 'no';
}

function compare(asked: Asked, view: PacketView): void {
  const truth = truthOf(asked, view);
  const node = nodeOf(asked, view);
  const said = saidOf(asked, node, view);
  const isFree = asked.space.freeIn(node).length > 0;
  const definite = truth.result === true ? 'yes' : 'no';
  if (truth.result === 'unknown' || truth.result === 'assumed')
    expect(said, JSON.stringify(truth)).toBe('either');
  else expect(isFree ? [definite, 'either'] : [definite]).toContain(said);
}

for (const fixture of fixtures)
  describe(fixture.name.replaceAll('-', ' '), () => {
    for (const one of fixture.cases) {
      const packets = answers.flatMap((answer) => textsOf(one, answer));
      test(`${one.title}: the packets of the fixture`, () => {
        const asked = askedBy(fixture, one);
        if (asked) for (const packet of packets) compare(asked, viewFrom(packet, fixture.chain));
      });
    }
  });
