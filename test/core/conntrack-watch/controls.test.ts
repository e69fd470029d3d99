// Keys: what each does to the controls, and what it asks for.
import { expect, test } from 'vitest';
import { type Controls, keysIn, press, untouched } from '../../../src/core/conntrack-watch/controls.ts';

/** The controls after what a terminal sent, and all that was asked for. */
function after(sent: string, from: Controls = untouched) {
  const requests: unknown[] = [];
  let controls = from;
  for (const key of keysIn(sent)) {
    const pressed = press(controls, key);
    controls = pressed.controls;
    if (pressed.request) requests.push(pressed.request);
  }
  return { controls, requests };
}

test.each([
  ['s', { order: 'stale' }],
  ['ssss', { order: 'connections' }],
  ['p', { isPaused: true }],
  ['p ', { isPaused: false }],
  ['?', { isHelp: true }],
  ['?\u001b', { isHelp: false }],
  ['/-p', { typing: '-p' }],
  ['/-px\u007f', { typing: '-p' }],
  ['/-p\u0015-s', { typing: '-s' }],
  ['/\u001b[A\u001bOB', { typing: '' }],
  ['x\u001b[5~', {}],
])('%j', (sent, expected) => {
  expect(after(sent)).toEqual({ controls: { ...untouched, ...expected }, requests: [] });
});

test('Escape leaves the filter that was there, Enter takes the new one', () => {
  const filtered = { ...untouched, filter: '-p udp' };
  expect(after('/ x\u001b', filtered)).toEqual({ controls: filtered, requests: [] });
  expect(after('/\u0015-p tcp \r').requests).toEqual([{ kind: 'filter', text: '-p tcp' }]);
});

test('the letters of a filter are no commands', () => {
  expect(after('/qsp?').controls.typing).toBe('qsp?');
});

test('q, r and Ctrl-C ask for something; Ctrl-C in the middle of a filter, too', () => {
  expect(after('qr\u0003').requests).toEqual([
    { kind: 'quit' },
    { kind: 'list-again' },
    { kind: 'interrupt' },
  ]);
  expect(after('/-p\u0003').requests).toEqual([{ kind: 'interrupt' }]);
});

test('a problem is gone with the next key that means something', () => {
  const { controls } = after('s', { ...untouched, problem: 'no such option' });
  expect(controls).toEqual({ ...untouched, order: 'stale' });
});
