// A port that the kernel drew by chance, once it is known: the connection gets it in place of the stand-in.
import { ctStatus, type Entry } from './entry.ts';
import { invert, sameTuple } from './tuple.ts';

/** What the source was translated to is where answers go, and the other way round. */
const inReply = { source: 'dport', destination: 'sport' } as const;

/** With the port, or the identifier of ICMP, that its source or destination was translated to. */
export function withDrawnPort(entry: Entry, manip: 'source' | 'destination', port: number): Entry {
  const { layer4 } = entry.reply;
  if (layer4.kind === 'ports')
    return { ...entry, reply: { ...entry.reply, layer4: { ...layer4, [inReply[manip]]: port } } };
  if (layer4.kind === 'icmp') return { ...entry, reply: { ...entry.reply, layer4: { ...layer4, id: port } } };
  return entry;
}

/** By chance it may be the port that it was: then nothing is translated. */
export function untranslatedIfSame(entry: Entry): Entry {
  const same = invert(entry.original);
  const isSame = same !== undefined && sameTuple(same, entry.reply);
  return isSame ? { ...entry, status: entry.status & ~(ctStatus.snat | ctStatus.dnat) } : entry;
}
