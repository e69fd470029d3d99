// One run of one packet: what is asked, and the packet's state as it moves from hook to hook.
import { defaultZone, type Zone } from '../conntrack/entry.ts';
import type { ConntrackTable } from '../conntrack/table.ts';
import type { AddressFamily } from '../datatype/address.ts';
import {
  type BridgePorts,
  type Clock,
  type ConntrackView,
  isUnknown,
  type Overwritten,
  type PacketView,
  type RoutingFacts,
  type Unknown,
  type UnknownParts,
} from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { seenPacket } from '../packet/frame.ts';
import type { Injection, Packet } from '../packet/packet.ts';
import type { Effect } from '../statement/define.ts';
import type { Flow, RouteDecision } from '../topology/decision.ts';
import { routingFacts } from '../topology/fib.ts';
import type { Host, Interface } from '../topology/host.ts';
import { hasVrf } from '../topology/vrf.ts';
import { type MemoryState, nothingRemembered } from './memory.ts';
import type { Observer } from './observer.ts';
import type { Oracle } from './oracle.ts';
import type { Layer } from './order.ts';
import { type SetState, unchangedSets } from './set-state.ts';
import type { Answer, Deciding, Fate, GivenTranslation, StackReason, Step, TraceVerdict } from './step.ts';
import { templateView } from './template.ts';

/** What a trace starts from. */
export interface TraceRequest {
  readonly ruleSet: RuleSet;
  readonly injection: Injection;
  /** Without host facts routing is what the injection says, or unknown. */
  readonly host?: Host | undefined;
  /** Connections that exist already; none where absent. */
  readonly connections?: ConntrackTable | undefined;
  /** What earlier packets have changed in the sets; nothing where absent. */
  readonly sets?: SetState | undefined;
  /** What matches remember of earlier packets; nothing where absent. */
  readonly memory?: MemoryState | undefined;
  /** The rules were loaded just before the history began; otherwise what they have counted is not known. */
  readonly fresh?: boolean | undefined;
  /** Seconds since the history began that the packet is part of; its beginning if absent. */
  readonly now?: number | undefined;
  /** When the packet comes, for rules that look at the time; unknown where absent. */
  readonly clock?: Clock | undefined;
  /** Looks on, where the answer is wanted for many packets. */
  readonly observer?: Observer | undefined;
}

/** The packet on its way (struct sk_buff), changed in place by the steps of one run. */
export interface Run {
  readonly request: TraceRequest;
  readonly ask: Oracle;
  readonly family: AddressFamily;
  readonly routing: RoutingFacts | undefined;
  readonly steps: Step[];
  readonly assumptions: Set<string>;
  connections: ConntrackTable;
  /** The sets that packets have changed so far. */
  sets: SetState;
  /** How often this packet has changed each set, by its name. */
  readonly setUpdates: Map<string, number>;
  memory: MemoryState;
  /** What it changed in sets and memories, in order: ways of one packet that changed the same leave the same. */
  readonly changes: unknown[];
  packet: Packet;
  hook: Hook;
  layer: Layer;
  /** What it is taken for, where that is not what its description says. */
  pkttype: Injection['pkttype'];
  /** It is the host's own copy of what it sends to many, as that comes in. */
  ownCopy?: true | undefined;
  /** The ports of bridges that stations are behind, by their Ethernet addresses, as far as frames have shown it. */
  stations: ReadonlyMap<bigint, string>;
  iif: string | undefined | Unknown;
  /** The port of a VRF that it came in by, where the VRF is its interface. */
  vrfPort?: string;
  oif: string | undefined | Unknown;
  /** Of a bridge, where the packet has passed the rules of IP as a frame in it. */
  ports: BridgePorts | undefined;
  /** The port of a bridge that it left by, where the bridge is its interface. */
  leftBy: string | undefined;
  /** Set where OUTPUT made the kernel route again: seen from POSTROUTING on. */
  rerouted: string | undefined | Unknown;
  mark: number;
  ct: ConntrackView | undefined;
  /** `notrack` was executed before conntrack. */
  untracked: boolean;
  /** A rule has said before conntrack how to track the packet. */
  template: boolean;
  /** In which conntrack looks for the packet. */
  zone: Zone;
  /** The helper that a connection which begins with the packet gets. */
  helper: string | undefined;
  unknown: UnknownParts;
  /** The same of the packet that an ICMP error quotes. */
  quoted: UnknownParts;
  overwritten: Overwritten;
  /** What each base chain said, in order. */
  readonly decisions: Decision[];
  /** What rules gave its connection, in order. */
  readonly translations: GivenTranslation[];
  /** What the host has answered so far. */
  readonly answers: Answer[];
  /** Sends a packet of this host's own, such as an answer. */
  readonly transmit: (run: Run) => End;
  /** The packet is an answer of the host itself: no program has sent it. */
  readonly isAnswer: boolean;
  /** It is one that `dup` made. */
  readonly isCopy: boolean;
  /** A rule sends it by a device at once. */
  leaving: Extract<Effect, { kind: 'leave' }> | undefined;
  /** How often rules have sent it by a device. */
  timesSent: number;
  /** The VRF that routing has sent it to, which sends it on by its own table. */
  throughVrf: string | undefined;
  /** The device that it leaves by at once, past routing, OUTPUT and POSTROUTING. */
  readonly straightOut: string | undefined;
  /** What a packet of this host's own asks of routing, beside what is in it. */
  readonly lookup: Pick<Flow, 'oif' | 'preferredOif' | 'anySource' | 'vrf'> &
    Partial<Pick<Flow, 'destination' | 'mark'>>;
  /** The fragments that the packet was put together from. */
  pieces: readonly Packet[];
  /** The fragments that have left, where it leaves in such. */
  readonly left: Packet[];
  /** What routing found last; answers depend on it. */
  routed: RouteDecision | undefined;
}

/** What is taken of a packet from the beginning. */
function assumedOf({ injection, host }: TraceRequest): readonly string[] {
  const isOpen = injection.direction === 'in' && injection.iif === undefined;
  return host && isOpen && hasVrf(host) ? ['it did not come in by a port of a VRF'] : [];
}

/** How one base chain left the packet. */
export interface Decision {
  readonly hook: Hook;
  readonly nat: boolean;
  readonly result: 'accept' | 'drop' | 'queue' | 'reject' | 'nat';
  readonly deciding: Deciding;
}

/** How a run ended. */
export interface End {
  readonly verdict: Exclude<TraceVerdict, 'depends'>;
  readonly fate: Exclude<Fate, 'depends'>;
  readonly reason?: StackReason;
}

/** Begins a run. */
export function startRun(
  request: TraceRequest,
  ask: Oracle,
  connections: ConntrackTable,
  transmit: Run['transmit'],
): Run {
  const { injection, host } = request;
  const received = injection.direction === 'in';
  return {
    request,
    ask,
    family: injection.packet.family,
    routing: host && routingFacts(host),
    steps: [],
    assumptions: new Set(assumedOf(request)),
    connections,
    sets: request.sets ?? unchangedSets,
    setUpdates: new Map(),
    memory: request.memory ?? nothingRemembered,
    changes: [],
    packet: injection.packet,
    hook: received ? 'prerouting' : 'output',
    layer: layerOf(injection.packet),
    pkttype: injection.pkttype,
    stations: new Map(),
    iif: received ? (injection.iif ?? { unknown: 'the interface it came in by was not said' }) : undefined,
    oif: undefined,
    ports: undefined,
    leftBy: undefined,
    rerouted: undefined,
    mark: injection.mark ?? 0,
    ct: undefined,
    untracked: false,
    template: false,
    zone: defaultZone,
    helper: undefined,
    unknown: {},
    quoted: {},
    overwritten: new Map(),
    decisions: [],
    translations: [],
    answers: [],
    transmit,
    isAnswer: false,
    isCopy: false,
    leaving: undefined,
    timesSent: 0,
    throughVrf: undefined,
    straightOut: undefined,
    lookup: injection.oif === undefined ? {} : { oif: injection.oif },
    pieces: [],
    left: [],
    routed: undefined,
  };
}

/** Where it is not in a bridge. */
export function layerOf({ family, frame }: Packet): Layer {
  return frame ? frame.kind : family;
}

const packetTypes = { host: 0, broadcast: 1, multicast: 2, other: 3 } as const;

/** The name of an interface, where there is one and it is known. */
export function known(device: string | undefined | Unknown): string | undefined {
  return isUnknown(device) ? undefined : device;
}

/** The interface of that name; undefined without host facts, too. */
export function interfaceNamed(
  { request: { host } }: Pick<Run, 'request'>,
  name: string | undefined,
): Interface | undefined {
  return host?.interfaces.find((one) => one.name === name);
}

/** What rules see at the present hook. */
export function viewOf(run: Run): PacketView {
  const { injection } = run.request;
  return {
    packet: seenPacket(run.packet),
    hook: run.hook,
    ...((run.layer === 'bridge' || run.ports?.inBridge) && { bridged: true }),
    ...(run.request.host && { ports: run.ports ?? 'none' }),
    iif: run.iif,
    oif: run.oif,
    mark: run.mark,
    skuid: run.isAnswer ? undefined : ownerOf(injection, run.hook),
    ...(injection.skgid !== undefined && { skgid: injection.skgid }),
    pkttype: packetTypes[run.pkttype ?? 'host'],
    ...(run.ownCopy && { ownCopy: true }),
    ct: run.ct ?? (run.template ? templateView : undefined),
    unknown: run.unknown,
    routing: run.routing,
    clock: run.request.clock,
    now: run.request.now ?? 0,
    overwritten: run.overwritten,
  };
}

/** Only packets of this host have a socket, and only on their way out (net/netfilter/xt_owner.c: owner_mt). */
function ownerOf(injection: Injection, hook: Hook): number | undefined | Unknown {
  const isOnItsWayOut = hook === 'output' || hook === 'postrouting' || hook === 'egress';
  if (injection.direction === 'in' || !isOnItsWayOut) return undefined;
  return injection.skuid ?? { unknown: 'the user who sends it was not said' };
}

/** Ends a run because the stack, not a rule, drops the packet. */
export function dropByStack(run: Run, reason: StackReason, why: string): End {
  run.steps.push({ kind: 'stack', reason, why });
  return { verdict: 'drop', fate: 'dropped', reason };
}

/** What a base chain's verdict means for the packet; undefined: it goes on. */
export function endOf(verdict: 'accept' | 'drop' | 'reject' | 'queue'): End | undefined {
  switch (verdict) {
    case 'accept':
      return undefined;
    case 'drop':
      return { verdict, fate: 'dropped' };
    case 'reject':
      return { verdict, fate: 'rejected' };
    case 'queue':
      return { verdict, fate: 'queued' };
  }
}
