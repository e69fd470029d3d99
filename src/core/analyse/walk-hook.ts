// Everything at one hook for all packets, in order: the counterpart of src/core/trace/hooks.ts.

import { inputInterface, outputInterface } from '../field/meta.ts';
import { hopLimit } from '../field/parts.ts';
import type { Hook } from '../hook/hook.ts';
import { ordersOfLoading } from '../trace/loading.ts';
import { type HookedChain, type HookFunction, hookFunctions, type Layer, runAlike } from '../trace/order.ts';
import type { ChainPlace, Deciding } from '../trace/step.ts';
import {
  divided,
  dropByStack,
  finish,
  isNamed,
  isValue,
  type Journey,
  named,
  together,
  withValues,
} from './journey.ts';
import { type Budget, demandTime } from './lint/budget.ts';
import { type ChainEnds, type Decided, walkRules } from './walk-chain.ts';
import { holdFragments, trackAs, trackConnections } from './walk-conntrack.ts';
import { askRouting } from './walk-fib.ts';
import { ruleWalk, type Seen } from './walk-place.ts';
import type { WalkState } from './walk-state.ts';

/** What a hook does beside running chains; given, so that it may need the hooks again. */
export interface HookParts {
  nat(journey: Journey, hook: Hook, one: Extract<HookFunction, { kind: 'nat' }>, state: WalkState): WalkState;
  reroute(journey: Journey, before: WalkState, behind: WalkState): WalkState;
}

/** Takes packets through a hook, as packets of IP or as frames in a bridge; those that go on. */
export function walkHook(
  journey: Journey,
  hook: Hook,
  state: WalkState,
  parts: HookParts,
  layer: Layer = journey.family,
): WalkState {
  if (hook !== 'ingress' && hook !== 'egress')
    return walkFunctions(journey, { hook, layer, device: undefined }, state, parts);
  const going: WalkState[] = [];
  let rest = state;
  for (const device of devicesAt(journey, hook)) {
    const side = hook === 'ingress' ? 'in' : 'out';
    const [own, others] = divided(journey, rest, isNamed(journey, rest.values, side, device));
    going.push(walkFunctions(journey, { hook, layer, device }, own, parts));
    rest = others;
  }
  return together(journey, [
    walkFunctions(journey, { hook, layer, device: undefined }, rest, parts),
    ...going,
  ]);
}

/** Devices that base chains at a hook hang on. */
function devicesAt({ request: { ruleSet } }: Journey, hook: Hook): readonly string[] {
  const bases = ruleSet.tables.flatMap(({ chains }) => chains.flatMap(({ base }) => base ?? []));
  return [...new Set(bases.flatMap((base) => (base.hook === hook ? (base.devices ?? []) : [])))];
}

/** Where functions are registered. */
interface HookPlace {
  readonly hook: Hook;
  readonly layer: Layer;
  readonly device: string | undefined;
}

/** Where several rule sets were loaded in an order that nobody told, packets are taken through each order that matters. */
function walkFunctions(journey: Journey, place: HookPlace, state: WalkState, parts: HookParts): WalkState {
  if (state.path === 0) return state;
  const { ruleSet } = journey.request;
  const { hook, layer, device } = place;
  const inOrder = (order: number) => hookFunctions(ruleSet, hook, layer, device, order);
  const through = (order: number, some: WalkState) =>
    inOrder(order).reduce(
      (before, one) => (before.path === 0 ? before : walkFunction(journey, hook, one, before, parts)),
      some,
    );
  const orders = ordersOfLoading(ruleSet);
  if (!orders.some((_, order) => !runAlike(inOrder(order), inOrder(0)))) return through(0, state);
  const symbols = journey.space.at({ hook: 'forward' });
  let rest = state;
  const behind = orders.slice(1).map((name, at) => {
    const [own, others] = divided(journey, rest, symbols.free(`the rules were loaded as ${name}`));
    rest = others;
    return through(at + 1, own);
  });
  return together(journey, [through(0, rest), ...behind]);
}

function walkFunction(
  journey: Journey,
  hook: Hook,
  one: HookFunction,
  state: WalkState,
  parts: HookParts,
): WalkState {
  switch (one.kind) {
    case 'chain': {
      const behind = walkFilter(journey, hook, one.hooked, state, parts);
      return one.hooked.base.type === 'route' ? parts.reroute(journey, state, behind) : behind;
    }
    case 'defrag':
      return holdFragments(journey, state);
    case 'conntrack':
      return trackConnections(journey, state);
    case 'nat':
      return parts.nat(journey, hook, one, state);
    case 'confirm':
      return state;
  }
}

function walkFilter(
  journey: Journey,
  hook: Hook,
  hooked: HookedChain,
  state: WalkState,
  parts: HookParts,
): WalkState {
  const { decided, end } = walkBaseChain(journey, hook, hooked, state);
  const accepted = decided.filter(({ result }) => result.kind === 'accept');
  for (const one of decided)
    if (one.result.kind === 'leave') leaveAtOnce(journey, one, one.result, parts);
    else if (one.result.kind !== 'accept') endByRule(journey, one);
  return together(journey, [...accepted, endByPolicy(journey, hooked, end)]);
}

/** Takes packets through a base chain, and remembers what it decided. */
export function walkBaseChain(
  journey: Journey,
  hook: Hook,
  hooked: HookedChain,
  state: WalkState,
): ChainEnds {
  const { space, request } = journey;
  const { table, chain, base } = hooked;
  const walk = {
    ...ruleWalk(space, table, hook, {
      seen: request.budget ? countingRules(request.budget, request.seen) : request.seen,
      nameOf: request.nameOf,
      routedFor: (values) => askRouting(journey, hook, values),
    }),
    track: (values: WalkState['values'], how: 'untrack' | 'set-zone') => trackAs(journey, values, how),
  };
  const ends = walkRules(walk, chain, state);
  const nat = base.type === 'nat';
  for (const one of ends.decided)
    journey.decisions.push({ node: one.path, hook, nat, result: resultOf(one), deciding: decidingOf(one) });
  const deciding = { by: 'policy', ...placeOf(hooked) } as const;
  if (ends.end.path !== 0)
    journey.decisions.push({ node: ends.end.path, hook, nat, result: base.policy, deciding });
  return ends;
}

/** Every rule that packets come to is a step. */
function countingRules(budget: Budget, seen: Seen | undefined): Seen {
  return (...told) => {
    budget.step();
    demandTime(budget);
    seen?.(...told);
  };
}

function placeOf({ table, chain }: HookedChain): ChainPlace {
  return { family: table.family, table: table.name, chain: chain.name };
}

function resultOf({ result }: Decided): Journey['decisions'][number]['result'] {
  return result.kind === 'leave' ? 'accept' : result.kind;
}

/** The rule that decided. */
export function decidingOf({ place }: Decided): Deciding {
  return { by: 'rule', ...place };
}

/** Ends what a rule drops, rejects or queues. */
export function endByRule(journey: Journey, decided: Decided): void {
  const { kind } = decided.result;
  if (kind !== 'drop' && kind !== 'reject' && kind !== 'queue') return;
  finish(journey, decided, { verdict: kind, fate: fates[kind], deciding: decidingOf(decided) });
}

const fates = { drop: 'dropped', reject: 'rejected', queue: 'queued' } as const;

/** What the policy of a base chain leaves of what came to its end. */
export function endByPolicy(journey: Journey, hooked: HookedChain, end: WalkState): WalkState {
  if (hooked.base.policy === 'accept') return end;
  const deciding = { by: 'policy', ...placeOf(hooked) } as const;
  finish(journey, end, { verdict: 'drop', fate: 'dropped', deciding });
  return { ...end, path: 0 };
}

/** Only the egress of the device is left to pass (src/core/trace/hooks.ts: sendAtOnce). */
function leaveAtOnce(
  journey: Journey,
  { path, values }: WalkState,
  { device, hop }: { readonly device: string; readonly hop: boolean },
  parts: HookParts,
): void {
  const leaving = withValues(journey, values, [
    [inputInterface, named('')],
    [outputInterface, named(device)],
  ]);
  const isOver = hop
    ? journey.bdd.or(isValue(journey, values, hopLimit, 0n), isValue(journey, values, hopLimit, 1n))
    : 0;
  const [over, going] = divided(journey, { path, values: leaving }, isOver);
  dropByStack(journey, over, 'ttl-exceeded');
  const end = walkHook(journey, 'egress', going, parts);
  const fate = journey.request.direction === 'in' ? 'forwarded' : 'sent';
  finish(journey, end, { verdict: 'accept', fate, out: device });
}
