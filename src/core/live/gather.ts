// Puts the events of traced packets together, packet by packet. The kernel says where a packet is and never that it is through:
// the table of hookline has chains at both ends of its way, and what ends elsewhere is over when nothing more is heard of it.
import type { CtState } from '../conntrack/entry.ts';
import type { TraceEvent } from './event.ts';
import { ownChain, stateChains } from './own-table.ts';

/** A packet on its way through the kernel. */
export interface LivePacket {
  /** From 1, in the order in which they came. */
  readonly number: number;
  /** Milliseconds since 1970 when its first event was read. */
  readonly time: number;
  readonly direction: 'in' | 'out';
  /** Its headers where it came in, as nft writes them. */
  readonly headers: string;
  /** What nft printed last of them. */
  readonly lastHeaders: string;
  readonly mark: number;
  /** Absent where nothing of this machine looks at connections. */
  readonly state?: CtState;
  readonly isFragment: boolean;
  /** Without those of hookline's own table. */
  readonly events: readonly TraceEvent[];
  readonly end: LiveEnd;
  /** Events were lost while it was on its way. */
  readonly isCut: boolean;
}

/** Where a packet was seen last. `gone`: neither did a rule drop it nor did it come to an end of the way. */
export type LiveEnd = 'delivered' | 'left' | 'dropped' | 'queued' | 'gone';

/** Packets of which something was heard. */
export interface Gatherer {
  readonly add: (event: TraceEvent, now: number) => void;
  /**
   * The kernel has dropped events. nft hears of that before it reads those that the kernel had kept until then: so what is on its
   * way is cut, and everything that begins until nothing is kept any more.
   */
  readonly lose: () => void;
  /** Nothing is kept any more: what begins now is whole. */
  readonly recover: () => void;
  /** The packets that are through, once each. `isOver`: nothing more will be heard of any. */
  readonly take: (now: number, isOver?: boolean) => readonly LivePacket[];
}

type Open = { -readonly [Key in keyof LivePacket]: LivePacket[Key] } & {
  readonly events: TraceEvent[];
  heard: number;
};

/** Milliseconds without an event after which a packet is through: behind an end of its way, and elsewhere. */
const quiet = { ended: 40, open: 1500 } as const;

/** So many are on their way at once; the oldest is given up for a further one. */
const mostOpen = 4096;

/** Of packets of the table with this name, in which each begins. */
export function gatherer(ownTable: string): Gatherer {
  const open = new Map<string, Open>();
  let through: Open[] = [];
  let [count, isLosing] = [0, false];
  const close = (id: string, packet: Open) => {
    open.delete(id);
    through.push(packet);
  };
  const begin = (event: TraceEvent, headers: string, now: number): void => {
    const before = open.get(event.id);
    if (before) close(event.id, before);
    const looped = loopedOf(open, event, headers);
    if (looped) {
      open.delete(looped.id);
      open.set(event.id, Object.assign(looped.packet, { lastHeaders: headers, end: 'gone', heard: now }));
      return;
    }
    const [oldest] = open;
    if (oldest && open.size >= mostOpen) close(...oldest);
    open.set(event.id, { ...newPacket(++count, event, headers, now), isCut: isLosing });
  };
  return {
    add: (event, now) => {
      const isOwn = event.table === ownTable;
      if (isOwn && isEntry(event) && event.kind === 'packet') begin(event, event.text, now);
      const packet = open.get(event.id);
      if (!packet) return;
      packet.heard = now;
      if (event.kind === 'packet') packet.lastHeaders = event.text;
      if (isOwn) noteOwn(packet, event);
      else {
        packet.events.push(event);
        packet.end = endBy(event) ?? packet.end;
      }
    },
    lose: () => {
      isLosing = true;
      for (const packet of open.values()) packet.isCut = true;
    },
    recover: () => {
      isLosing = false;
    },
    take: (now, isOver = false) => {
      for (const [id, packet] of open)
        if (isOver || now - packet.heard >= (packet.end === 'gone' ? quiet.open : quiet.ended))
          close(id, packet);
      const taken = through.toSorted((a, b) => a.number - b.number);
      through = [];
      return taken;
    },
  };
}

function isEntry({ chain }: TraceEvent): boolean {
  return chain === ownChain.received || chain === ownChain.sent;
}

function newPacket(number: number, { chain }: TraceEvent, headers: string, now: number): Open {
  return {
    number,
    time: now,
    direction: chain === ownChain.sent ? 'out' : 'in',
    headers,
    lastHeaders: headers,
    mark: 0,
    isFragment: false,
    events: [],
    end: 'gone',
    isCut: false,
    heard: now,
  };
}

/** What the host sends to itself leaves by the loopback interface and comes in again, under another id. */
function loopedOf(
  open: ReadonlyMap<string, Open>,
  { chain }: TraceEvent,
  headers: string,
): { readonly id: string; readonly packet: Open } | undefined {
  if (chain !== ownChain.received || !headers.startsWith('iif "lo"')) return undefined;
  const own = withoutWay(headers);
  for (const [id, packet] of open)
    if (packet.end === 'left' && withoutWay(packet.lastHeaders) === own) return { id, packet };
  return undefined;
}

function withoutWay(headers: string): string {
  return headers.replace(/^(?:[io]if "lo" )+(?:@ll,\S+ \S+ )?/, '');
}

function noteOwn(packet: Open, event: TraceEvent): void {
  const { chain } = event;
  if (chain === ownChain.delivered) packet.end = 'delivered';
  else if (chain === ownChain.left) packet.end = 'left';
  if (event.kind === 'policy' && isEntry(event) && packet.events.length === 0) packet.mark = event.mark ?? 0;
  const target = event.kind === 'rule' ? event.verdict.target : undefined;
  if (target === ownChain.fragment) packet.isFragment = true;
  const state = Object.entries(stateChains).find(([name]) => name === target)?.[1];
  if (state && packet.state === undefined) packet.state = state;
}

function endBy(event: TraceEvent): LiveEnd | undefined {
  if (event.kind === 'policy') return event.policy === 'drop' ? 'dropped' : undefined;
  if (event.kind !== 'rule') return undefined;
  const { kind } = event.verdict;
  if (kind === 'drop') return 'dropped';
  return kind === 'queue' ? 'queued' : undefined;
}
