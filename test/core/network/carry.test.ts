// Who gets a frame, by the devices between: the table of macvlan, bridges with and without hairpin, VLANs.
import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/core/device/frame.ts';
import { carry } from '../../../src/core/network/carry.ts';
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
