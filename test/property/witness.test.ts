// A packet that is shown as one of those for which a condition holds, or does not, is one.
import { describe, expect, test } from 'vitest';
import { tableLookups } from '../../src/core/analyse/condition.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace } from '../../src/core/analyse/space.ts';
import { type Witness, witnessOf } from '../../src/core/analyse/witness.ts';
import { defaultZone } from '../../src/core/conntrack/entry.ts';
import { tupleOf } from '../../src/core/conntrack/tuple.ts';
import type { ConntrackView, PacketView } from '../../src/core/field/view.ts';
import { type Hook, ipHooks } from '../../src/core/hook/hook.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { formatInjection } from '../../src/core/packet/format.ts';
import { type Asked, askedBy, nodeOf } from '../support/all-packets.ts';
import { spellingFixtures } from '../support/spelling-fixture.ts';

const packetTypes = { host: 0, broadcast: 1, multicast: 2, other: 3 } as const;

/** What rules see of it at the hook, where conntrack knows the state that it is said to have. */
function viewOf({ injection }: Witness, hook: Hook): PacketView {
  const { packet, iif, oif, mark = 0, skuid, skgid, direction, pkttype = 'host', state = 'new' } = injection;
  const tuple = tupleOf(packet);
  const isTracked = state !== 'invalid' && state !== 'untracked' && tuple !== undefined;
  const entry = tuple && { original: tuple, reply: tuple, status: 0, mark: 0, zone: defaultZone };
  const ct: ConntrackView = { state, direction: 'original', entry: isTracked ? entry : undefined };
  return {
    packet,
    hook,
    iif,
    oif,
    mark,
    skuid: direction === 'in' ? undefined : (skuid ?? { unknown: 'nobody said who sends it' }),
    ...(skgid !== undefined && { skgid }),
    pkttype: packetTypes[pkttype],
    ct,
    unknown: {},
  };
}

/** The answer of the match, if it is the wrong one. What nobody can tell, and what conntrack has of a connection, is in no packet. */
function wrong(
  { condition, table, space }: Asked,
  hook: Hook,
  node: number,
  holds: boolean,
): string | undefined {
  const witness = witnessOf(space, node, { hook });
  if (
    !witness ||
    witness.supposed.size > 0 ||
    condition.key.startsWith('ct ') ||
    condition.key === 'conntrack'
  )
    return undefined;
  const context = { view: viewOf(witness, hook), ...tableLookups(table) };
  const truth = findMatch(condition.key)?.evaluate(condition.args, context);
  return truth?.result === !holds ? `${holds} for ${formatInjection(witness.injection)}` : undefined;
}

describe('packets of the conditions of fixtures', () => {
  for (const fixture of spellingFixtures('match'))
    test(fixture.name.replaceAll('-', ' '), () => {
      const hook = ipHooks.find((name) => name === fixture.chain.toLowerCase()) ?? 'forward';
      const found = fixture.cases.flatMap((one) => {
        const asked = askedBy(fixture, one);
        if (!asked) return [];
        const node = nodeOf(asked, hook);
        const not = asked.space.bdd.not(node);
        return [wrong(asked, hook, node, true) ?? [], wrong(asked, hook, not, false) ?? []].flat();
      });
      expect(found).toEqual([]);
    });
});

test('a packet that nothing is asked of is one that is often seen', () => {
  const space = createSpace(mentionedNames([], ['eth0', 'wan0']));
  const witness = witnessOf(space, 1, { hook: 'forward' });
  expect(witness && formatInjection(witness.injection)).toBe(
    'in eth0 out wan0 tcp 198.51.100.10:40000 -> 192.0.2.10:443 syn',
  );
});
