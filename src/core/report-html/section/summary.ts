// The beginning of the report: what there is, in a few numbers.
import type { Counts } from '../../conntrack-check/counts.ts';
import { text, type Xml } from '../../picture/xml.ts';
import { tag } from '../html.ts';
import type { Report } from '../model.ts';
import { bytesText, countText, shareText } from '../number.ts';

interface Tile {
  readonly value: string;
  readonly words: string;
  readonly look?: 'fits' | 'stale' | undefined;
}

/** One sentence that answers the question, and the numbers behind it. */
export function summarySection({ summary: { totals } }: Report): readonly Xml[] {
  if (totals.connections === 0) return [tag('p', {}, text('There are no connections.'))];
  return [tag('p', {}, text(answer(totals))), tag('ul', { class: 'tiles' }, tiles(totals).map(drawTile))];
}

function answer({ connections, stale, depends, drift }: Counts): string {
  if (stale + depends + drift === 0)
    return connections === 1
      ? 'The connection fits: it would be admitted today, and is translated as the rules say.'
      : `All ${countText(connections)} connections fit: each would be admitted today, and is translated as the rules say.`;
  const isOne = connections === 1;
  return [
    stale > 0 &&
      (isOne
        ? 'The connection would not be admitted today.'
        : `${countText(stale)} of ${countText(connections)} connections would not be admitted today.`),
    depends > 0 &&
      (isOne
        ? 'Whether the connection would be admitted today is not decidable.'
        : `Whether ${countText(depends)} of ${countText(connections)} would be admitted is not decidable.`),
    drift > 0 && `${countText(drift)} ${drift === 1 ? 'is' : 'are'} translated otherwise than the rules say.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function tiles(totals: Counts): readonly Tile[] {
  const { connections, stale, surviving, depends, drift, bytes, counted } = totals;
  const admitted = connections - stale - depends;
  const share = (count: number) => shareText(count, connections);
  return [
    { value: countText(connections), words: 'connections' },
    { value: countText(admitted), words: `would be admitted today, ${share(admitted)}`, look: 'fits' },
    {
      value: countText(stale),
      words: 'stale: would not be admitted today',
      look: stale > 0 ? 'stale' : undefined,
    },
    { value: countText(surviving), words: 'of the stale ones still pass, as they are established' },
    { value: countText(drift), words: 'translated otherwise than the rules say' },
    { value: countText(depends), words: 'not decidable from what is known' },
    counted === 0
      ? { value: '–', words: 'bytes are not counted' }
      : {
          value: bytesText(bytes),
          words: counted < connections ? `carried by ${countText(counted)} of them` : 'carried',
        },
  ];
}

function drawTile({ value, words, look }: Tile): Xml {
  return tag('li', { class: look }, tag('strong', {}, text(value)), tag('span', {}, text(words)));
}
