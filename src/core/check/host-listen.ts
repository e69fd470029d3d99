// The lines `listen` of a `host` block: the ports that programs of the host take.
import { port } from '../datatype/types.ts';
import type { Listener } from '../topology/host.ts';
import { type Cursor, complainAt, peek, takeMark, takeWord } from './cursor.ts';
import { readCount, readDevice } from './host-value.ts';

/** Takes `tcp PORT, PORT … [dev DEVICE]`, the same of `udp`, or `none`. */
export function readListeners(cursor: Cursor): readonly Listener[] | undefined {
  const protocol = takeWord(cursor, 'tcp', 'udp', 'none');
  if (protocol === 'none') return [];
  if (!protocol) return complainAt(cursor, peek(cursor), 'HK3009', 'expected `tcp`, `udp` or `none`');
  const ports: number[] = [];
  do {
    const number = readCount(cursor, port);
    if (number === undefined) return undefined;
    ports.push(number);
  } while (takeMark(cursor, ','));
  const device = takeWord(cursor, 'dev') ? readDevice(cursor) : undefined;
  return ports.map((one) => ({ protocol, port: one, ...(device !== undefined && { device }) }));
}
