// Address translation of all packets at once: new connections are bound as the nat chains say, and their packets rewritten
// (src/core/trace/nat.ts and nat-range.ts for one packet).
import type { Node } from '../bdd/bdd.ts';
import { inRange, inRanges } from '../bdd/vector.ts';
import { ctStatus } from '../conntrack/entry.ts';
import { addressWidth } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import { ctStatusField, trackedEntry } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import {
  destinationAddress,
  laterFragment,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import { constantBits } from '../field/symbolic.ts';
import type { Hook } from '../hook/hook.ts';
import type { NatRequest } from '../statement/define.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { masqueradeAddress, redirectAddress } from '../topology/source-selection.ts';
import type { HookFunction } from '../trace/order.ts';
import {
  bitsOf,
  constant,
  divided,
  dropByStack,
  isMarked,
  type Journey,
  markedBy,
  marks,
  together,
  withValues,
} from './journey.ts';
import type { Decided } from './walk-chain.ts';
import { routeAll } from './walk-classes.ts';
import { isInState } from './walk-conntrack.ts';
import type { FlowClass } from './walk-flow.ts';
import { decidingOf, endByPolicy, endByRule, walkBaseChain } from './walk-hook.ts';
import { nameOfPlace } from './walk-place.ts';
import { differing, reroute } from './walk-reroute.ts';
import { interfaceClasses } from './walk-route.ts';
import type { Values, WalkState } from './walk-state.ts';

type NatFunction = Extract<HookFunction, { kind: 'nat' }>;

/** What the translation of one half of packets is made of. */
const halves = {
  source: { address: sourceAddress, port: transportStart, done: 'snat-done', translated: 'snat' },
  destination: { address: destinationAddress, port: transportNext, done: 'dnat-done', translated: 'dnat' },
} as const;

/** The dispatcher of a hook. Packets of connections that are known are followed as those of connections without NAT. */
export function walkNat(journey: Journey, hook: Hook, one: NatFunction, state: WalkState): WalkState {
  const [fresh, known] = divided(journey, state, isFresh(journey, one, state.values));
  if (
    one.chains.length > 0 &&
    journey.bdd.intersects(known.path, isInState(journey, known.values, 'established'))
  )
    journey.assumptions.add('connections that are known already are followed as ones without translation');
  const bound = bind(journey, hook, one, fresh);
  const behind = together(journey, [...bound, known]);
  if (hook !== 'output') return behind;
  return reroute(journey, isMarked(journey, behind.values, marks.moved), behind);
}

/** Packets that begin a connection which is not bound to this half yet. */
function isFresh(journey: Journey, { manip }: NatFunction, values: Values): Node {
  const { bdd } = journey;
  const icmp = inRanges(bdd, bitsOf(journey, values, transportProtocol), [single(1n), single(58n)]);
  const symbols = journey.space.at({ hook: 'prerouting' });
  const expected = bdd.and(
    bdd.minus(isInState(journey, values, 'related'), icmp),
    symbols.free('a related packet begins the connection that was expected'),
  );
  const begins = bdd.or(isInState(journey, values, 'new'), expected);
  const isTracked = bdd.and(begins, isMarked(journey, values, trackedEntry));
  return bdd.minus(isTracked, isMarked(journey, values, marks[manip]));
}

function single(value: bigint): Range {
  return { lo: value, hi: value };
}

/** Asks the chains in order until one names a translation; none is a translation to what it is. */
function bind(
  journey: Journey,
  hook: Hook,
  { manip, chains }: NatFunction,
  state: WalkState,
): readonly WalkState[] {
  const bound: WalkState[] = [];
  let here = state;
  for (const hooked of chains) {
    if (here.path === 0) break;
    const { decided, end } = walkBaseChain(journey, hook, hooked, here);
    const accepted: WalkState[] = [];
    for (const one of decided)
      if (one.result.kind === 'nat') bound.push(...translated(journey, hook, manip, one, one.result.request));
      else if (one.result.kind === 'accept') accepted.push(one);
      else endByRule(journey, one);
    here = together(journey, [...accepted, endByPolicy(journey, hooked, end)]);
  }
  return [...bound, here].map((one) => settled(journey, manip, one, one.values));
}

/** The connection is bound to this half; `before`: what packets were. */
function settled(
  journey: Journey,
  manip: NatRequest['manip'],
  { path, values }: WalkState,
  before: Values,
): WalkState {
  const { done, translated: moved, address, port } = halves[manip];
  const status = bitsOf(journey, values, ctStatusField);
  const isElsewhere = values === before ? 0 : differing(journey, [before, values], [address]);
  const isMoved =
    values === before ? 0 : journey.bdd.or(isElsewhere, differing(journey, [before, values], [port]));
  const withBit = (bits: readonly Node[], bit: number, node: Node) =>
    bits.map((old, at) => (bits.length - 1 - at === Math.log2(bit) ? journey.bdd.or(old, node) : old));
  const bits = withBit(withBit(status, ctStatus[done], 1), ctStatus[moved], isMoved);
  return {
    path,
    values: withValues(journey, values, [
      [marks[manip], markedBy(1)],
      ...(manip === 'destination' ? [[marks.moved, markedBy(isElsewhere)] as const] : []),
      [ctStatusField, { kind: 'number', present: isMarked(journey, values, trackedEntry), bits }],
    ]),
  };
}

/** Packets as the rule has them translated. */
function translated(
  journey: Journey,
  hook: Hook,
  manip: NatRequest['manip'],
  decided: Decided,
  request: NatRequest,
): readonly WalkState[] {
  const { path, values } = decided;
  journey.translations.push({ node: path, manip, deciding: decidingOf(decided), request });
  const name = (journey.request.nameOf ?? nameOfPlace)(decided.place);
  return addressed(journey, hook, { path, values }, request, name).map((state) => {
    const moved = withPort(journey, withoutShort(journey, state), request, name);
    return settled(journey, manip, moved, values);
  });
}

/** A packet of GRE that ends before its eighth byte is dropped (nf_nat_proto.c: gre_manip_pkt). */
function withoutShort(journey: Journey, state: WalkState): WalkState {
  const isGre = inRanges(journey.bdd, bitsOf(journey, state.values, transportProtocol), [single(47n)]);
  if (!journey.bdd.intersects(state.path, isGre)) return state;
  const isShort = journey.space.at({ hook: 'prerouting' }).free('its GRE header is cut off');
  const [short, others] = divided(journey, state, journey.bdd.and(isGre, isShort));
  dropByStack(journey, short, 'nat-failed');
  return others;
}

/** Packets with their new address. */
function addressed(
  journey: Journey,
  hook: Hook,
  state: WalkState,
  request: NatRequest,
  name: string,
): readonly WalkState[] {
  const { manip, address, addresses } = request;
  const field = halves[manip].address;
  const width = addressWidth(journey.family);
  const old = bitsOf(journey, state.values, field).slice(0, width);
  const to = (bits: readonly Node[], path = state.path): WalkState => ({
    path,
    values: withAddress(journey, state.values, field, bits),
  });
  if (request.unknown !== undefined) return [to(freeBits(journey, width, `the address that ${name} gives`))];
  if (address !== 'fixed') return ofInterface(journey, hook, state, request, name, to);
  if (!addresses) return [state];
  if (request.netmap) {
    const network = constantBits(addresses.lo, width);
    const host = constantBits(addresses.lo ^ addresses.hi, width);
    return [to(old.map((bit, at) => (host[at] ? bit : (network[at] ?? 0))))];
  }
  if (addresses.lo === addresses.hi) return [to(constantBits(addresses.lo, width))];
  const chosen = freeIn(journey, addresses, width, `the address that ${name} gives`);
  const keeps = manip === 'source' && !request.random && !request.fullyRandom;
  const isKept = keeps ? inRange(journey.bdd, old, addresses) : 0;
  return [to(chosen.map((bit, at) => journey.bdd.ite(isKept, old[at] ?? 0, bit)))];
}

/** `masquerade` and `redirect`: the address of an interface, which needs host facts. */
function ofInterface(
  journey: Journey,
  hook: Hook,
  state: WalkState,
  { address, manip }: NatRequest,
  name: string,
  to: (bits: readonly Node[], path?: Node) => WalkState,
): readonly WalkState[] {
  const { bdd, family, request } = journey;
  const { host } = request;
  const width = addressWidth(family);
  if (!host) return [to(freeBits(journey, width, `the address that ${name} gives without host facts`))];
  const side = manip === 'source' ? 'out' : 'in';
  const isSent = address === 'redirect' && hook === 'output';
  const classes: readonly (readonly FlowClass[])[] = isSent
    ? []
    : [interfaceClasses(journey, host, state.values, side)];
  const found = routeAll<bigint | undefined>(journey, host, {
    state,
    classes,
    anySource: true,
    answer: ({ destination, iif, oif, mark = 0 }, choose) => {
      const chosen =
        address === 'masquerade'
          ? masquerade(host, { family, destination, oif: oif ?? '', mark }, choose)
          : redirectAddress(host, iif, family, destination)?.address;
      return { key: `${chosen}`, result: chosen };
    },
  });
  return found.flatMap(({ when, result }) => {
    const path = bdd.and(state.path, when);
    if (result !== undefined) return path === 0 ? [] : [to(constantBits(result, width), path)];
    dropByStack(journey, { ...state, path }, 'nat-failed');
    return [];
  });
}

/** As src/core/trace/nat-range.ts: masquerade. */
function masquerade(
  host: Parameters<typeof lookupRoute>[0],
  flow: Parameters<typeof lookupRoute>[1] & { readonly oif: string },
  choose: Parameters<typeof lookupRoute>[2],
): bigint | undefined {
  const decision = lookupRoute(host, flow, choose);
  const gateway = decision.kind === 'unicast' && flow.family === 4 ? decision.gateway : undefined;
  return masqueradeAddress(host, flow.oif, gateway ?? flow.destination, flow.family)?.address;
}

/** Addresses of IPv4 stand in the upper bits. */
function withAddress(journey: Journey, values: Values, field: Field, bits: readonly Node[]): Values {
  const whole = [...bits, ...constant(0n, 128 - bits.length).bits];
  return withValues(journey, values, [[field, { kind: 'number', present: 1, bits: whole }]]);
}

/** Only TCP, UDP and UDP-Lite have ports; they stay as they are where they may. */
function withPort(journey: Journey, state: WalkState, request: NatRequest, name: string): WalkState {
  const { bdd } = journey;
  const { path, values } = state;
  const { manip, ports, basePort, random, fullyRandom } = request;
  const draws = random === true || fullyRandom === true;
  if (!ports && !draws) return state;
  const field = halves[manip].port;
  const old = bitsOf(journey, values, field);
  const range = ports ?? { lo: 0n, hi: 0xffffn };
  const isSingle = range.lo === range.hi;
  const isKept = draws || basePort !== undefined ? 0 : inRange(bdd, old, range);
  const fresh = isSingle
    ? constantBits(range.lo, old.length)
    : freeIn(journey, range, old.length, `the port that ${name} gives`);
  const protocol = bitsOf(journey, values, transportProtocol);
  const ported = bdd.minus(
    inRanges(bdd, protocol, [single(6n), single(17n), single(136n)]),
    isMarked(journey, values, laterFragment),
  );
  const changes = bdd.minus(ported, isKept);
  const bits = old.map((bit, at) => bdd.ite(changes, fresh[at] ?? 0, bit));
  return { path, values: withValues(journey, values, [[field, { kind: 'number', present: 1, bits }]]) };
}

function freeBits(journey: Journey, width: number, name: string): readonly Node[] {
  const symbols = journey.space.at({ hook: 'forward' });
  return Array.from({ length: width }, (_, at) => symbols.free(`${name}, bit ${width - 1 - at}`));
}

/** Free bits of a number in the range: all that are outside stand for its first. */
function freeIn(journey: Journey, range: Range, width: number, name: string): readonly Node[] {
  const { bdd } = journey;
  const bits = freeBits(journey, width, name);
  const isInside = inRange(bdd, bits, range);
  const first = constantBits(range.lo, width);
  return bits.map((bit, at) => bdd.ite(isInside, bit, first[at] ?? 0));
}
