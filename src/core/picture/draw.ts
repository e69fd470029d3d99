// The picture of a network, with the journey of a packet on it where there is one.
import type { Journey } from '../network/journey.ts';
import type { Network } from '../network/network.ts';
import { layersFrom, neighboursOf } from './graph.ts';
import { boxesOf, edgesOf, nodesOf } from './inventory.ts';
import { type Edge, hostKey, type Line, type Picture, type PictureNode } from './picture.ts';
import { touchedBy } from './touched.ts';
import { type DrawnWay, drawJourney } from './way.ts';

/** What is said of a picture, and the journey on it. */
export interface Drawn {
  readonly title: string;
  readonly notes?: readonly string[];
  readonly journey?: Journey;
  /** Leave out the hosts and links that the journey does not touch. */
  readonly wayOnly?: boolean;
}

/** Draws it. The root is the host that the journey begins at, else the first one of the file. */
export function drawNetwork(network: Network, { title, notes = [], journey, wayOnly }: Drawn): Picture {
  const nodes = nodesOf(network);
  const keys = new Map(nodes.map((one) => [one.key, one]));
  const edges = edgesOf(network).filter(({ from, to }) => keys.has(from) && keys.has(to));
  const neighbours = neighboursOf(edges);
  const first = journey?.hops[0]?.host ?? network.hosts[0]?.host.name;
  const layers = layersFrom(first === undefined ? undefined : hostKey(first), nodes, neighbours);
  const way = journey ? drawJourney({ neighbours, nodes: keys }, journey) : nothingDrawn;
  const whole = {
    title,
    notes,
    boxes: boxesOf(network),
    nodes: nodes.map((one) => withWay(one, way)),
    edges: edges.map((edge) => outward(edge, layers)),
    strokes: way.strokes,
  };
  const drawn = journey && wayOnly ? touchedBy(journey, whole) : whole;
  return { ...drawn, grows: growsTo(drawn.nodes, layers) };
}

const nothingDrawn: DrawnWay = { strokes: [], lines: [], ends: [] };

function withWay(node: PictureNode, { lines, ends }: DrawnWay): PictureNode {
  const more: readonly Line[] = lines.filter(({ key }) => key === node.key).map(({ line }) => line);
  return { ...node, lines: [...node.lines, ...more], ...(ends.includes(node.key) && { isEnd: true }) };
}

function outward(edge: Edge, layers: ReadonlyMap<string, number>): Edge {
  const { from, to } = edge;
  return (layers.get(from) ?? 0) <= (layers.get(to) ?? 0) ? edge : { ...edge, from: to, to: from };
}

/** A layer of more nodes makes a picture wider than a page. */
const mostBeside = 8;

function growsTo(nodes: readonly PictureNode[], layers: ReadonlyMap<string, number>): Picture['grows'] {
  const counts = new Map<number, number>();
  for (const { key } of nodes) {
    const layer = layers.get(key) ?? 0;
    counts.set(layer, (counts.get(layer) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values()) > mostBeside ? 'right' : 'down';
}
