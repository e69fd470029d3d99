// Which ports of the addresses that sources are translated to are in use.
import type { PortUse } from '../../conntrack-check/ports-in-use.ts';
import { element, text, type Xml } from '../../picture/xml.ts';
import type { Report } from '../model.ts';
import { countText, shareText } from '../number.ts';
import { type Column, table } from '../table.ts';
import { section } from './section.ts';

/** All ports, or ICMP identifiers. */
const allPorts = 65_536;
const block = 1024;

/** Nothing where no source is translated. */
export function portSection({ summary: { ports } }: Report): readonly Xml[] {
  if (ports.length === 0) return [];
  const hint =
    'Of the addresses that sources are translated to. Each field of a strip is 1024 ports, from 0 at its left; the darker, the more of them are in use. One port may serve connections to several destinations.';
  return [section('Ports of translated addresses', hint, table('Ports in use', columns, ports, ''))];
}

const columns: readonly Column<PortUse>[] = [
  { head: 'address', isCode: true, cell: ({ address }) => text(address), key: ({ address }) => address },
  { head: 'protocol', cell: ({ protocol }) => text(protocol), key: ({ protocol }) => protocol },
  { head: '', isPicture: true, cell: drawStrip, key: ({ ports }) => ports },
  { head: 'ports', isNumber: true, cell: ({ ports }) => text(countText(ports)), key: ({ ports }) => ports },
  {
    head: 'of all',
    isNumber: true,
    cell: ({ ports }) => text(shareText(ports, allPorts)),
    key: ({ ports }) => ports,
  },
  {
    head: 'connections',
    isNumber: true,
    cell: ({ connections }) => text(countText(connections)),
    key: ({ connections }) => connections,
  },
];

/** A strip of 64 fields; of one port a trace is seen. */
function drawStrip({ spread }: PortUse): Xml {
  return element(
    'svg',
    { class: 'strip', viewBox: '0 0 256 12', preserveAspectRatio: 'none', role: 'img' },
    element('title', {}, text(spreadText(spread))),
    element('rect', { class: 'ground', width: 256, height: 12 }),
    spread.flatMap((used, at) =>
      used === 0
        ? []
        : [element('rect', { class: 'used', x: at * 4, width: 4, height: 12, 'fill-opacity': depth(used) })],
    ),
  );
}

/** Percent, so that the attribute keeps its places. */
function depth(used: number): string {
  return `${Math.round(15 + 85 * Math.sqrt(used / block))}%`;
}

/** Where they are, in words: runs of blocks that are in use. */
function spreadText(spread: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const [at, used] of spread.entries()) {
    const last = runs.at(-1);
    if (used === 0) continue;
    if (last?.to === at) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  }
  const ranges = runs.map(({ from, to }) => `${from * block} to ${to * block - 1}`);
  return `In use between ${ranges.join(', ')}`;
}
