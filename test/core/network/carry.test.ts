// Who gets a frame, by the devices between: the table of macvlan, bridges with and without hairpin, VLANs.
import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/core/device/frame.ts';
import { carry, carryFrom } from '../../../src/core/network/carry.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import { makeWiring } from '../../../src/core/network/wiring.ts';
import { policyOf } from '../../support/policy.ts';

/** Whether a frame for the other one's address gets there. */
function reaches(text: string, from: Place, to: Place): boolean {
  const wiring = makeWiring(networkOf(policyOf(text)));
  const frame = { source: wiring.macOf(from), destination: wiring.macOf(to), tags: [] };
  const { arrivals } = carry(wiring, from, frame);
  return arrivals.some(({ at }) => at.host === to.host && at.device === to.device);
}

const parent = { host: 'pc', device: 'eth0' };
const [one, two] = [
  { host: 'one', device: 'm' },
  { host: 'two', device: 'm' },
];
const outside = { host: 'out', device: 'eth0' };

function macvlans(mode: string, hairpin: boolean): string {
  return `
host pc { interface "eth0" { } }
host one { interface "m" { type macvlan mode ${mode} link pc "eth0" } }
host two { interface "m" { type macvlan mode ${mode} link pc "eth0" } }
host out { interface "eth0" { } }
link wire { pc "eth0"; out "eth0"${hairpin ? '; hairpin' : ''} }
`;
}

describe('macvlan', () => {
  test.each([
    ['bridge', false, true],
    ['bridge', true, true],
    ['vepa', false, false],
    ['vepa', true, true],
    ['private', false, false],
  ])('%s, switch reflects: %s, siblings reach each other: %s', (mode, hairpin, siblings) => {
    const text = macvlans(mode, hairpin);
    expect(reaches(text, one, two)).toBe(siblings);
    expect(reaches(text, one, outside)).toBe(true);
    expect(reaches(text, outside, two)).toBe(true);
    expect(reaches(text, one, parent)).toBe(hairpin);
  });
});

/** Who gets a frame, and where it goes on inside of a packet. */
function receivers(text: string, from: Place, frame: { to: Place | 'all'; target?: string }) {
  const wiring = makeWiring(networkOf(policyOf(text)));
  const destination = frame.to === 'all' ? 0xffff_ffff_ffffn : wiring.macOf(frame.to);
  const target = frame.target === undefined ? undefined : ({ family: 4, value: ipv4(frame.target) } as const);
  const { arrivals, wrapped } = carry(wiring, from, {
    source: wiring.macOf(from),
    destination,
    tags: [],
    ...(target && { target }),
  });
  return [
    ...arrivals.map(({ at }) => `${at.host} ${at.device}`),
    ...wrapped.map(({ at }) => `in a packet of ${at.host} ${at.device}`),
  ].toSorted();
}

function ipv4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

describe('a port of a bridge', () => {
  const text = `
    host gw { interface "br0" { address 10.0.0.1/24 }; interface "p" { master "br0"; address 10.0.1.1/24 } }
    host pc { interface "eth0" { address 10.0.1.2/24 } }
    link wire { gw "p"; pc "eth0" }
  `;
  const [port, pc] = [
    { host: 'gw', device: 'p' },
    { host: 'pc', device: 'eth0' },
  ];

  test('what is for its own address comes in by the bridge, and so does the answer to what it asked', () => {
    expect(receivers(text, port, { to: 'all' })).toEqual(['pc eth0']);
    expect(receivers(text, pc, { to: port })).toEqual(['gw br0']);
  });
});

describe('macvtap', () => {
  const text = `
    host pc { interface "eth0" { }; interface "t" { type macvtap mode bridge link "eth0" } }
    host vm { interface "eth0" { } }
    host one { interface "m" { type macvlan mode bridge link pc "eth0" } }
    host out { interface "eth0" { } }
    link wire { pc "eth0"; out "eth0" }
    link inside { pc "t"; vm "eth0" }
  `;
  const tap = { host: 'pc', device: 't' };
  const vm = { host: 'vm', device: 'eth0' };

  test('its cable leads to the card of the machine', () => {
    const wiring = makeWiring(networkOf(policyOf(text)));
    const frame = { source: wiring.macOf(outside), destination: wiring.macOf(tap), tags: [] };
    expect(carry(wiring, outside, frame).arrivals.map(({ at }) => at)).toEqual([vm]);
    expect(carryFrom(wiring, parent, frame).arrivals.map(({ at }) => at)).toEqual([vm]);
    expect(receivers(text, vm, { to: outside })).toEqual(['out eth0']);
    expect(receivers(text, vm, { to: one })).toEqual(['one m']);
    expect(receivers(text, vm, { to: 'all' })).toEqual(['one m', 'out eth0']);
    expect(receivers(text, outside, { to: 'all' })).toEqual(['one m', 'pc eth0', 'vm eth0']);
  });
});

function ipvlans(words: string): string {
  return `
    host pc { interface "eth0" { address 10.0.0.1/24 } }
    host one { interface "i" { type ipvlan ${words} link pc "eth0"; address 10.0.0.11/24 } }
    host two { interface "i" { type ipvlan ${words} link pc "eth0"; address 10.0.0.12/24 } }
    host out { interface "eth0" { address 10.0.0.2/24 } }
    link wire { pc "eth0"; out "eth0" }
  `;
}

describe('ipvlan', () => {
  const [slave, sibling] = [
    { host: 'one', device: 'i' },
    { host: 'two', device: 'i' },
  ];

  test.each([
    ['mode l2', 'two i', 'out eth0', 'pc eth0'],
    ['mode l2 private', '', 'out eth0', 'pc eth0'],
    ['mode l2 vepa', '', 'out eth0', ''],
    ['mode l3', 'two i', 'in a packet of one i', 'in a packet of one i'],
    ['mode l3s', 'two i', 'in a packet of one i', 'in a packet of one i'],
    ['mode l3 private', '', 'in a packet of one i', 'in a packet of one i'],
    ['mode l3 vepa', 'in a packet of one i', 'in a packet of one i', 'in a packet of one i'],
  ])('%s: a sibling, outside, the device below', (words, toSibling, toOutside, toParent) => {
    const text = ipvlans(words);
    expect(receivers(text, slave, { to: sibling, target: '10.0.0.12' }).join()).toBe(toSibling);
    expect(receivers(text, slave, { to: outside, target: '10.0.0.2' }).join()).toBe(toOutside);
    expect(receivers(text, slave, { to: parent, target: '10.0.0.1' }).join()).toBe(toParent);
    expect(receivers(text, outside, { to: parent, target: '10.0.0.12' })).toEqual(['two i']);
    expect(receivers(text, outside, { to: parent, target: '10.0.0.1' })).toEqual(['pc eth0']);
  });

  test('questions to all', () => {
    const text = ipvlans('mode l2');
    expect(receivers(text, slave, { to: 'all', target: '10.0.0.1' })).toEqual(['out eth0', 'two i']);
    expect(receivers(text, outside, { to: 'all', target: '10.0.0.1' })).toEqual([
      'one i',
      'pc eth0',
      'two i',
    ]);
    expect(receivers(text, parent, { to: 'all', target: '10.0.0.11' })).toEqual(['out eth0']);
  });
});

function trunk(type: string): string {
  return `
    host pc { interface "agg" { type ${type} }; interface "a" { master "agg" }; interface "b" { master "agg" } }
    host sw { interface "br0" { }; interface "p" { master "br0" }; interface "q" { master "br0" } }
    host out { interface "eth0" { } }
    host sx { interface "br0" { }; interface "p" { master "br0" } }
    link one { pc "a"; sw "p" }
    link two { pc "b"; out "eth0" }
  `;
}

describe('bonds and teams', () => {
  const agg = { host: 'pc', device: 'agg' };

  test.each([
    ['bond mode active-backup', ['sw br0']],
    ['bond mode active-backup primary "b"', ['out eth0']],
    ['bond mode active-backup primary "a" active_slave "b"', ['out eth0']],
    ['bond mode broadcast', ['out eth0', 'sw br0']],
    ['team runner activebackup active_port "b"', ['out eth0']],
    ['team', ['sw br0']],
  ])('%s', (type, expected) => {
    expect(receivers(trunk(type), agg, { to: 'all' }).toSorted()).toEqual(expected);
  });

  test('a spare port takes nothing', () => {
    expect(receivers(trunk('bond mode active-backup'), outside, { to: 'all' })).toEqual([]);
    expect(receivers(trunk('bond'), outside, { to: 'all' })).toEqual(['pc agg']);
  });
});
