// Flows from zone by rule to zone: d3-sankey says where everything is, here it is drawn.
import { type SankeyLink, type SankeyNode, sankey } from 'd3-sankey';
import { textWidth } from '../picture/text.ts';
import { element, newLine, text, type Xml } from '../picture/xml.ts';
import { type Flow, foldedFlows } from './flows.ts';
import { countedText, countText } from './number.ts';
import { cutShort, shortened } from './shorten.ts';

/** How the picture is laid out. */
export interface SankeyLook {
  /** Pixels of the whole picture, and of the rules in its middle. */
  readonly width: number;
  readonly middle: number;
  /** Pixels of the names at both sides. */
  readonly side: number;
  /** How a rule is called in the middle. */
  readonly nameOf: (rule: string) => string;
}

interface Node {
  readonly id: string;
  readonly column: Column;
  readonly name: string;
}

type Column = 'from' | 'by' | 'to';

interface Link {
  readonly source: string;
  readonly target: string;
  readonly value: number;
  readonly kind: 'fits' | 'stale';
}

type PlacedNode = SankeyNode<Node, Link>;
type PlacedLink = SankeyLink<Node, Link>;

/** Pixels between nodes: each has a line of text in its middle, and may be thin as a hair. */
const gap = 20;
const bar = 6;
const margin = 12;
const lineOfText = 16;

/** The picture; undefined without any flow. */
export function drawSankey(all: readonly Flow[], look: SankeyLook): Xml | undefined {
  const flows = foldedFlows(all);
  if (flows.length === 0) return undefined;
  const { nodes, links } = graphOf(flows);
  const height = heightOf(nodes);
  const placed = sankey<Node, Link>()
    .nodeId(({ id }) => id)
    .nodeWidth(1)
    .nodePadding(gap)
    .extent([
      [0, margin],
      [look.width, height - margin],
    ])({ nodes: [...nodes], links: [...links] });
  return element(
    'svg',
    { viewBox: `0 0 ${look.width} ${height}`, width: look.width, height, role: 'img' },
    element('title', {}, text(`Flows of ${countedText(totalOf(flows), 'connection')} by zone and rule`)),
    placed.links.flatMap((link) => [drawLink(link, look), newLine]),
    placed.nodes.flatMap((node) => [drawNode(node, look), newLine]),
  );
}

/** High enough for the column with the most nodes. */
function heightOf(nodes: readonly Node[]): number {
  const columns = (['from', 'by', 'to'] as const).map(
    (column) => nodes.filter((node) => node.column === column).length,
  );
  return 2 * margin + Math.max(120, Math.max(...columns) * (gap + 14));
}

function totalOf(flows: readonly Flow[]): number {
  return flows.reduce((sum, { connections }) => sum + connections, 0);
}

function graphOf(flows: readonly Flow[]): {
  readonly nodes: readonly Node[];
  readonly links: readonly Link[];
} {
  const nodes = new Map<string, Node>();
  const links = new Map<string, Link>();
  const node = (column: Column, name: string) => {
    const id = `${column} ${name}`;
    nodes.set(id, { id, column, name });
    return id;
  };
  const link = (source: string, target: string, kind: Link['kind'], value: number) => {
    const key = JSON.stringify([source, target, kind]);
    if (value > 0) links.set(key, { source, target, kind, value: value + (links.get(key)?.value ?? 0) });
  };
  for (const { from, by, to, connections, stale } of flows) {
    const [a, b, c] = [node('from', from), node('by', by), node('to', to)];
    for (const [kind, value] of [
      ['fits', connections - stale],
      ['stale', stale],
    ] as const) {
      link(a, b, kind, value);
      link(b, c, kind, value);
    }
  }
  return { nodes: [...nodes.values()], links: [...links.values()] };
}

/** From where to where the nodes of a column are wide. */
function extentOf(column: Column, { width, middle, side }: SankeyLook): readonly [number, number] {
  switch (column) {
    case 'from':
      return [side, side + bar];
    case 'by':
      return [(width - middle) / 2, (width + middle) / 2];
    case 'to':
      return [width - side - bar, width - side];
  }
}

/** A band of two bows; the tooltip says what it is. */
function drawLink(link: PlacedLink, look: SankeyLook): Xml {
  const { y0 = 0, y1 = 0, width = 0, value, kind } = link;
  const [source, target] = [nodeOf(link.source), nodeOf(link.target)];
  const [x0, x1] = [extentOf(source.column, look)[1], extentOf(target.column, look)[0]];
  const middle = (x0 + x1) / 2;
  const words = `${cutShort(source.name)} → ${cutShort(target.name)}: ${countedText(value, 'connection')}${kind === 'stale' ? ', stale' : ''}`;
  return element(
    'path',
    {
      class: `band ${kind}`,
      d: `M${x0} ${round(y0)}C${middle} ${round(y0)} ${middle} ${round(y1)} ${x1} ${round(y1)}`,
      'stroke-width': Math.max(width, 0.7),
    },
    element('title', {}, text(words)),
  );
}

/** d3-sankey puts the nodes in the place of their names. */
function nodeOf(end: PlacedLink['source']): Node {
  if (typeof end === 'object') return end;
  throw new RangeError('a link was not laid out');
}

function drawNode({ column, name, y0 = 0, y1 = 0, value = 0 }: PlacedNode, look: SankeyLook): Xml {
  const [x0, x1] = extentOf(column, look);
  const box = { x: x0, y: y0, width: x1 - x0, height: Math.max(y1 - y0, 1) };
  const label = labelOf(column, look.nameOf(name), value, look);
  const middle = Math.round((y0 + y1) / 2);
  const isThin = column === 'by' && box.height < lineOfText;
  return element(
    'g',
    {},
    element('title', {}, text(`${cutShort(name)}: ${countedText(value, 'connection')}`)),
    element('rect', { class: `node ${column}`, ...box, rx: column === 'by' && !isThin ? 3 : 0 }),
    isThin ? [drawGround(label, look.width / 2, middle)] : [],
    element('text', { class: 'label', y: middle + 4, ...placeOf(column, look) }, text(label)),
  );
}

/** Behind a label that is higher than its node, so that no line goes through the letters. */
function drawGround(label: string, x: number, y: number): Xml {
  const width = textWidth(label, 'text') + 8;
  return element('rect', { class: 'behind', x: x - width / 2, y: y - 8, width, height: 16 });
}

function placeOf(column: Column, look: SankeyLook) {
  const [x0, x1] = extentOf(column, look);
  switch (column) {
    case 'from':
      return { x: x0 - 6, 'text-anchor': 'end' };
    case 'by':
      return { x: (x0 + x1) / 2, 'text-anchor': 'middle' };
    case 'to':
      return { x: x1 + 6, 'text-anchor': 'start' };
  }
}

/** The name, and how many where there is room. */
function labelOf(column: Column, name: string, value: number, { middle, side }: SankeyLook): string {
  const room = (column === 'by' ? middle : side) - 12;
  const number = `  ${countText(value)}`;
  const whole = column === 'by' ? `${name}${number}` : name;
  return whole === shortened(whole, room) ? whole : shortened(name, room);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
