// The ways that all packets of one version of IP take through a host: received ones and those of the host's own
// (src/core/trace/receive.ts and output.ts for one packet).
import type { Node } from '../bdd/bdd.ts';
import { inRanges } from '../bdd/vector.ts';
import { inputInterface, metaPkttype, outputInterface } from '../field/meta.ts';
import { hopLimit, localSocket } from '../field/parts.ts';
import type { Hook } from '../hook/hook.ts';
import type { Host } from '../topology/host.ts';
import type { Layer } from '../trace/order.ts';
import {
  addressBits,
  beforeConntrack,
  bitsOf,
  currentValue,
  divided,
  dropByStack,
  finish,
  type HowEnded,
  isMarked,
  isNamed,
  isValue,
  type Journey,
  markedBy,
  marks,
  named,
  together,
  withValues,
} from './journey.ts';
import { forgetInvalid, holdFragments } from './walk-conntrack.ts';
import { leaveOut, type Pass, receiveByDevices, sendByDevices, withoutPorts } from './walk-device.ts';
import { type HookParts, walkHook } from './walk-hook.ts';
import { walkNat } from './walk-nat.ts';
import { rerouteChanged } from './walk-reroute.ts';
import { type RoutedStates, refuseHeaders, routeReceived, routeSent } from './walk-route.ts';
import { chosen, unchanged, type WalkState } from './walk-state.ts';

const parts: HookParts = { nat: walkNat, reroute: rerouteChanged };

function pass(journey: Journey, hook: Hook, state: WalkState, layer?: Layer): WalkState {
  return state.path === 0 ? state : walkHook(journey, hook, state, parts, layer);
}

function passOf(journey: Journey): Pass {
  return (hook, state, layer) => pass(journey, hook, state, layer);
}

/** Packets from the wire. */
export function walkReceived(journey: Journey, packets: Node): void {
  const values = beforeConntrack(journey, unchanged);
  const state = { path: packets, values: withValues(journey, values, [[outputInterface, named('')]]) };
  const { host } = journey.request;
  const ours = host
    ? receiveByDevices(journey, host, withoutPorts(journey, host, state), passOf(journey))
    : pass(journey, 'ingress', state);
  const [others, meant] = divided(journey, ours, isValue(journey, ours.values, metaPkttype, 3n));
  dropByStack(journey, others, 'not-for-this-host');
  const right = host ? refuseHeaders(journey, host, meant) : meant;
  route(journey, pass(journey, 'prerouting', right));
}

function route(journey: Journey, state: WalkState, anew = false): void {
  const { host } = journey.request;
  const { local, onward } = host ? routeReceived(journey, host, state, anew) : routeAsSaid(journey, state);
  deliver(journey, local);
  forward(journey, host ? leaveOut(journey, host, onward, 'out') : onward);
}

/** Without host facts those are for this host that came in without an output interface. */
function routeAsSaid(journey: Journey, { path, values }: WalkState): RoutedStates {
  const said = journey.space.at({ hook: 'forward' }).read(outputInterface);
  const all = { path, values: withValues(journey, values, [[outputInterface, said]]) };
  const [local, onward] = divided(journey, all, isNamed(journey, all.values, 'out', ''));
  return { local, onward };
}

function deliver(journey: Journey, state: WalkState): void {
  const here = {
    path: state.path,
    values: withValues(journey, state.values, [[outputInterface, named('')]]),
  };
  const whole = journey.family === 4 ? holdFragments(journey, here) : here;
  finish(journey, pass(journey, 'input', whole), { verdict: 'accept', fate: 'delivered-local' });
}

function forward(journey: Journey, state: WalkState): void {
  const { bdd, request } = journey;
  const [mine, others] = divided(journey, state, isValue(journey, state.values, metaPkttype, 0n));
  dropByStack(journey, others, 'not-for-this-host');
  const hops = bitsOf(journey, mine.values, hopLimit);
  const [over, living] = divided(journey, mine, inRanges(bdd, hops, [{ lo: 0n, hi: 1n }]));
  dropByStack(journey, over, 'ttl-exceeded');
  const within = request.host ? keepLinkLocal(journey, request.host, living) : living;
  if (within.path === 0) return;
  if (request.host) journey.assumptions.add('packets are not too large for where they go');
  const fewer = { kind: 'number', present: 1, bits: lessOne(journey, hops) } as const;
  const counted = { path: within.path, values: withValues(journey, within.values, [[hopLimit, fewer]]) };
  endSent(journey, leave(journey, pass(journey, 'forward', counted)), 'forwarded');
}

/** One less; of 0 it is all ones, which nobody asks for. */
function lessOne({ bdd }: Journey, bits: readonly Node[]): readonly Node[] {
  let borrow: Node = 1;
  return bits
    .toReversed()
    .map((bit) => {
      const less = bdd.xor(bit, borrow);
      borrow = bdd.minus(borrow, bit);
      return less;
    })
    .toReversed();
}

/** `net/ipv6/ip6_output.c: ip6_forward`: neither :: nor a link-local source leaves its link. */
function keepLinkLocal(journey: Journey, host: Host, state: WalkState): WalkState {
  if (journey.family === 4) return state;
  const { bdd } = journey;
  const { values } = state;
  const source = addressBits(journey, values, 'source');
  const ofLink = inRanges(bdd, source, [{ lo: 0n, hi: 0n }, linkLocal]);
  const same = host.interfaces.reduce<Node>(
    (any, { name }) =>
      bdd.or(any, bdd.and(isNamed(journey, values, 'in', name), isNamed(journey, values, 'out', name))),
    0,
  );
  const [wrong, right] = divided(journey, state, bdd.minus(ofLink, same));
  dropByStack(journey, wrong, 'martian-source');
  return right;
}

/** fe80::/10. */
const linkLocal = { lo: 0xfe80n << 112n, hi: (0xfec0n << 112n) - 1n };

/** POSTROUTING and the egress of the device, where packets belong no more to the one that they came in by. */
function leave(journey: Journey, state: WalkState): WalkState {
  const { host } = journey.request;
  const last = pass(journey, 'postrouting', state);
  const left = pass(journey, 'egress', {
    path: last.path,
    values: withValues(journey, last.values, [[inputInterface, named('')]]),
  });
  return host ? sendByDevices(journey, host, left, passOf(journey)) : left;
}

/** One end for each interface of the host. */
function endSent(journey: Journey, state: WalkState, fate: 'forwarded' | 'sent'): void {
  const { host } = journey.request;
  const end: HowEnded = { verdict: 'accept', fate };
  let rest = state;
  for (const { name } of host?.interfaces ?? []) {
    const [own, others] = divided(journey, rest, isNamed(journey, rest.values, 'out', name));
    finish(journey, own, { ...end, out: name });
    rest = others;
  }
  finish(journey, rest, end);
}

/** Packets that programs of this host send. */
export function walkSent(journey: Journey, packets: Node): void {
  const { host } = journey.request;
  const values = beforeConntrack(journey, unchanged);
  const state = { path: packets, values: withValues(journey, values, [[inputInterface, named('')]]) };
  const routed = host ? leaveOut(journey, host, routeSent(journey, host, state, 'first'), 'out') : state;
  const passed = pass(journey, 'output', routed);
  const again = currentValue(journey, passed.values, marks.rerouted);
  const before = currentValue(journey, passed.values, outputInterface);
  const out = { ...chosen(journey.bdd, again.present, again, before), present: 1 };
  const leaving = {
    path: passed.path,
    values: withValues(journey, passed.values, [[outputInterface, out]]),
  };
  const left = leave(journey, leaving);
  const [looped, gone] = divided(journey, left, isNamed(journey, left.values, 'out', 'lo'));
  endSent(journey, gone, 'sent');
  comeBack(journey, looped);
}

/** Packets of this host that come back by the loopback interface. */
function comeBack(journey: Journey, { path, values }: WalkState): void {
  if (path === 0) return;
  const back = withValues(journey, forgetInvalid(journey, values), [
    [inputInterface, named('lo')],
    [outputInterface, named('')],
    [localSocket, markedBy(0)],
    [marks.moved, markedBy(0)],
  ]);
  const arrived = pass(journey, 'prerouting', pass(journey, 'ingress', { path, values: back }));
  const [moved, others] = divided(journey, arrived, isMarked(journey, arrived.values, marks.moved));
  if (moved.path !== 0) route(journey, moved, true);
  deliver(journey, together(journey, [others]));
}
