// Ports that the kernel draws by chance: the simulation says from which, and takes over the one that was drawn.
import { untranslatedIfSame, withDrawnPort } from '../../core/conntrack/drawn-port.ts';
import type { Entry } from '../../core/conntrack/entry.ts';
import type { TupleLayer4 } from '../../core/conntrack/tuple.ts';
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
  const frame = observed.frames.find(({ device }) => device === way.out);
  const seen = frame && decodePacket(frame.packet).value;
  return {
    packet: seen ? adoptSeen(way, seen) : way.packet,
    entry: entry && connection ? withDrawnKeys(entry, connection) : entry,
  };
}

/** The packet as it left, with the numbers of one that was seen where they are drawn. */
export function adoptSeen(way: Way, seen: Packet): Packet {
  return withDrawnPorts(way.packet, drawnParts(way), seen);
}

function withDrawnPorts(packet: Packet, drawn: readonly DrawnPart[], seen: Packet): Packet {
  return drawn.reduce((one, { part, lo, hi }) => {
    const port = portOf(seen, part);
    return port !== undefined && lo <= port && port <= hi ? withPort(one, part, port) : one;
  }, packet);
}

/**
 * What the host answers with the numbers that the kernel drew, in its own ports or in those that it quotes: where the trace
 * says that one is drawn, the stand-in gives way to it.
 */
export function answerToDrawn(answer: Way, way: Way, { connection }: Happened): Way {
  const entry = entryOf(answer) ?? entryOf(way);
  if (!connection || !entry) return answer;
  const chosen = (['sport', 'dport'] as const).flatMap((part) => {
    const [standIn, key] = [keyOf(entry.reply.layer4, part), keyOf(connection.reply.layer4, part)];
    return standIn === undefined || key === undefined ? [] : [{ standIn, key }];
  });
  const packet = drawnParts(answer).reduce((one, { part, lo, hi, quoted }) => {
    const port = portOf(quoted ? quotedIn(one) : one, part);
    const found = chosen.find(({ standIn, key }) => standIn === port && lo <= key && key <= hi);
    if (!found) return one;
    return quoted ? quoting(one, part, found.key) : withPort(one, part, found.key);
  }, answer.packet);
  return { ...answer, packet };
}

function entryOf({ conntrack }: Way): Entry | undefined {
  const entry = conntrack?.entry;
  return isUnknown(entry) ? undefined : entry;
}

function quotedIn({ transport }: Packet): Packet | undefined {
  return transport.kind === 'icmp' ? transport.inner : undefined;
}

function quoting(packet: Packet, part: Part, key: number): Packet {
  const { transport } = packet;
  if (transport.kind !== 'icmp' || !transport.inner) return packet;
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
  /** Of the packet that an ICMP error quotes. */
  readonly quoted: boolean;
}

function drawnParts({ unknownParts }: Way): readonly DrawnPart[] {
  return unknownParts.flatMap((text) => {
    const [, quoted, name, lo, hi] =
      /^(quoted )?([sd]port|id): .* from (\d+) to (\d+) by chance$/.exec(text) ?? [];
    if (name === undefined) return [];
    // A ping has one number for both.
    const part = name === 'dport' ? 'dport' : 'sport';
    return [{ part, lo: Number(lo), hi: Number(hi), quoted: quoted !== undefined }];
  });
}

function portOf(packet: Packet | undefined, part: Part): number | undefined {
  if (!packet) return undefined;
  const { transport } = packet;
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

/** What a way leaves behind, with the numbers that the kernel drew. */
export function adoptEnding(ending: Ending, connection: KernelConnection | undefined): Ending {
  if (!connection) return ending;
  const entry = ending.connections.lookup(connection.original, connection.zone)?.entry;
  if (!entry?.drawn) return ending;
  return { ...ending, connections: ending.connections.with(withDrawnKeys(entry, connection)) };
}

function withDrawnKeys(entry: Entry, { reply }: KernelConnection): Entry {
  const { source, destination } = entry.drawn ?? {};
  const drawn = [
    source && { manip: 'source' as const, part: 'sport' as const, ...source },
    destination && { manip: 'destination' as const, part: 'dport' as const, ...destination },
  ];
  const adopted = drawn.reduce((one: Entry, choice) => {
    const key = choice && keyOf(reply.layer4, choice.part);
    return key !== undefined && choice && choice.lo <= key && key <= choice.hi
      ? withDrawnPort(one, choice.manip, key)
      : one;
  }, entry);
  return entry.drawn ? untranslatedIfSame(adopted) : adopted;
}
