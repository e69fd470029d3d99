// Many traced packets in one table: how many each rule or policy decided about. Counting takes no memory of packets.
import type { LogTime } from '../packet/log-head.ts';
import type { Packet } from '../packet/packet.ts';
import { type LoggingRule, type Reach, reachOf, rulesWithPrefix } from './logged.ts';
import type { Way } from './step.ts';
import type { Trace } from './trace.ts';

/** Packets that came to the same end by the same rule or policy. */
export interface Decision {
  /** The first of them. */
  readonly trace: Trace;
  /** The first of them as it was written down: a line of a log, or a packet. */
  readonly example: Example;
  packets: number;
  readonly first: LogTime | undefined;
  last: LogTime | undefined;
  readonly sources: Sources;
}

/** Where a packet was found, and how it was written there. */
export interface Example {
  /** The line of a file, or the frame of a capture, from 1. */
  readonly number: number;
  readonly text: string;
}

/** Packets by their source address. */
export interface Sources {
  readonly family: Packet['family'];
  readonly packets: Map<bigint, number>;
  /** Packets of further sources, which are not told apart. */
  others: number;
}

/** Lines with the same prefix. */
export interface LoggedWith {
  readonly prefix: string;
  /** What logs with this prefix. */
  readonly rules: readonly LoggingRule[];
  packets: number;
  readonly reach: Record<Reach, number>;
}

/** All packets so far. */
export interface Tally {
  packets: number;
  readonly decisions: Map<string, Decision>;
  readonly logged: Map<string, LoggedWith>;
}

/** A packet, with what is to be shown of it. */
export interface Counted {
  readonly trace: Trace;
  readonly source: Packet;
  readonly example: Example;
  readonly time: LogTime | undefined;
  /** The rule's prefix, of a line of a log. */
  readonly prefix: string | undefined;
}

/** So many sources of a decision, and so many prefixes, are told apart. */
const mostKept = 4096;

/** A tally of nothing. */
export function newTally(): Tally {
  return { packets: 0, decisions: new Map(), logged: new Map() };
}

/** Counts one more packet. Changes the tally in place: a journal may have millions of lines. */
export function countPacket(tally: Tally, counted: Counted, logging: readonly LoggingRule[]): void {
  const { trace, source, time, prefix } = counted;
  tally.packets++;
  const key = `${keyOf(trace)} ${source.family}`;
  const decision = tally.decisions.get(key) ?? newDecision(counted);
  tally.decisions.set(key, decision);
  decision.packets++;
  if (time) decision.last = time;
  const sender = senderOf(source);
  if (sender !== undefined) countSource(decision.sources, sender);
  if (prefix !== undefined) countPrefix(tally, prefix, trace, logging);
}

function newDecision({ trace, source, example, time }: Counted): Decision {
  const sources = { family: source.family, packets: new Map<bigint, number>(), others: 0 };
  return { trace, example, packets: 0, first: time, last: time, sources };
}

/** Packets with equal keys stand in one row. */
function keyOf({ verdict, fate, ways }: Trace): string {
  const [first] = ways;
  if (verdict !== 'depends') return `${verdict} ${fate} ${placeOf(first)}`;
  return `depends ${first.suppositions.map(({ question }) => question).join()} ${ways.map(placeOf).join()}`;
}

function placeOf({ deciding, reason }: Way): string {
  if (!deciding) return `the stack ${reason}`;
  const { family, table, chain } = deciding;
  return `${family} ${table} ${chain} ${deciding.by === 'rule' ? deciding.index : 'policy'}`;
}

/** The address that a packet, or what ARP says, comes from. */
function senderOf({ source, frame }: Packet): bigint | undefined {
  if (!frame) return source;
  return frame.kind === 'arp' ? frame.sender : undefined;
}

function countSource(sources: Sources, address: bigint): void {
  const before = sources.packets.get(address);
  if (before === undefined && sources.packets.size >= mostKept) sources.others++;
  else sources.packets.set(address, (before ?? 0) + 1);
}

function countPrefix({ logged }: Tally, prefix: string, trace: Trace, logging: readonly LoggingRule[]): void {
  const known = logged.get(prefix);
  if (!known && logged.size >= mostKept) return;
  const one = known ?? {
    prefix,
    rules: rulesWithPrefix(logging, prefix),
    packets: 0,
    reach: { reached: 0, depends: 0, 'not-reached': 0 },
  };
  logged.set(prefix, one);
  one.packets++;
  one.reach[reachOf(trace, one.rules)]++;
}
