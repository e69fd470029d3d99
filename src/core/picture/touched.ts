// Of a large network only what a packet touches: the hosts on its way, those that they are in, and the links between.
import type { Journey } from '../network/journey.ts';
import { type Box, boxKey, type Picture, type PictureNode } from './picture.ts';

/** The picture without the rest, which a note tells of. A host that only has others in it is drawn without its interfaces. */
export function touchedBy(journey: Journey, whole: Omit<Picture, 'grows'>): Omit<Picture, 'grows'> {
  const onWay = new Set(whole.strokes.flatMap(({ from, to }) => [from, to]));
  const stations = [journey, ...journey.answers.map((one) => one.journey)].flatMap(({ hops }) => hops);
  const visited = new Set([
    ...stations.map(({ host }) => boxKey(host)),
    ...whole.nodes.flatMap(({ key, kind, box }) =>
      onWay.has(key) && !isLink(kind) && box !== undefined ? [box] : [],
    ),
  ]);
  const kept = withOuter(visited, whole.boxes);
  const isKept = ({ key, kind, box }: PictureNode): boolean => {
    if (isLink(kind)) return onWay.has(key);
    return box !== undefined && (visited.has(box) || (kind === 'host' && kept.has(box)));
  };
  const nodes = whole.nodes.filter(isKept);
  const keys = new Set(nodes.map(({ key }) => key));
  const boxes = whole.boxes.filter(({ key }) => kept.has(key));
  const left = whole.boxes.length - boxes.length;
  return {
    ...whole,
    notes: left === 0 ? whole.notes : [...whole.notes, `without ${left} of ${whole.boxes.length} hosts`],
    boxes,
    nodes,
    edges: whole.edges.filter(({ from, to }) => keys.has(from) && keys.has(to)),
  };
}

function isLink(kind: PictureNode['kind']): boolean {
  return kind === 'cable' || kind === 'switch';
}

/** These boxes and all that they stand in. */
function withOuter(some: ReadonlySet<string>, boxes: readonly Box[]): ReadonlySet<string> {
  const outer = new Map(boxes.map(({ key, inside }) => [key, inside]));
  const found = new Set<string>();
  for (const one of some)
    for (let key: string | undefined = one; key !== undefined; key = outer.get(key)) found.add(key);
  return found;
}
