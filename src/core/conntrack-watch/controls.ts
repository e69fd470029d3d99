// What keys do to the screen: a function from one state of its controls to the next.
import { type RowOrder, rowOrders } from './tally.ts';

/** How the screen is set. */
export interface Controls {
  readonly order: RowOrder;
  /** Options of `conntrack -L`; all connections where it is empty. */
  readonly filter: string;
  /** A filter that is being written. */
  readonly typing?: string;
  /** What is wrong with the filter that was written. */
  readonly problem?: string;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
}

/** Controls that nobody has touched. */
export const untouched: Controls = { order: 'connections', filter: '', isPaused: false, isHelp: false };

/** What a key asks for beside another state of the controls. */
export type Request =
  | { readonly kind: 'quit' }
  /** Ctrl-C, which a terminal in raw mode gives as a key. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'list-again' }
  | { readonly kind: 'filter'; readonly text: string };

/** The state after a key, and what is to be done. */
export interface Pressed {
  readonly controls: Controls;
  readonly request?: Request;
}

/** One key, as a terminal in raw mode sends it; what means nothing changes nothing. */
export function press(controls: Controls, key: string): Pressed {
  if (key === '\u0003') return { controls, request: { kind: 'interrupt' } };
  return controls.typing === undefined ? command(controls, key) : write(controls, controls.typing, key);
}

function command(controls: Controls, key: string): Pressed {
  const { problem: _, ...calm } = controls;
  switch (key) {
    case 'q':
      return { controls, request: { kind: 'quit' } };
    case 's':
      return { controls: { ...calm, order: nextOrder(controls.order) } };
    case 'p':
    case ' ':
      return { controls: { ...calm, isPaused: !controls.isPaused } };
    case '?':
    case 'h':
      return { controls: { ...calm, isHelp: !controls.isHelp } };
    case '/':
      return { controls: { ...calm, isHelp: false, typing: controls.filter } };
    case 'r':
      return { controls: calm, request: { kind: 'list-again' } };
    case escapeKey:
      return { controls: { ...calm, isHelp: false } };
    default:
      return { controls };
  }
}

function nextOrder(order: RowOrder): RowOrder {
  return rowOrders[(rowOrders.indexOf(order) + 1) % rowOrders.length] ?? 'connections';
}

/** While a filter is written: Enter takes it, Escape leaves the one before, and Ctrl-U begins again. */
function write(controls: Controls, typing: string, key: string): Pressed {
  const { typing: _, ...still } = controls;
  switch (key) {
    case '\r':
    case '\n':
      return { controls: still, request: { kind: 'filter', text: typing.trim() } };
    case escapeKey:
      return { controls: still };
    case '\u0015':
      return { controls: { ...controls, typing: '' } };
    case '\u007f':
    case '\b':
      return { controls: { ...controls, typing: Array.from(typing).slice(0, -1).join('') } };
    default:
      return { controls: isPrintable(key) ? { ...controls, typing: typing + key } : controls };
  }
}

/** Keys such as arrows come as a sequence that begins with Escape. */
function isPrintable(key: string): boolean {
  return !/\p{Cc}/u.test(key);
}

const escapeKey = '\u001b';
const key = new RegExp(`${escapeKey}(?:\\[[0-9;]*[~A-Za-z]|O[A-Za-z])?|[^${escapeKey}]`, 'gu');

/** The keys in what a terminal has sent at once; a sequence that begins with Escape is one key. */
export function keysIn(sent: string): readonly string[] {
  return sent.match(key) ?? [];
}
