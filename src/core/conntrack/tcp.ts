// TCP's states as the kernel's tracker sees them: net/netfilter/nf_conntrack_proto_tcp.c.
// Where not all segments of a connection are numbered, every one is taken as in the window, and a RST as one with the
// exact number, and a SYN+ACK as the answer to the last SYN.
import { tcpFlag } from '../packet/packet.ts';
import { type Entry, hasStatus, type TcpMemory, type TcpPacketKind, withStatus } from './entry.ts';
import { type Arrival, type Judgement, refresh } from './protocol.ts';
import type { TcpState } from './protocol-states.ts';
import { afterInvalid, tcpTimeout } from './tcp-timeout.ts';
import { fitOf, inSyncFit, letThroughFit } from './tcp-window.ts';
import type { Direction } from './tuple.ts';
import type { Windows } from './window.ts';

/** The columns of the tables, in the kernel's order, and its short names. */
const columns = ['NO', 'SS', 'SR', 'ES', 'FW', 'CW', 'LA', 'TW', 'CL', 'S2'] as const;

const stateNames = {
  NO: 'NONE',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
} as const;

type Move = TcpState | 'IGNORE' | 'INVALID';

/** tcp_conntracks: the state that follows; IG lets the packet through, IV makes it invalid. */
const moves: Readonly<Record<Direction, Readonly<Record<TcpPacketKind, ReadonlyMap<TcpState, Move>>>>> = {
  original: {
    //          NO SS SR ES FW CW LA TW CL S2
    syn: row('  SS SS IG IG IG IG IG SS SS S2'),
    synack: row('IV IV SR IV IV IV IV IV IV SR'),
    fin: row('  IV IV FW FW LA LA LA TW CL IV'),
    ack: row('  ES IV ES ES CW CW TW TW CL IV'),
    rst: row('  IV CL CL CL CL CL CL CL CL CL'),
  },
  reply: {
    syn: row('  IV S2 IV IV IV IV IV SS IV S2'),
    synack: row('IV SR IG IG IG IG IG IG IG SR'),
    fin: row('  IV IV FW FW LA LA LA TW CL IV'),
    ack: row('  IV IG SR ES CW CW TW TW CL IG'),
    rst: row('  IV CL CL CL CL CL CL CL CL CL'),
  },
};

function row(text: string): ReadonlyMap<TcpState, Move> {
  const cells = text.trim().split(' ');
  return new Map(columns.map((column, index) => [stateNames[column], moveOf(cells[index])]));
}

function moveOf(cell: string | undefined): Move {
  const state = columns.find((column) => column === cell);
  if (state) return stateNames[state];
  return cell === 'IG' ? 'IGNORE' : 'INVALID';
}

const { fin, syn, rst, psh, ack, urg, ecn, cwr } = tcpFlag;

/** tcp_valid_flags; PSH, ECE and CWR do not count. */
const validFlags: ReadonlySet<number> = new Set([
  syn,
  syn | urg,
  syn | ack,
  rst,
  rst | ack,
  fin | ack,
  fin | ack | urg,
  ack,
  ack | urg,
]);

/** get_conntrack_index; undefined for flags that no packet has. */
function kindOf(flags: number): TcpPacketKind | undefined {
  if (!validFlags.has(flags & ~(psh | ecn | cwr))) return undefined;
  if (flags & rst) return 'rst';
  if (flags & syn) return flags & ack ? 'synack' : 'syn';
  return flags & fin ? 'fin' : 'ack';
}

/** A packet of known kind at a connection of known state. */
interface Step {
  readonly arrival: Arrival;
  readonly kind: TcpPacketKind;
  readonly old: TcpState;
}

/** nf_conntrack_tcp_packet. */
export function judgeTcp(arrival: Arrival): Judgement {
  const { entry, packet, direction, settings } = arrival;
  const kind = packet.transport.kind === 'tcp' ? kindOf(packet.transport.flags) : undefined;
  if (!kind) return { kind: 'invalid', reason: 'no TCP packet has these flags' };
  const old = hasStatus(entry, 'confirmed') ? stateOf(entry) : 'NONE';
  if (old === 'NONE' && kind === 'ack' && !settings.tcpLoose) {
    return {
      kind: 'invalid',
      reason: 'nf_conntrack_tcp_loose is off and the connection did not begin with a SYN',
    };
  }
  return take({ arrival, kind, old }, moves[direction][kind].get(old) ?? 'INVALID');
}

/** The state of an entry; one that shows none is offloaded, which only established connections are. */
function stateOf(entry: Entry): TcpState {
  const column = columns.find((one) => stateNames[one] === entry.protocolState);
  return column ? stateNames[column] : 'ESTABLISHED';
}

function take(step: Step, move: Move): Judgement {
  if (move === 'INVALID') {
    return { kind: 'invalid', reason: `a TCP ${step.kind} does not fit a connection in state ${step.old}` };
  }
  if (move === 'IGNORE') return letThrough(step);
  if (move === 'SYN_SENT' && (step.old === 'TIME_WAIT' || step.old === 'CLOSE')) return reopen(step);
  if (move === 'TIME_WAIT' && answersIgnoredSyn(step)) return challenged(step);
  if (move === 'SYN_RECV' && endsSimultaneousOpen(step)) return inWindow(step, 'ESTABLISHED');
  return inWindow(step, move);
}

function inWindow(step: Step, next: TcpState): Judgement {
  const fit = fitOf(step.arrival, step.old, memoryOf(step.arrival.entry));
  if (fit.kind === 'outside') {
    const kept = fit.old ? undefined : shownByInvalid(step, fit.windows);
    return { kind: 'invalid', reason: fit.why, ...(kept && { entry: kept }) };
  }
  const behind = withWindows(step, fit.windows);
  if (fit.kind === 'ignored') return { kind: 'accept', entry: behind.arrival.entry };
  return settle(behind, fit.kind === 'kept' ? step.old : next);
}

/** What the first segment of a side says of its window is kept, even if the segment is invalid (tcp_init_sender). */
function shownByInvalid(step: Step, windows: Windows): Entry | undefined {
  if (!hasStatus(step.arrival.entry, 'confirmed')) return undefined;
  const { arrival } = withWindows(step, windows);
  return afterInvalid(arrival, step.kind, memoryOf(arrival.entry)) ?? arrival.entry;
}

function withWindows(step: Step, windows: Windows | undefined): Step {
  const { arrival } = step;
  const { windows: known, ...memory } = memoryOf(arrival.entry);
  if (windows === known) return step;
  const tcp = { ...memory, ...(windows && { windows }) };
  return { ...step, arrival: { ...arrival, entry: { ...arrival.entry, tcp } } };
}

/** A SYN on a connection that was closed by FIN, or by a RST of the SYN's own sender, begins a new one. */
function reopen(step: Step): Judgement {
  const { entry, direction } = step.arrival;
  if (entry.tcp === undefined && step.old === 'CLOSE') return unsureOf(letThrough(step));
  const memory = memoryOf(entry);
  const aborted = memory.last === 'rst' && memory.lastDirection === direction;
  return memory.closing || aborted ? { kind: 'reopen' } : letThrough(step);
}

function unsureOf(judgement: Judgement): Judgement {
  return judgement.kind === 'accept' ? { ...judgement, unsure: howItClosed } : judgement;
}

const howItClosed =
  'a dump does not tell whether a FIN or a RST of the same side closed this connection; then the SYN would begin a new one';

/** The label `case TCP_CONNTRACK_IGNORE`: the packet passes, and the tracker remembers it to get in sync later. */
function letThrough(step: Step): Judgement {
  const { entry, direction } = step.arrival;
  const memory = memoryOf(entry);
  if (step.kind === 'synack' && memory.last === 'syn' && memory.lastDirection !== direction) {
    const synced = inSync(step, memory);
    if (synced) return synced;
  }
  const tcp = remembered(step, letThroughFit(step.arrival, memory));
  if (step.kind !== 'syn' || direction === 'reply') return { kind: 'accept', entry: { ...entry, tcp } };
  const afresh = { simultaneousOpen: false, challengeAck: step.old === 'LAST_ACK' };
  return { kind: 'accept', entry: { ...entry, tcp: { ...tcp, ...afresh } } };
}

/**
 * A SYN+ACK that answers a SYN which was let through: both ends agree on a connection that the tracker did not see.
 * Undefined where it acknowledges something else.
 */
function inSync(step: Step, memory: TcpMemory): Judgement | undefined {
  const windows = inSyncFit(step.arrival, memory);
  if (windows === 'other') return undefined;
  const { windows: _old, ...rest } = memory;
  const tcp = { ...rest, closing: false, challengeAck: false, ...(windows && { windows }) };
  const arrival = { ...step.arrival, entry: { ...step.arrival.entry, tcp } };
  return inWindow({ ...step, arrival, old: 'SYN_SENT' }, 'SYN_RECV');
}

/** An ACK in LAST_ACK that may be a challenge to a SYN let through (RFC 5961), not the end of the connection. */
function answersIgnoredSyn({ arrival, kind, old }: Step): boolean {
  const { last, lastDirection, challengeAck } = memoryOf(arrival.entry);
  return (
    old === 'LAST_ACK' &&
    kind === 'ack' &&
    last === 'syn' &&
    lastDirection !== arrival.direction &&
    challengeAck
  );
}

function challenged({ arrival }: Step): Judgement {
  const { entry } = arrival;
  return { kind: 'accept', entry: { ...entry, tcp: { ...memoryOf(entry), challengeAck: false } } };
}

function endsSimultaneousOpen({ arrival, kind }: Step): boolean {
  return arrival.direction === 'reply' && kind === 'ack' && memoryOf(arrival.entry).simultaneousOpen;
}

/** The label `in_window`: the state changes, and with it the timeout and perhaps ASSURED. */
function settle(step: Step, next: TcpState): Judgement {
  const { entry, settings } = step.arrival;
  const moved = { ...entry, protocolState: next, tcp: movedMemory(step, next) };
  if (hasStatus(entry, 'seen-reply')) {
    const sure = next === 'ESTABLISHED' && (step.old === 'SYN_RECV' || step.old === 'ESTABLISHED');
    const entered = sure ? withStatus(moved, 'assured') : moved;
    return { kind: 'accept', entry: refresh(entered, timeoutOf(step, next), settings) };
  }
  if (step.kind === 'rst') return { kind: 'forget', entry: withStatus(moved, 'dying') };
  if (step.kind === 'syn' && step.old === 'SYN_SENT') return { kind: 'accept', entry: moved };
  return { kind: 'accept', entry: refresh(moved, unrepliedTimeout(step, next), settings) };
}

function timeoutOf(step: Step, next: TcpState): number {
  const { entry, settings } = step.arrival;
  return tcpTimeout({ kind: step.kind, next, memory: memoryOf(entry) }, settings);
}

/** A connection picked up from the middle does not get the days of an established one before it was answered. */
function unrepliedTimeout(step: Step, next: TcpState): number {
  const { tcpUnacknowledged } = step.arrival.settings.timeouts;
  const timeout = timeoutOf(step, next);
  return next === 'ESTABLISHED' ? Math.min(timeout, tcpUnacknowledged) : timeout;
}

function remembered({ arrival, kind }: Step, memory: TcpMemory): TcpMemory {
  return { ...memory, last: kind, lastDirection: arrival.direction };
}

function movedMemory(step: Step, next: TcpState): TcpMemory {
  const memory = remembered(step, memoryOf(step.arrival.entry));
  return {
    ...memory,
    closing: memory.closing || (next === 'FIN_WAIT' && step.old !== 'FIN_WAIT'),
    simultaneousOpen: memory.simultaneousOpen || next === 'SYN_SENT2',
  };
}

/** What an entry remembers; one from a dump got to its closing states by a FIN. */
function memoryOf(entry: Entry): TcpMemory {
  return (
    entry.tcp ?? {
      last: 'ack',
      lastDirection: 'original',
      closing: ['FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT'].includes(entry.protocolState ?? ''),
      simultaneousOpen: entry.protocolState === 'SYN_SENT2',
      challengeAck: false,
    }
  );
}
