// What a tracker knows of a table after events, listings and filters: the same as if it had been listed at the end.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConntrackLine } from '../../../src/core/conntrack/dump.ts';
import { checkerOf } from '../../../src/core/conntrack-check/check.ts';
import { readEvent } from '../../../src/core/conntrack-watch/event.ts';
import { newTracker, type Tracker } from '../../../src/core/conntrack-watch/tracker.ts';
import { policyOf } from '../../support/policy.ts';

const policy = policyOf(`table inet filter {
  chain input hook input priority filter policy drop { ct state established,related accept; tcp dport 443 accept }
}
host h { interface "eth0" { address 10.0.0.1/24 } }
`);

/** A connection of a host to a port of ours: the one to 443 is admitted. */
function line(host: number, port: number, state = 'ESTABLISHED'): string {
  const ends = `src=10.0.0.${host} dst=10.0.0.1 sport=${4000 + host} dport=${port}`;
  const back = `src=10.0.0.1 dst=10.0.0.${host} sport=${port} dport=${4000 + host}`;
  return `ipv4     2 tcp      6 300 ${state} ${ends} ${back} [ASSURED] mark=0 use=1`;
}

function tracker(): Tracker {
  return newTracker(checkerOf(policy.ruleSet, policy.hosts[0]), () => 0);
}

function happen(watched: Tracker, word: string, text: string): void {
  const event = readEvent(`[1795325267.474656]\t${word.padStart(9)} ${text}`);
  if (event) watched.apply(event);
  else watched.addBroken();
}

function list(watched: Tracker, lines: readonly string[]): void {
  const listing = watched.listing();
  for (const text of lines) {
    const { value } = parseConntrackLine(text);
    if (value) listing.add(value);
  }
  listing.end();
}

function look(watched: Tracker) {
  watched.check(() => true);
  const { totals, rules, talkers, stale } = watched.view('name');
  return {
    totals,
    rules,
    talkers,
    stale: stale.map(({ checked }) => checked.entry.raw.replace(/^.*(?=ipv4)/, '')).toSorted(),
  };
}

test('counts what is listed, what comes, and what goes', () => {
  const watched = tracker();
  list(watched, [line(5, 443), line(6, 22)]);
  expect(watched.view('name').totals).toMatchObject({ connections: 2, pending: 2 });
  expect(look(watched)).toMatchObject({
    totals: { connections: 2, stale: 1, surviving: 1, pending: 0 },
    rules: [
      { name: expect.stringMatching(/^rule 2 of inet filter input/), connections: 1, stale: 0 },
      { name: 'the policy of inet filter input', connections: 1, stale: 1 },
    ],
    talkers: [
      { name: '10.0.0.5', connections: 1, stale: 0 },
      { name: '10.0.0.6', connections: 1, stale: 1 },
    ],
    stale: [line(6, 22)],
  });
  happen(watched, '[NEW]', line(7, 23, 'SYN_SENT'));
  happen(watched, '[UPDATE]', line(7, 23));
  happen(watched, '[DESTROY]', line(6, 22));
  happen(watched, '[DESTROY]', line(99, 1));
  expect(look(watched)).toMatchObject({ totals: { connections: 2, stale: 1 }, stale: [line(7, 23)] });
});

test('tells events a second of the last interval only', () => {
  const watched = tracker();
  for (const host of [5, 6, 7]) happen(watched, '[NEW]', line(host, 443));
  happen(watched, '[DESTROY]', line(5, 443));
  watched.turn(2);
  expect(watched.view('rate')).toMatchObject({
    rates: { created: 1.5, destroyed: 0.5, updated: 0 },
    history: [1.5],
  });
  expect(watched.view('rate').talkers).toMatchObject([{ rate: 0.5 }, { rate: 0.5 }]);
  watched.turn(2);
  expect(watched.view('rate')).toMatchObject({ rates: { created: 0 }, history: [1.5, 0] });
});

test('counts what a further listing has otherwise, and not what the first one has', () => {
  const watched = tracker();
  list(watched, [line(5, 443), line(6, 443)]);
  watched.lost();
  list(watched, [line(6, 443), line(7, 22), line(8, 22)]);
  expect(watched.view('name')).toMatchObject({
    missed: { times: 1, changes: 3 },
    totals: { connections: 3 },
  });
});

test('keeps the time since when a connection is stale', () => {
  let now = 1000;
  const watched = newTracker(checkerOf(policy.ruleSet, policy.hosts[0]), () => now);
  list(watched, [line(6, 22)]);
  watched.check(() => true);
  now = 9000;
  happen(watched, '[UPDATE]', line(6, 22));
  happen(watched, '[NEW]', line(7, 22));
  watched.check(() => true);
  expect(watched.view('name').stale.map(({ since }) => since)).toEqual([9000, 1000]);
});

test('remembers the mark, which events tell only where it changes', () => {
  const marked = policyOf(`table inet filter {
    chain input hook input priority filter policy drop { ct mark 7 accept }
  }
  host h { interface "eth0" { address 10.0.0.1/24 } }
`);
  const watched = newTracker(checkerOf(marked.ruleSet, marked.hosts[0]), () => 0);
  const without = line(5, 443).replace(' mark=0 use=1', '');
  const survivors = () => {
    watched.check(() => true);
    return watched.view('name').totals.surviving;
  };
  list(watched, [line(5, 443).replace('mark=0', 'mark=7')]);
  expect(survivors()).toBe(1);
  happen(watched, '[UPDATE]', without);
  expect(survivors()).toBe(1);
  happen(watched, '[UPDATE]', `${without} mark=8`);
  expect(survivors()).toBe(0);
  happen(watched, '[UPDATE]', `${without} mark=7`);
  expect(survivors()).toBe(1);
});

test('passes over what is no event, and says so', () => {
  const watched = tracker();
  happen(watched, '[NEW]', 'tcp 6 nonsense');
  happen(watched, '[ODD]', line(5, 443));
  expect(watched.view('name')).toMatchObject({ broken: 2, totals: { connections: 0 } });
});

const action = fc.record({
  what: fc.constantFrom('[NEW]', '[UPDATE]', '[DESTROY]', 'list', 'check', 'show', 'turn'),
  host: fc.integer({ min: 2, max: 6 }),
  port: fc.constantFrom(22, 443),
});

test('knows the same after any events, listings and filters as after a listing of what is left', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const [watched, left] = [tracker(), new Set<string>()];
      let hidden: string | undefined;
      for (const { what, host, port } of actions) {
        const text = line(host, port);
        if (what === 'list') list(watched, [...left]);
        else if (what === 'check') watched.check(() => true);
        else if (what === 'turn') watched.turn(1);
        else if (what === 'show') {
          const without = `src=10.0.0.${host} `;
          hidden = without;
          watched.show(({ raw }) => !raw.includes(without));
        } else {
          happen(watched, what, text);
          if (what === '[DESTROY]') left.delete(text);
          else left.add(text);
        }
      }
      const other = tracker();
      list(
        other,
        [...left].filter((text) => hidden === undefined || !text.includes(hidden)),
      );
      for (const one of [watched, other]) {
        one.turn(1);
        one.turn(1);
      }
      expect(look(watched)).toEqual(look(other));
    }),
  );
});
