// The SCTP state machine: net/netfilter/nf_conntrack_proto_sctp.c.
import { type Entry, hasStatus, type SctpMemory, withStatus } from './entry.ts';
import { type Arrival, type Judgement, refresh } from './protocol.ts';
import { type SctpState, sctpStates } from './protocol-states.ts';
import { chunkType, readSctp, type SctpChunk, type SctpHeader } from './sctp-chunk.ts';
import type { Direction } from './tuple.ts';

/** By their first letters as the kernel's table has them; `IV` is invalid. */
const shortNames: ReadonlyMap<string, SctpState> = new Map(
  ['NO', 'CL', 'CW', 'CE', 'ES', 'SS', 'SR', 'SA', 'HS'].map((name, at) => [name, sctpStates[at] ?? 'NONE']),
);

/** sctp_conntracks: by the state before, in the order of `sctpStates`. Other chunks leave the state as it is. */
const transitions: Readonly<Record<Direction, ReadonlyMap<number, string>>> = {
  original: new Map([
    [chunkType.init, 'CL CL CW CE ES CL CL SA CW'],
    [chunkType.initAck, 'CL CL CW CE ES SS SR SA CL'],
    [chunkType.abort, 'CL CL CL CL CL CL CL CL CL'],
    [chunkType.shutdown, 'CL CL CW CE SS SS SR SA CL'],
    [chunkType.shutdownAck, 'SA CL CW CE ES SA SA SA SA'],
    [chunkType.error, 'CL CL CW CE ES SS SR SA CL'],
    [chunkType.cookieEcho, 'CL CL CE CE ES SS SR SA CL'],
    [chunkType.cookieAck, 'CL CL CW ES ES SS SR SA CL'],
    [chunkType.shutdownComplete, 'CL CL CW CE ES SS SR CL CL'],
    [chunkType.heartbeat, 'HS CL CW CE ES SS SR SA HS'],
    [chunkType.heartbeatAck, 'CL CL CW CE ES SS SR SA HS'],
  ]),
  reply: new Map([
    [chunkType.init, 'IV CL CW CE ES SS SR SA IV'],
    [chunkType.initAck, 'IV CW CW CE ES SS SR SA IV'],
    [chunkType.abort, 'IV CL CL CL CL CL CL CL IV'],
    [chunkType.shutdown, 'IV CL CW CE SR SS SR SA IV'],
    [chunkType.shutdownAck, 'IV CL CW CE ES SA SA SA IV'],
    [chunkType.error, 'IV CL CW CL ES SS SR SA IV'],
    [chunkType.cookieEcho, 'IV CL CE CE ES SS SR SA IV'],
    [chunkType.cookieAck, 'IV CL CW ES ES SS SR SA IV'],
    [chunkType.shutdownComplete, 'IV CL CW CE ES SS SR CL IV'],
    [chunkType.heartbeat, 'IV CL CW CE ES SS SR SA HS'],
    [chunkType.heartbeatAck, 'IV CL CW CE ES SS SR SA ES'],
  ]),
};

const unset: SctpMemory = { tags: { original: 0, reply: 0 }, begun: { original: false, reply: false } };

/** An association on its way through the chunks of a packet. */
interface Association {
  readonly state: SctpState;
  readonly memory: SctpMemory;
  readonly assured: boolean;
  /** The packet is let through without renewing the connection. */
  readonly ignored: boolean;
}

/** One packet: its header, in which direction, and whether its connection is known. */
interface Passing {
  readonly header: SctpHeader;
  readonly direction: Direction;
  readonly confirmed: boolean;
}

/** nf_conntrack_sctp_packet. What chunks before a wrong one changed stays. */
export function judgeSctp({ entry, packet, direction, settings }: Arrival): Judgement {
  const header = readSctp(packet.payload ?? new Uint8Array());
  if (!header) return { kind: 'invalid', reason: 'its SCTP chunks make no packet' };
  const confirmed = hasStatus(entry, 'confirmed');
  const passing = { header, direction, confirmed };
  const memory = confirmed ? entry.sctp : firstMemory(header);
  if (confirmed && !memory) return untagged(entry, passing, settings);
  if (!memory) return { kind: 'invalid', reason: 'no SCTP association begins with this chunk' };
  if (isForeign(passing, memory)) return { kind: 'invalid', reason: wrongTag };
  const before = { state: stateOf(entry), memory, assured: false, ignored: false };
  const after = header.chunks.reduce<Association | undefined>(
    (one, chunk) => one && passed(one, chunk, passing),
    before,
  );
  if (!after) return { kind: 'invalid', reason: wrongTag };
  return { kind: 'accept', entry: renewed(entry, after, settings) };
}

const wrongTag = 'its SCTP verification tag or chunk does not belong to the association';

function stateOf({ protocolState }: Entry): SctpState {
  return sctpStates.find((state) => state === protocolState) ?? 'NONE';
}

function renewed(
  entry: Entry,
  { state, memory, assured, ignored }: Association,
  settings: Arrival['settings'],
) {
  const changed = { ...entry, protocolState: state, sctp: memory };
  const next = assured ? withStatus(changed, 'assured') : changed;
  return ignored ? next : refresh(next, settings.timeouts.sctp[state], settings);
}

/** A listed connection does not tell its tags: only its state is followed. */
function untagged(entry: Entry, { header, direction }: Passing, settings: Arrival['settings']): Judgement {
  const states = header.chunks.map((chunk) => chunk.type);
  const state = states.reduce<SctpState | undefined>(
    (one, type) => one && nextState(direction, one, type),
    stateOf(entry),
  );
  if (state === undefined) return { kind: 'invalid', reason: wrongTag };
  const next = state === 'ESTABLISHED' ? withStatus(entry, 'assured') : entry;
  return {
    kind: 'accept',
    entry: refresh({ ...next, protocolState: state }, settings.timeouts.sctp[state], settings),
    unsure: 'the SCTP packet has the verification tag of its association',
  };
}

function nextState(direction: Direction, state: SctpState, type: number): SctpState | undefined {
  const row = transitions[direction].get(type)?.split(' ');
  return row ? shortNames.get(row[sctpStates.indexOf(state)] ?? '') : state;
}

const cannotBegin: ReadonlySet<number> = new Set([
  chunkType.abort,
  chunkType.shutdownComplete,
  chunkType.cookieAck,
]);

/** sctp_new: the tags that the first packet tells; undefined where none may begin so. */
function firstMemory({ tag, chunks }: SctpHeader): SctpMemory | undefined {
  if (chunks.some(({ type }) => cannotBegin.has(type))) return undefined;
  let { tags } = unset;
  for (const { type, initTag } of chunks) {
    if (!transitions.original.has(type)) return undefined;
    if (type === chunkType.init && tag !== 0) return undefined;
    if (type === chunkType.init) tags = { ...tags, reply: initTag };
    if (type === chunkType.shutdownAck) tags = { ...tags, reply: tag };
    if (type === chunkType.heartbeat || type === chunkType.heartbeatAck) tags = { ...tags, original: tag };
  }
  return { ...unset, tags };
}

/** Chunks whose tags have rules of their own. */
const ownTagRules: ReadonlySet<number> = new Set([
  chunkType.init,
  chunkType.shutdownComplete,
  chunkType.cookieEcho,
  chunkType.abort,
  chunkType.shutdownAck,
  chunkType.heartbeat,
  chunkType.heartbeatAck,
]);

function isForeign({ header, direction }: Passing, { tags }: SctpMemory): boolean {
  return !header.chunks.some(({ type }) => ownTagRules.has(type)) && header.tag !== tags[direction];
}

/** The association behind one chunk; undefined: the packet does not belong to it. */
function passed(one: Association, chunk: SctpChunk, passing: Passing): Association | undefined {
  const heard = withTag(one, chunk, passing);
  if (heard === 'skip') return { ...one, ignored: true, memory: suspicious(one.memory, passing.direction) };
  const state = heard && nextState(passing.direction, one.state, chunk.type);
  const memory = heard && state && begun(heard, chunk, passing);
  if (!state || !memory) return undefined;
  const isRetry =
    chunk.type === chunkType.init && passing.confirmed && one.state === 'CLOSED' && state === 'CLOSED';
  const assured = one.assured || (state === 'ESTABLISHED' && one.state !== state);
  return { state, memory, assured, ignored: one.ignored || isRetry };
}

/** RFC 9260, 8.5.1: the tag that a chunk must have; the memory with what it tells. */
function withTag(
  { memory, ignored }: Association,
  { type, reflected }: SctpChunk,
  { header: { tag, chunks }, direction }: Passing,
): SctpMemory | 'skip' | undefined {
  const { tags } = memory;
  const other = opposite(direction);
  switch (type) {
    case chunkType.init:
      return tag === 0 ? memory : undefined;
    case chunkType.abort:
    case chunkType.shutdownComplete:
      return tag === tags[reflected ? other : direction] ? memory : undefined;
    case chunkType.cookieEcho:
      return tag === tags[direction] ? memory : undefined;
    case chunkType.cookieAck:
      return { ...memory, begun: unset.begun };
    case chunkType.heartbeat:
    case chunkType.heartbeatAck:
      if (tags[direction] === 0) return { ...memory, tags: { ...tags, [direction]: tag } };
      if (tag === tags[direction]) return calm(memory);
      if (ignored || chunks.some((one) => one.type === chunkType.data)) return undefined;
      return type === chunkType.heartbeat ? 'skip' : restarted(memory, tag, direction);
    default:
      return memory;
  }
}

/** An answer to a HEARTBEAT with a new tag: the peer that sent it has begun anew (SCTP_FLAG_HEARTBEAT_VTAG_FAILED). */
function restarted(memory: SctpMemory, tag: number, direction: Direction): SctpMemory | undefined {
  if (memory.strange === undefined || memory.strange === direction) return undefined;
  const tags = direction === 'original' ? { original: tag, reply: 0 } : { original: 0, reply: tag };
  return { ...calm(memory), tags };
}

function calm({ tags, begun: by }: SctpMemory): SctpMemory {
  return { tags, begun: by };
}

function suspicious(memory: SctpMemory, direction: Direction): SctpMemory {
  return { ...memory, strange: direction };
}

/** INIT and INIT ACK tell the tag that the other side is to use. */
function begun(
  memory: SctpMemory,
  { type, initTag }: SctpChunk,
  { direction, confirmed }: Passing,
): SctpMemory | undefined {
  const other = opposite(direction);
  const { tags, begun: by } = memory;
  const told = { ...memory, tags: { ...tags, [other]: initTag } };
  // An INIT that was sent again begins nothing anew.
  if (type === chunkType.init && confirmed && tags[other] === initTag) return memory;
  if (type === chunkType.init) {
    const kept = by[direction] && by[other] ? { ...by, [other]: false } : by;
    return { ...told, begun: { ...kept, [direction]: true } };
  }
  if (type !== chunkType.initAck) return memory;
  const strange = tags[other] !== 0 && tags[other] !== initTag;
  const collides = by[direction] && by[other] && tags[other] !== initTag;
  return (!by[other] && strange) || collides ? undefined : told;
}

function opposite(direction: Direction): Direction {
  return direction === 'original' ? 'reply' : 'original';
}
