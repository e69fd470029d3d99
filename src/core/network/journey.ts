// The journey of a packet through several hosts: at each of them the trace of its rules, its translation and its routing,
// between them the way of a frame; and then what the hosts answer.
import type { Place } from '../device/frame.ts';
import type { Endpoint } from '../device/tunnel.ts';
import type { Clock } from '../field/view.ts';
import type { Injection } from '../packet/packet.ts';
import { replyTo } from '../policy-test/reply.ts';
import { vrfOfInput } from '../topology/vrf.ts';
import type { Way } from '../trace/step.ts';
import type { Ending } from '../trace/trace.ts';
import { type Ended, follow, leave, mostWays, startAt } from './follow.ts';
import type { Surroundings } from './neighbour.ts';
import type { Network } from './network.ts';
import { makeWiring } from './wiring.ts';

/** One host that a packet comes through. */
export interface Hop {
  readonly host: string;
  /** The packet as the host got it, or as its program sent it. */
  readonly injection: Injection;
  readonly way: Way;
  /** The devices from the host before to this one, both included; none where the journey begins. */
  readonly over: readonly Place[];
}

/** Where a journey ends. */
export type JourneyEnd =
  | { readonly kind: 'delivered'; readonly host: string; readonly device?: string }
  /** To everybody on a link. */
  | { readonly kind: 'for-many'; readonly at: Place; readonly receivers: readonly Place[] }
  | { readonly kind: 'lost'; readonly host: string; readonly device?: string; readonly why: string };

/** How a packet fared, on one of the ways that it may go. */
export interface Journey {
  readonly hops: readonly Hop[];
  readonly end: JourneyEnd;
  /** What the hosts on the way answered by themselves, and the answer of the program that got the packet. */
  readonly answers: readonly AnswerJourney[];
  /** What is supposed of facts that nobody knows. */
  readonly suppositions: readonly string[];
  readonly assumptions: readonly string[];
  /** The hosts behind it. */
  readonly state: NetworkState;
}

/** The journey of an answer, and what made it. */
export interface AnswerJourney {
  readonly why: string;
  readonly journey: Journey;
}

/** What each host remembers. A host that is not in it has met nothing yet. */
export type NetworkState = ReadonlyMap<string, HostState>;

/** Connections, sets, what rules counted, and what it learned of others. */
export interface HostState extends Ending {
  /** Where packets came from that came out of tunnels, by their devices. */
  readonly heard?: ReadonlyMap<string, Endpoint>;
  /** Ethernet addresses of stations, by `DEVICE ADDRESS`. */
  readonly neighbours?: ReadonlyMap<string, bigint>;
}

/** What journeys are asked with. */
export interface Travel extends Surroundings {
  readonly network: Network;
  readonly clock?: Clock | undefined;
  /** Seconds since the first packet. */
  readonly now: number;
  /** Whether a program that gets a packet answers it. */
  readonly programsAnswer: boolean;
}

/** Prepares journeys through a network. */
export function travelIn(network: Network, options: Partial<Omit<Travel, 'network'>> = {}): Travel {
  const wiring = makeWiring(network);
  const places = new Map(network.hosts.map((one) => [one.host.name, one]));
  return {
    now: 0,
    programsAnswer: true,
    ...options,
    network,
    wiring,
    hosts: network.hosts.map(({ host }) => host),
    hostOf: (name) => places.get(name)?.host,
    placeOf: (name) => places.get(name),
  };
}

/** All ways that a packet may go from a host, each with the answers to it; at least one. */
export function journeys(
  travel: Travel,
  host: string,
  injection: Injection,
  state: NetworkState = new Map(),
): readonly Journey[] {
  const begun = follow(travel, { host, injection, over: [] }, startAt(state));
  return begun.slice(0, mostWays).flatMap((one) => withAnswers(travel, one));
}

/** Sends the answers of the hosts on their way, one after the other, and that of the program at the end. */
function withAnswers(travel: Travel, { end, ...sofar }: Ended): readonly Journey[] {
  const begun: readonly Journey[] = [{ ...sofar, end, answers: [] }];
  const own = sofar.hops.flatMap((hop) =>
    hop.way.answers.flatMap((answer) => ('way' in answer ? [{ hop, why: answer.why, way: answer.way }] : [])),
  );
  const answered = own.reduce<readonly Journey[]>(
    (list, { hop, why, way }) =>
      list.flatMap((one) => answeredBy(one, why, (state) => leaveAgain(travel, hop.host, way, state))),
    begun,
  );
  const last = sofar.hops.at(-1);
  const reply =
    last && end.kind === 'delivered' && travel.programsAnswer ? programAnswer(last.way) : undefined;
  if (!last || !reply || last.way.answers.length > 0) return answered;
  return answered.flatMap((one) =>
    answeredBy(one, 'the program answers', (state) =>
      follow(
        { ...travel, programsAnswer: false },
        { host: last.host, injection: { ...reply, ...answeredIn(travel, last) }, over: [] },
        startAt(state),
      ),
    ),
  );
}

/** A program answers in the VRF by which it was asked (net/ipv4/tcp_input.c: tcp_conn_request, inet_request_bound_dev_if). */
function answeredIn({ hostOf }: Travel, { host: name, injection }: Hop): Pick<Injection, 'oif'> {
  const host = hostOf(name);
  const vrf = host && vrfOfInput(host, injection.iif);
  return vrf ? { oif: vrf.name } : {};
}

/** What a program answers; to an echo the host itself does, if anybody. A value drawn by chance is answered like any other. */
function programAnswer(way: Way): Injection | undefined {
  return way.packet.transport.kind === 'icmp' ? undefined : replyTo({ ...way, unknownParts: [] });
}

function answeredBy(
  one: Journey,
  why: string,
  travelled: (state: NetworkState) => readonly Ended[],
): readonly Journey[] {
  return travelled(one.state)
    .slice(0, mostWays)
    .map((back) => ({
      ...one,
      state: back.state,
      answers: [...one.answers, { why, journey: { ...back, answers: [] } }],
    }));
}

/** An answer was traced to the door of its host already. */
function leaveAgain(travel: Travel, host: string, way: Way, state: NetworkState): readonly Ended[] {
  const injection: Injection = { packet: way.packet, direction: 'out' };
  const hops = [{ host, injection, way, over: [] }];
  return leave(travel, way, { host, injection, over: [] }, { ...startAt(state), hops });
}
