// Routing of all packets by the tables of a host: src/core/trace/route-received.ts and reroute.ts for one packet.
import type { Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import { sourceAddress } from '../field/parts.ts';
import type { SymbolicName } from '../field/symbolic.ts';
import type { RouteDecision } from '../topology/decision.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { isLinkLocal6, isMulticast, limitedBroadcast } from '../topology/prefix.ts';
import { addressScope } from '../topology/rfc6724.ts';
import { selectSource } from '../topology/source-selection.ts';
import { forwards, lacksIpv6 } from '../topology/sysctl.ts';
import { hasCustomRules } from '../topology/tables.ts';
import { validateSource } from '../topology/validate.ts';
import type { StackReason } from '../trace/step.ts';
import {
  addressBits,
  constant,
  currentValue,
  divided,
  dropByStack,
  isNamed,
  type Journey,
  marks,
  named,
  withValues,
} from './journey.ts';
import { type AskedFlow, type Routed, routeAll } from './walk-classes.ts';
import type { FlowClass } from './walk-flow.ts';
import type { Values, WalkState } from './walk-state.ts';

/** Packets for this host, and those that go on; their output interface is set. */
export interface RoutedStates {
  readonly local: WalkState;
  readonly onward: WalkState;
}

/** The name of an interface that the host does not have: no rule of routing tells it from others. */
const elsewhere = '\0';

/** Packets by the interface of one side, as far as the host has it. */
export function interfaceClasses(
  journey: Journey,
  host: Host,
  values: Values,
  side: 'in' | 'out',
): readonly (FlowClass & { readonly name: string })[] {
  const value = currentValue(journey, values, side === 'in' ? inputInterface : outputInterface);
  const { bdd } = journey;
  const names = host.interfaces.map(({ name }) => name);
  const known = names.map((name) => ({ name, when: value.kind === 'name' ? value.is(name) : 0 }));
  const others = known.reduce<number>((rest, { when }) => bdd.minus(rest, when), 1);
  return [...known, { name: elsewhere, when: others }].map(({ name, when }) => ({
    name,
    when,
    flow: side === 'in' ? { iif: name } : { oif: name },
  }));
}

/** What is wrong with the addresses of received packets before any hook (validateSource: `header`), or with IPv6. */
export function refuseHeaders(journey: Journey, host: Host, state: WalkState): WalkState {
  const { family } = journey;
  if (family === 4) return state;
  let going = state;
  for (const { when, name } of interfaceClasses(journey, host, state.values, 'in')) {
    if (name === elsewhere || !lacksIpv6(host, name)) continue;
    const [off, on] = divided(journey, going, when);
    dropByStack(journey, off, 'ipv6-off');
    going = on;
  }
  const refused = routeAll<StackReason | undefined>(journey, host, {
    state: going,
    classes: [],
    alike: ({ destination }) =>
      `${destination === 1n} ${isMulticast(6, destination) && addressScope(destination) <= 1}`,
    answer: (flow) => {
      const rejected = validateSource(host, { ...flow, iif: elsewhere });
      const reason = rejected?.stage === 'header' ? rejected.reason : undefined;
      return { key: `${reason}`, result: reason };
    },
  });
  return refused.reduce((rest, { when, result }) => {
    if (result === undefined) return rest;
    const [wrong, right] = divided(journey, rest, when);
    dropByStack(journey, wrong, result);
    return right;
  }, going);
}

type Received = { readonly drop: StackReason } | 'local' | { readonly out: string };

/** The routing decision about received packets. `anew`: they come back by `lo`, translated. */
export function routeReceived(journey: Journey, host: Host, state: WalkState, anew = false): RoutedStates {
  const found = routeAll<Received>(journey, host, {
    state,
    classes: [interfaceClasses(journey, host, state.values, 'in')],
    ...(!dependsOnSource(journey, host) && { alike: (flow) => alikeName(host, flow) }),
    answer: (flow, choose) => answerReceived(host, { ...flow, iif: flow.iif ?? elsewhere }, choose, anew),
  });
  for (const { when, result } of found)
    if (typeof result === 'object' && 'drop' in result)
      dropByStack(journey, divided(journey, state, when)[0], result.drop);
  const local = found.find(({ result }) => result === 'local');
  const outs = found.flatMap(({ when, result }) =>
    typeof result === 'object' && 'out' in result ? [{ when, name: result.out }] : [],
  );
  return {
    local: { path: journey.bdd.and(state.path, local?.when ?? 0), values: state.values },
    onward: goingOut(journey, state, outs),
  };
}

/** Packets that have one of the output interfaces from here on. */
function goingOut(
  journey: Journey,
  state: WalkState,
  outs: readonly { readonly when: number; readonly name: string }[],
  field: Field = outputInterface,
): WalkState {
  const { bdd } = journey;
  const when = outs.reduce<number>((any, one) => bdd.or(any, one.when), 0);
  return {
    path: bdd.and(state.path, when),
    values: withValues(journey, state.values, [[field, namedBy(journey, outs)]]),
  };
}

/** A name that is another one for different packets. */
function namedBy(
  { bdd }: Journey,
  outs: readonly { readonly when: number; readonly name: string }[],
): SymbolicName {
  const names = outs.map(({ when, name }) => ({ when, value: named(name) }));
  return {
    kind: 'name',
    present: 1,
    is: (pattern) =>
      names.reduce<number>((any, { when, value }) => bdd.or(any, bdd.and(when, value.is(pattern))), 0),
  };
}

/** Whether routing may ask for the other address too. */
export function dependsOnSource({ family }: Pick<Journey, 'family'>, host: Host): boolean {
  if (family === 4) return hasCustomRules(host);
  const own = host.rules.filter((rule) => rule.family === 6);
  return own.some(({ from, to, iif, oif }) => from ?? to ?? iif ?? oif);
}

/** What source validation and rules of the stack can tell of a destination. */
function alikeName(host: Host, flow: AskedFlow): string {
  const { family, destination } = flow;
  const decision = lookupRoute(host, flow);
  const route = 'route' in decision ? decision.route : undefined;
  const special =
    destination <= 1n ||
    (family === 4
      ? destination === limitedBroadcast || destination >> 24n === 127n
      : isLinkLocal6(destination));
  return JSON.stringify([
    decision.kind,
    'device' in decision ? decision.device : '',
    'joined' in decision ? decision.joined : '',
    route?.type,
    route?.hops?.map(({ device, gateway }) => [device, `${gateway}`]),
    isMulticast(family, destination) && (family === 4 || addressScope(destination)),
    special && `${destination}`,
  ]);
}

function answerReceived(
  host: Host,
  flow: AskedFlow & { readonly iif: string },
  choose: Parameters<typeof lookupRoute>[2],
  anew: boolean,
): Routed<Received> {
  const decision = lookupRoute(host, flow, choose);
  const rejected = validateSource(host, flow, anew);
  if (rejected?.reason === 'martian-source') return dropped(rejected.reason);
  const refused = refusedReceived(host, flow, decision);
  if (refused) return dropped(refused);
  if (rejected) return dropped(rejected.reason);
  return decision.kind === 'unicast'
    ? { key: `out ${decision.device}`, result: { out: decision.device } }
    : { key: 'local', result: 'local' };
}

function dropped(drop: StackReason): Routed<{ readonly drop: StackReason }> {
  return { key: `drop ${drop}`, result: { drop } };
}

/** As src/core/trace/route-received.ts: refusedReceived. */
function refusedReceived(
  host: Host,
  { family, iif }: AskedFlow & { readonly iif: string },
  decision: RouteDecision,
): StackReason | undefined {
  const off = forwards(host, iif, family) ? undefined : 'forwarding-off';
  switch (decision.kind) {
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
    case 'no-route':
      return (family === 4 ? off : undefined) ?? decision.kind;
    case 'unicast':
      return off;
    case 'multicast':
      return decision.joined ? undefined : 'multicast-not-joined';
    case 'local':
    case 'broadcast':
      return undefined;
  }
}

type Sent = { readonly drop: StackReason } | { readonly out: string; readonly source?: bigint };

/** Packets by the interface that their sender is bound to, if any. */
function boundClasses(journey: Journey, host: Host, values: Values): readonly FlowClass[] {
  const free = isNamed(journey, values, 'out', '');
  const classes = interfaceClasses(journey, host, values, 'out');
  return [
    { when: free, flow: {} },
    ...classes.map(({ when, flow }) => ({ when: journey.bdd.minus(when, free), flow })),
  ];
}

/** How packets of this host are looked up: the first time, or again after their rules changed them. */
export type Lookup = 'first' | 'again';

/** The routing decision about packets of this host's own; they leave by the interface that it sets. */
export function routeSent(journey: Journey, host: Host, state: WalkState, lookup: Lookup): WalkState {
  const { bdd } = journey;
  const found = routeAll<Sent>(journey, host, {
    state,
    classes: lookup === 'first' ? [boundClasses(journey, host, state.values)] : [],
    answer: (flow, choose) => answerSent(host, flow, choose, lookup),
  });
  for (const { when, result } of found)
    if ('drop' in result) dropByStack(journey, divided(journey, state, when)[0], result.drop);
  const going = goingOut(
    journey,
    state,
    found.flatMap(({ when, result }) => ('out' in result ? [{ when, name: result.out }] : [])),
    lookup === 'first' ? outputInterface : marks.rerouted,
  );
  const chosen = found.flatMap(({ when, result }) =>
    'out' in result && result.source !== undefined ? [{ when, source: result.source }] : [],
  );
  if (chosen.length === 0) return going;
  const width = addressBits(journey, going.values, 'source').length;
  const before = currentValue(journey, going.values, sourceAddress);
  if (before.kind !== 'number') return going;
  const bits = chosen.reduce((old, { when, source }) => {
    const own = constant(source << BigInt(128 - width), 128).bits;
    return old.map((bit, at) => bdd.ite(when, own[at] ?? 0, bit));
  }, before.bits);
  return { ...going, values: withValues(journey, going.values, [[sourceAddress, { ...before, bits }]]) };
}

function answerSent(
  host: Host,
  { source, ...flow }: AskedFlow,
  choose: Parameters<typeof lookupRoute>[2],
  lookup: Lookup,
): Routed<Sent> {
  const asked =
    lookup === 'first' ? { ...flow, ...(source !== 0n && { source }) } : { ...flow, source, anySource: true };
  const decision = lookupRoute(host, asked, choose);
  switch (decision.kind) {
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
    case 'no-route':
      return dropped(decision.kind);
    case 'local':
    case 'broadcast':
    case 'multicast':
    case 'unicast': {
      const out = decision.kind === 'local' ? (decision.vrf ?? 'lo') : decision.device;
      if (source !== 0n || lookup === 'again') return { key: `out ${out}`, result: { out } };
      const chosen = selectSource(host, decision);
      if (!chosen) return dropped('no-source-address');
      return { key: `out ${out} from ${chosen.address}`, result: { out, source: chosen.address } };
    }
  }
}
