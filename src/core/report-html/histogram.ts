// How many there are in each of a few ranges that follow each other, as columns.
import { element, newLine, text, type Xml } from '../picture/xml.ts';
import { countedText, shortCount } from './number.ts';
import { shortened } from './shorten.ts';

/** One range. */
export interface Bin {
  /** What stands below its column; short. */
  readonly label: string;
  readonly count: number;
}

const width = 336;
const height = 170;
const head = 22;
const foot = 22;

/** The columns, with the number above each; undefined where there is nothing to count. */
export function drawHistogram(title: string, bins: readonly Bin[]): Xml | undefined {
  const largest = Math.max(...bins.map(({ count }) => count), 0);
  if (largest === 0) return undefined;
  const step = width / bins.length;
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    element('title', {}, text(title)),
    bins.flatMap((bin, at) => [drawColumn(bin, at * step, step, largest), newLine]),
    element('path', { class: 'axis', d: `M0 ${height - foot}H${width}` }),
  );
}

function drawColumn({ label, count }: Bin, x: number, step: number, largest: number): Xml {
  const full = height - head - foot;
  const length = count === 0 ? 0 : Math.max(1.5, (count / largest) * full);
  const middle = x + step / 2;
  const top = height - foot - length;
  return element(
    'g',
    {},
    element('title', {}, text(`${label}: ${countedText(count, 'connection')}`)),
    element('rect', { class: 'column', x: x + step * 0.14, y: top, width: step * 0.72, height: length }),
    element(
      'text',
      { class: 'value', x: middle, y: top - 5, 'text-anchor': 'middle' },
      text(shortCount(count)),
    ),
    element(
      'text',
      { class: 'label', x: middle, y: height - 7, 'text-anchor': 'middle' },
      text(shortened(label, step - 2)),
    ),
  );
}
