// What a connection is for: its protocol, and where it has any the port that it was begun to.

import { protocolText } from '../conntrack/format.ts';
import { portKey } from '../conntrack/nat-port.ts';
import type { Tuple } from '../conntrack/tuple.ts';

/** A number for each service, by the tuple of the original direction. */
export function serviceKey(original: Tuple): number {
  const port = original.layer4.kind === 'ports' ? (portKey(original, 'destination') ?? 0) + 1 : 0;
  return original.protocol * 65_537 + port;
}

/** For people: `tcp 443`. */
export function serviceText(key: number): string {
  const protocol = protocolText(Math.floor(key / 65_537));
  const port = key % 65_537;
  return port === 0 ? protocol : `${protocol} ${port - 1}`;
}
