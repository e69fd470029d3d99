// What a lookup comes to for all packets is what it comes to for each of some.
import { expect, test } from 'vitest';
import { mentionedNames } from '../../../src/core/analyse/names.ts';
import { createSpace } from '../../../src/core/analyse/space.ts';
import type { Entry, EntryData } from '../../../src/core/ir/tuple.ts';
import { lookupsOf } from '../../../src/core/match/define.ts';
import { type Lookup, lookUp, symbolicLookUp } from '../../../src/core/match/lookup.ts';
import { viewFrom } from '../../support/packet-view.ts';

const drop: EntryData = { kind: 'verdict', verdict: { kind: 'drop' } };
const accept: EntryData = { kind: 'verdict', verdict: { kind: 'accept' } };
const jump: EntryData = { kind: 'verdict', verdict: { kind: 'jump', chain: 'other' } };
const single = (value: bigint) => ({ lo: value, hi: value });

const packets = [
  'in eth0 out wan1 tcp 10.0.0.1:1024 -> 192.0.2.9:22',
  'in eth0 out wan1 tcp 10.0.0.2:1024 -> 192.0.2.9:80',
  'in eth0 out eth1 tcp 10.0.0.1:1024 -> 192.0.2.9:443',
  'in eth0 out wan1 udp 10.0.0.1:1024 -> 192.0.2.9:22',
  'in lan0 out wan1 tcp [2001:db8::1]:1024 -> [2001:db8::2]:22',
];

const ports: readonly Entry[] = [
  { key: [single(22n)], data: accept },
  { key: [{ lo: 80n, hi: 90n }], data: drop },
  { key: [{ lo: 1000n, hi: 2000n }], data: accept },
];

const lookups: readonly Lookup[] = [
  { keys: [{ key: 'tcp dport', steps: [] }], map: { kind: 'entries', entries: ports } },
  {
    keys: [{ key: 'tcp dport', steps: [] }],
    map: { kind: 'entries', entries: [...ports, { key: 'any', data: jump }] },
  },
  {
    keys: [{ key: 'ip saddr', steps: [{ kind: 'bits', keep: 3n, flip: 1n }] }],
    map: {
      kind: 'entries',
      entries: [
        { key: [single(0n)], data: accept },
        { key: [single(3n)], data: drop },
      ],
    },
  },
  {
    keys: [
      { key: 'oifname', steps: [] },
      { key: 'tcp dport', steps: [] },
    ],
    map: {
      kind: 'entries',
      entries: [
        { key: ['wan*', single(22n)], data: accept },
        { key: ['eth1', { lo: 0n, hi: 443n }], data: drop },
      ],
    },
  },
  { keys: [{ key: 'tcp dport', steps: [] }], map: { kind: 'set', name: 'nobody knows' } },
];

const mentioned = new Map([
  ['meta iifname', new Set<string>()],
  ['meta oifname', new Set(['wan*', 'eth1'])],
]);

test.each(lookups.map((lookup, at) => [at, lookup] as const))('lookup %i', (_, lookup) => {
  const space = createSpace(mentioned);
  const tables = lookupsOf({ sets: [] });
  const { found, none, missing, unknown } = symbolicLookUp(lookup, {
    ...space.at({ hook: 'forward' }),
    ...tables,
  });
  for (const packet of packets) {
    const view = viewFrom(packet, 'FORWARD');
    const looked = lookUp(lookup, { view, ...tables });
    const seen = space.seen(view);
    const answers = [
      ...found
        .filter(({ when }) => space.bdd.implies(seen, when))
        .map(({ data }) => ({ kind: 'found', data })),
      ...(
        [
          ['none', none],
          ['none', missing],
          ['unknown', unknown],
        ] as const
      )
        .filter(([, node]) => space.bdd.implies(seen, node))
        .map(([kind]) => ({ kind })),
    ];
    expect(answers).toEqual([
      expect.objectContaining(looked.kind === 'found' ? looked : { kind: looked.kind }),
    ]);
  }
  expect(mentionedNames([]).get('meta oifname')).toEqual(new Set(['lo']));
});
