// Ports that the kernel draws by chance: the simulation says from which, and takes over the one that was drawn.
import { ctStatus, type Entry } from '../../core/conntrack/entry.ts';
import { invert, sameTuple, type TupleLayer4 } from '../../core/conntrack/tuple.ts';
import { isUnknown } from '../../core/field/view.ts';
import { decodePacket } from '../../core/packet/decode.ts';
import type { Packet } from '../../core/packet/packet.ts';
import type { Way } from '../../core/trace/step.ts';
import type { Ending } from '../../core/trace/trace.ts';
import type { Happened } from './account.ts';
import type { KernelConnection } from './connections.ts';

/** The packet as it left, and its connection. */
interface Left {
  readonly packet: Packet;
  readonly entry: Entry | undefined;
}

type Part = 'sport' | 'dport';

/** Both with the numbers that the kernel drew, where it may draw those. */
export function adoptDrawn(way: Way, entry: Entry | undefined, { observed, connection }: Happened): Left {
  const drawn = drawnParts(way);
  const frame = observed.frames.find(({ device }) => device === way.out);
  const seen = frame && decodePacket(frame.packet).value;
  return {
    packet: seen ? withDrawnPorts(way.packet, drawn, seen) : way.packet,
    entry: entry && connection ? withDrawnKeys(entry, drawn, connection) : entry,
  };
}

function withDrawnPorts(packet: Packet, drawn: readonly DrawnPart[], seen: Packet): Packet {
  return drawn.reduce((one, { part, lo, hi }) => {
    const port = portOf(seen, part);
    return port !== undefined && lo <= port && port <= hi ? withPort(one, part, port) : one;
  }, packet);
}

/**
 * What the host answers to a packet whose port was drawn goes to that port, or quotes it, unless it was translated back: the
 * stand-in gives way to the port.
 */
export function answerToDrawn(answer: Way, way: Way, { connection }: Happened): Way {
  const entry = way.conntrack?.entry;
  if (!connection || !entry || isUnknown(entry)) return answer;
  const packet = drawnParts(way).reduce((one, { part, lo, hi }) => {
    const [standIn, key] = [keyOf(entry.reply.layer4, part), keyOf(connection.reply.layer4, part)];
    if (standIn === undefined || key === undefined || key < lo || hi < key) return one;
    const back = inReply[part];
    return portOf(one, back) === standIn ? withPort(one, back, key) : quoting(one, part, standIn, key);
  }, answer.packet);
  return { ...answer, packet };
}

function quoting(packet: Packet, part: Part, standIn: number, key: number): Packet {
  const { transport } = packet;
  if (transport.kind !== 'icmp' || !transport.inner || portOf(transport.inner, part) !== standIn)
    return packet;
  return { ...packet, transport: { ...transport, inner: withPort(transport.inner, part, key) } };
}

/** Whether anything of a way is by chance. */
export function hasDrawnParts(way: Way): boolean {
  return drawnParts(way).length > 0;
}

interface DrawnPart {
  readonly part: Part;
  readonly lo: number;
  readonly hi: number;
}

function drawnParts({ unknownParts }: Way): readonly DrawnPart[] {
  return unknownParts.flatMap((text) => {
    const [, part, lo, hi] = /^([sd]port): .* from (\d+) to (\d+) by chance$/.exec(text) ?? [];
    return part === 'sport' || part === 'dport' ? [{ part, lo: Number(lo), hi: Number(hi) }] : [];
  });
}

function portOf({ transport }: Packet, part: Part): number | undefined {
  if ('sport' in transport) return transport[part];
  return transport.kind === 'icmp' ? transport.id : undefined;
}

function withPort(packet: Packet, part: Part, port: number): Packet {
  const { transport } = packet;
  if ('sport' in transport) return { ...packet, transport: { ...transport, [part]: port } };
  return transport.kind === 'icmp' ? { ...packet, transport: { ...transport, id: port } } : packet;
}

/** What the source was translated to is where answers go, and the other way round. */
const inReply = { sport: 'dport', dport: 'sport' } as const;

function keyOf(layer4: TupleLayer4, part: Part): number | undefined {
  if (layer4.kind === 'ports') return layer4[inReply[part]];
  return layer4.kind === 'icmp' ? layer4.id : undefined;
}

function withReplyKey(entry: Entry, part: Part, key: number): Entry {
  const { layer4 } = entry.reply;
  if (layer4.kind === 'ports')
    return { ...entry, reply: { ...entry.reply, layer4: { ...layer4, [inReply[part]]: key } } };
  if (layer4.kind === 'icmp') return { ...entry, reply: { ...entry.reply, layer4: { ...layer4, id: key } } };
  return entry;
}

/** What a way leaves behind, with the numbers that the kernel drew. */
export function adoptEnding(way: Way, ending: Ending, connection: KernelConnection | undefined): Ending {
  const drawn = drawnParts(way);
  if (drawn.length === 0 || !connection) return ending;
  const entry = ending.connections.lookup(connection.original, connection.zone)?.entry;
  if (!entry) return ending;
  return { ...ending, connections: ending.connections.with(withDrawnKeys(entry, drawn, connection)) };
}

function withDrawnKeys(entry: Entry, drawn: readonly DrawnPart[], { reply }: KernelConnection): Entry {
  const adopted = drawn.reduce((one, { part, lo, hi }) => {
    const key = keyOf(reply.layer4, part);
    return key !== undefined && lo <= key && key <= hi ? withReplyKey(one, part, key) : one;
  }, entry);
  return drawn.length > 0 ? asBefore(adopted) : adopted;
}

/** By chance it may be the port that it was: then nothing is translated. */
function asBefore(entry: Entry): Entry {
  const same = invert(entry.original);
  const isSame = same !== undefined && sameTuple(same, entry.reply);
  return isSame ? { ...entry, status: entry.status & ~(ctStatus.snat | ctStatus.dnat) } : entry;
}
