// A bar in a cell of a table: its length is a share of the largest, its parts tell what fits and what is stale.
import { text, type Xml } from '../picture/xml.ts';
import { tag } from './html.ts';

/** What a part of a bar stands for. */
export type PartKind = 'fits' | 'stale' | 'plain' | 'near' | 'full';

export interface BarPart {
  readonly kind: PartKind;
  readonly value: number;
}

/** Narrower parts could not be seen; in percent. */
const least = 0.8;

/** The bar; what it says stands as a number in another cell, so that readers of screens pass it over. */
export function bar(parts: readonly BarPart[], largest: number): Xml {
  const drawn = parts.filter(({ value }) => value > 0);
  return tag(
    'span',
    { class: 'bar', 'aria-hidden': 'true' },
    drawn.map(({ kind, value }) =>
      tag('span', { class: kind, style: `width:${percentOf(value, largest)}%` }),
    ),
  );
}

function percentOf(value: number, largest: number): number {
  return Math.round(Math.max(least, (value / Math.max(largest, 1)) * 100) * 100) / 100;
}

/** A colour with its word. */
export function legend(...entries: readonly (readonly [PartKind, string])[]): Xml {
  return tag(
    'p',
    { class: 'legend' },
    entries.map(([kind, words]) =>
      tag('span', {}, tag('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), text(words)),
    ),
  );
}
