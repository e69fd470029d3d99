// Where everything of a picture goes: sizes from the text, places by layers (dagre).
import { Graph, layout } from '@dagrejs/dagre';
import type { Line, Picture, PictureNode } from './picture.ts';
import { lineHeight, textWidth } from './text.ts';

/** A rectangle in pixels; x and y are those of its upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where things are. */
export interface Arranged {
  readonly width: number;
  readonly height: number;
  /** Of boxes and nodes, by key. */
  readonly places: ReadonlyMap<string, Rectangle>;
  /** The points of each edge of the picture, in its order, from border to border. */
  readonly courses: readonly (readonly Point[])[];
}

/** Around the text of a node, and at its left side. */
export const padding = { x: 12, y: 7 } as const;

/** What stands before the text of a line: the number of a leg, the shield of a host with rules. */
export const badgeWidth = 22;

/** With more nodes the shortest edges and the fewest crossings take too long to find. */
const mostWithCare = 300;

/** Arranges a picture. No two boxes overlap but those of which one is in the other, and no two nodes. */
export function arrange({ boxes, nodes, edges, grows }: Picture): Arranged {
  const graph = new Graph({ compound: true, multigraph: true });
  const isLarge = nodes.length > mostWithCare;
  graph.setGraph({
    rankdir: grows === 'down' ? 'TB' : 'LR',
    nodesep: 24,
    edgesep: 14,
    ranksep: 30,
    ...(isLarge && { ranker: 'tight-tree' }),
  });
  for (const { key } of boxes) graph.setNode(key, {});
  for (const { key, inside } of boxes) if (inside !== undefined) graph.setParent(key, inside);
  for (const node of nodes) {
    graph.setNode(node.key, { ...sizeOf(node) });
    if (node.box !== undefined) graph.setParent(node.key, node.box);
  }
  for (const [at, { from, to }] of edges.entries()) graph.setEdge(from, to, {}, `${at}`);
  layout(graph, { disableOptimalOrderHeuristic: isLarge });
  const { width = 0, height = 0 }: Partial<Rectangle> = graph.graph();
  return {
    width,
    height,
    places: new Map([...boxes, ...nodes].map(({ key }) => [key, rectangleOf(graph.node(key))])),
    courses: edges.map(({ from, to }, at) => pointsOf(graph.edge(from, to, `${at}`))),
  };
}

/** The size that a node needs for its text. */
function sizeOf({ lines, hasRules }: PictureNode): { readonly width: number; readonly height: number } {
  const widths = lines.map((line, at) => lineWidth(line) + (at === 0 && hasRules ? badgeWidth : 0));
  return {
    width: Math.max(40, ...widths) + 2 * padding.x,
    height: lines.length * lineHeight + 2 * padding.y,
  };
}

/** Lines about a leg all begin behind its number. */
function lineWidth({ role, text }: Line): number {
  const isIndented = role === 'there' || role === 'back';
  return textWidth(text, role === 'name' ? 'name' : 'text') + (isIndented ? badgeWidth : 0);
}

function rectangleOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rectangle>): Rectangle {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function pointsOf({ points = [] }: { readonly points?: readonly Point[] }): readonly Point[] {
  return points.map(({ x, y }) => ({ x, y }));
}
