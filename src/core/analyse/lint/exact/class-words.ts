// Packets in words: a few classes of them, behind each other.
import type { Node } from '../../../bdd/bdd.ts';
import { packetClasses } from '../../class-table.ts';
import type { KnownValues } from '../../known-values.ts';
import type { Space } from '../../space.ts';

/** More classes are counted only. */
const mostClasses = 3;

/** What is made up of more has very many classes, which nobody reads. */
const mostNodes = 300;

/** What kinds of packets the node has; what holds for all in `possible` is not said. */
export function classWords(space: Space, node: Node, known: KnownValues, possible: Node): string {
  if (space.bdd.size(node) > mostNodes) return 'packets of many kinds';
  const classes = packetClasses(space, node, known, possible);
  const texts = classes.map(({ cells }) => [...cells].map(([title, text]) => `${title} ${text}`).join(' '));
  const more = texts.length > mostClasses ? [`${texts.length - mostClasses} more kinds`] : [];
  return [...texts.slice(0, mostClasses).map((text) => text || 'all packets'), ...more].join('; ');
}
