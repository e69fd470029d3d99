// A packet that tells what is read of it: so it is known what the truth of a condition depends on, whatever the condition.
import { defaultZone, type Entry } from '../../conntrack/entry.ts';
import type { Tuple } from '../../conntrack/tuple.ts';
import type { ConntrackView, PacketView, RoutingFacts } from '../../field/view.ts';
import type { Hook } from '../../hook/hook.ts';
import type { EvaluationContext, Lookups } from '../../match/define.ts';
import { notFragmented, type Packet, type Transport } from '../../packet/packet.ts';
import { bitOf, elsewhere, type PartBits, type PartName } from './part.ts';
import { directionOf, fragmentOf, type Shape, stateAlone, stateOf } from './row.ts';

/** A packet of a shape, whose other parts change. */
export interface WatchedPacket {
  readonly context: EvaluationContext;
  /** Gives a part another value: that of an ordered part, or what stands for it in the column of a plain one. */
  set(part: PartName, value: bigint): void;
  /** What was read since this was asked before, beside the shape. */
  taken(): PartBits;
}

/** What conditions see beside the packet. */
export interface SeenBeside {
  readonly routing: RoutingFacts | undefined;
  readonly lookups: Lookups;
}

/** Watches packets of a shape at a hook; `names` has those of interfaces at their places. */
export function watchedPacket(
  shape: Shape,
  hook: Hook,
  names: readonly string[],
  { routing, lookups }: SeenBeside,
): WatchedPacket {
  let read: PartBits = 0;
  const note: Note = (bits) => {
    read |= bits;
  };
  const transport = transportOf(shape);
  const packet = packetOf(shape, watched(transport, transportReads, note));
  const ct = connectionOf(shape, note);
  const seen: Changeable<PacketView> = {
    packet: watched(packet, packetReads, note),
    hook,
    iif: undefined,
    oif: undefined,
    mark: 0,
    skuid: undefined,
    pkttype: 0,
    ct: ct && watched(ct.view, connectionReads, note),
    unknown: {},
    routing,
    now: 0,
  };
  const setters = { ...packetSetters(packet, transport), ...ct?.setters, ...viewSetters(seen, names) };
  return {
    context: watched({ ...lookups, view: watched(seen, viewReads, note) }, contextReads, note),
    set: (part, value) => setters[part]?.(value),
    taken: () => {
      const before = read;
      read = 0;
      return before;
    },
  };
}

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };
type Note = (bits: PartBits) => void;
type Setters = Partial<Record<PartName, (value: bigint) => void>>;

/** What reading a property reads; those that are not named here have no column. */
type Reads = Readonly<Record<string, PartBits>>;

const contextReads: Reads = {
  view: 0,
  findSet: 0,
  findMap: 0,
  findObject: 0,
  isObscure: 0,
  isLimited: 0,
};

const viewReads: Reads = {
  packet: 0,
  hook: 0,
  bridged: 0,
  ct: 0,
  unknown: 0,
  routing: 0,
  now: 0,
  overwritten: 0,
  iif: bitOf('iif'),
  oif: bitOf('oif'),
  mark: bitOf('mark'),
  pkttype: bitOf('pkttype'),
};

const packetReads: Reads = {
  family: 0,
  protocol: 0,
  transport: 0,
  frame: 0,
  untold: 0,
  source: bitOf('source'),
  destination: bitOf('destination'),
  nextHeader: bitOf('nextHeader'),
  ttl: bitOf('ttl'),
  dscp: bitOf('dscp'),
  length: bitOf('size'),
  fragment: bitOf('fragment'),
};

const transportReads: Reads = {
  kind: 0,
  sport: bitOf('sport'),
  dport: bitOf('dport'),
  flags: bitOf('flags'),
  type: bitOf('type'),
  code: bitOf('code'),
};

const connectionReads: Reads = { entry: 0, state: bitOf('ct'), direction: bitOf('ct') };
const entryReads: Reads = { status: bitOf('ctStatus'), mark: bitOf('ctMark') };

function watched<T extends object>(value: T, reads: Reads, note: Note): T {
  return new Proxy(value, {
    get: (target, name) => {
      note(typeof name === 'string' ? (reads[name] ?? elsewhere) : elsewhere);
      return Reflect.get(target, name);
    },
    has: (target, name) => {
      if (name !== 'unknown') note(elsewhere);
      return Reflect.has(target, name);
    },
    ownKeys: (target) => {
      note(elsewhere);
      return Reflect.ownKeys(target);
    },
  });
}

function transportOf({ transport: kind }: Shape): Changeable<Transport> {
  const ports = { sport: 0, dport: 0 };
  switch (kind) {
    case 'tcp':
      return { kind, ...ports, flags: 0, seq: 0, ack: 0, window: 0 };
    case 'udp':
      return { kind, ...ports };
    case 'icmp':
      return { kind, type: 0, code: 0, id: 0, sequence: 0 };
    case 'opaque':
      return { kind };
  }
}

function packetOf({ family, protocol }: Shape, transport: Transport): Changeable<Packet> {
  const ends = { source: 0n, destination: 0n };
  return { family, protocol, ...ends, ttl: 0, dscp: 0, length: 0, fragment: notFragmented, transport };
}

function packetSetters(packet: Changeable<Packet>, transport: Changeable<Transport>): Setters {
  return {
    source: (value) => Object.assign(packet, { source: value }),
    destination: (value) => Object.assign(packet, { destination: value }),
    sport: numberTo(transport, 'sport'),
    dport: numberTo(transport, 'dport'),
    flags: numberTo(transport, 'flags'),
    type: numberTo(transport, 'type'),
    code: numberTo(transport, 'code'),
    ttl: numberTo(packet, 'ttl'),
    dscp: numberTo(packet, 'dscp'),
    size: numberTo(packet, 'length'),
    fragment: (value) => Object.assign(packet, { fragment: fragmentOf(Number(value)) }),
    nextHeader: (value) => {
      if (value === 0n) delete packet.nextHeader;
      else packet.nextHeader = Number(value) - 1;
    },
  };
}

function viewSetters(view: Changeable<PacketView>, names: readonly string[]): Setters {
  return {
    iif: (value) => Object.assign(view, { iif: names[Number(value)] || undefined }),
    oif: (value) => Object.assign(view, { oif: names[Number(value)] || undefined }),
    mark: numberTo(view, 'mark'),
    pkttype: numberTo(view, 'pkttype'),
  };
}

/** Of a header that the packet has not nothing is set. */
function numberTo(target: object, key: string): (value: bigint) => void {
  return (value) => {
    if (key in target) Object.assign(target, { [key]: Number(value) });
  };
}

function connectionOf(
  { entry: kind, family, protocol }: Shape,
  note: Note,
): { readonly view: ConntrackView; readonly setters: Setters } | undefined {
  if (kind === 'untracked') return undefined;
  const layer4 = { kind: 'ports', sport: 0, dport: 0 } as const;
  const tuple: Tuple = { family, protocol, source: 0n, destination: 0n, layer4 };
  const entry: Entry = { original: tuple, reply: tuple, status: 0, mark: 0, zone: defaultZone };
  const entries = { entry: watched(entry, entryReads, note), unknown: stateAlone, 'no entry': undefined };
  const view: Changeable<ConntrackView> = { state: 'new', direction: 'original', entry: entries[kind] };
  return {
    view,
    setters: {
      ct: (value) =>
        Object.assign(view, { state: stateOf(Number(value)), direction: directionOf(Number(value)) }),
      ctStatus: numberTo(entry, 'status'),
      ctMark: numberTo(entry, 'mark'),
    },
  };
}
