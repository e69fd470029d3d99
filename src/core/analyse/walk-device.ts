// Packets and the devices that they come in and leave by: ports of bridges and bonds, and what stands on other devices. The
// counterpart of src/core/trace/bridge.ts, trunk.ts and leave.ts.
import { bridge as bridgeKind } from '../device/kind/bridge.ts';
import { macvlan } from '../device/kind/macvlan.ts';
import { kindOf } from '../device/registry.ts';
import { hasSpares, portsInUse } from '../device/trunk.ts';
import { inputInterface, metaPkttype, outputInterface } from '../field/meta.ts';
import type { Hook } from '../hook/hook.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host, Interface } from '../topology/host.ts';
import { vrfOf } from '../topology/vrf.ts';
import { bridgeCallsIp } from '../trace/bridge-netfilter.ts';
import type { Layer } from '../trace/order.ts';
import { lowerDevice } from '../trace/vlan.ts';
import {
  bitsOf,
  constant,
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
import type { WalkState } from './walk-state.ts';

/** Takes packets through a hook, at the layer of the journey if none is given. */
export type Pass = (hook: Hook, state: WalkState, layer?: Layer) => WalkState;

/** Takes received packets from their interfaces; those that IP gets, with the interface that they have there. */
export function receiveByDevices(journey: Journey, host: Host, state: WalkState, pass: Pass): WalkState {
  const going: WalkState[] = [];
  let rest = pass('ingress', leaveOut(journey, host, state, 'in'));
  for (const port of host.interfaces) {
    const above = host.interfaces.find(({ name }) => name === port.master);
    if (!above) continue;
    const [own, others] = divided(journey, rest, isNamed(journey, rest.values, 'in', port.name));
    rest = others;
    if (own.path !== 0) going.push(byPort({ journey, host, pass, above }, port, own));
  }
  return together(journey, [rest, ...going]);
}

/** Those by ports of bridges and bonds are left out where they fare as what comes in by these, and it was asked for. */
export function withoutPorts(journey: Journey, host: Host, state: WalkState): WalkState {
  const { ruleSet, withoutPorts: isAsked } = journey.request;
  if (!isAsked || tellsPorts(ruleSet)) return state;
  const above = (port: Interface) => host.interfaces.find(({ name }) => name === port.master);
  return host.interfaces.reduce((rest, port) => {
    const one = above(port);
    if (!one || !(kindOf(one) === bridgeKind || kindOf(one).trunk)) return rest;
    journey.assumptions.add(`ports of ${one.name} are not told apart: packets come in by ${one.name}`);
    return divided(journey, rest, isNamed(journey, rest.values, 'in', port.name))[1];
  }, state);
}

/** Whether rules may tell a port from the bridge or bond that it is one of, on the way in. */
export function tellsPorts(ruleSet: RuleSet): boolean {
  return seesFrames(ruleSet, 'ingress');
}

/** Whether rules see frames in bridges, or packets at single devices. */
function seesFrames({ tables }: RuleSet, hook: 'ingress' | 'egress'): boolean {
  return tables.some(
    ({ family, chains }) => family === 'bridge' || chains.some(({ base }) => base?.hook === hook),
  );
}

/** Devices with tables of their own, and those below what takes all of their frames: their packets are not followed. */
export function leaveOut(journey: Journey, host: Host, state: WalkState, side: 'in' | 'out'): WalkState {
  const out = host.interfaces.filter(
    ({ name }) => vrfOf(host, name) !== undefined || (side === 'in' && isTaken(host, name)),
  );
  const verb = side === 'in' ? 'come in' : 'leave';
  return out.reduce((rest, { name }) => {
    const [own, others] = divided(journey, rest, isNamed(journey, rest.values, side, name));
    const why = `the ways of packets that ${verb} by \`${name}\` are not worked out`;
    finish(journey, own, { verdict: 'depends', fate: 'depends', why });
    return others;
  }, state);
}

function isTaken({ interfaces }: Host, device: string): boolean {
  return interfaces.some(
    ({ type }) =>
      type?.kind === macvlan.kind && type.settings['mode'] === 'passthru' && type.lower?.device === device,
  );
}

interface ByPort {
  readonly journey: Journey;
  readonly host: Host;
  readonly pass: Pass;
  /** The device that the port is one of. */
  readonly above: Interface;
}

function byPort(by: ByPort, port: Interface, state: WalkState): WalkState {
  const { journey, host, pass, above } = by;
  if (kindOf(above) === bridgeKind) return byBridge(by, port, state);
  const { trunk } = kindOf(above);
  if (!trunk) return state;
  if (hasSpares(trunk, above) && !portsInUse(trunk, above, portsOf(host, above)).includes(port.name)) {
    dropByStack(journey, state, 'not-for-this-host');
    return { ...state, path: 0 };
  }
  return receiveByDevices(journey, host, cameBy(journey, state, above.name), pass);
}

function portsOf({ interfaces }: Host, above: Interface): readonly string[] {
  return interfaces.flatMap(({ name, master, up }) => (master === above.name && up ? [name] : []));
}

function cameBy(journey: Journey, { path, values }: WalkState, device: string): WalkState {
  return { path, values: withValues(journey, values, [[inputInterface, named(device)]]) };
}

function leavingBy(journey: Journey, { path, values }: WalkState, device: string): WalkState {
  return { path, values: withValues(journey, values, [[outputInterface, named(device)]]) };
}

/** A frame is for the bridge itself, or goes to another port: nobody tells which. */
function byBridge(by: ByPort, port: Interface, state: WalkState): WalkState {
  const { journey, host, pass, above } = by;
  const { bdd, space, request } = journey;
  const { calls, assumed } = bridgeCallsIp(host, request.ruleSet, journey.family);
  if (calls) {
    const why = `rules of IP see frames in the bridge \`${above.name}\`, whose ways are not worked out then`;
    finish(journey, state, { verdict: 'depends', fate: 'depends', why });
    return { ...state, path: 0 };
  }
  if (assumed !== undefined) journey.assumptions.add(assumed);
  const isOther = isValue(journey, state.values, metaPkttype, 3n);
  const isForBridge = space
    .at({ hook: 'forward' })
    .free(`a frame that comes in by ${port.name} is for ${above.name} itself`);
  const [mine, bridged] = divided(journey, state, isForBridge);
  passOn(by, port, withType(journey, bridged, 3n));
  const come = pass('input', pass('prerouting', withType(journey, mine, 0n), 'bridge'), 'bridge');
  const [others, meant] = divided(journey, come, bdd.and(isForBridge, isOther));
  dropByStack(journey, others, 'not-for-this-host');
  return receiveByDevices(journey, host, cameBy(journey, meant, above.name), pass);
}

/** What is not for many is for the host, or for another station. */
function withType(journey: Journey, { path, values }: WalkState, number: bigint): WalkState {
  const { bdd } = journey;
  const given = bitsOf(journey, values, metaPkttype);
  const isForMany = [1n, 2n].reduce<number>(
    (any, one) => bdd.or(any, isValue(journey, values, metaPkttype, one)),
    0,
  );
  const own = constant(number, given.length).bits;
  const bits = given.map((bit, at) => bdd.ite(isForMany, bit, own[at] ?? 0));
  return { path, values: withValues(journey, values, [[metaPkttype, { kind: 'number', present: 1, bits }]]) };
}

function passOn({ journey, host, pass, above }: ByPort, port: Interface, state: WalkState): void {
  const others = portsOf(host, above).filter((name) => name !== port.name);
  let rest = pass('prerouting', state, 'bridge');
  if (others.length === 0) dropByStack(journey, rest, 'not-for-this-host');
  for (const [at, name] of others.entries()) {
    const isLast = at === others.length - 1;
    const goes = journey.space.at({ hook: 'forward' }).free(`${above.name} passes the frame to ${name}`);
    const [own, more] = divided(journey, rest, isLast ? 1 : goes);
    rest = more;
    const forwarded = pass('forward', leavingBy(journey, own, name), 'bridge');
    const last = pass('postrouting', cameBy(journey, forwarded, ''), 'bridge');
    finish(journey, pass('egress', last), { verdict: 'accept', fate: 'forwarded', out: name });
  }
}

/** The devices below the one that packets leave by: the hooks of a bridge, and egress of each. */
export function sendByDevices(journey: Journey, host: Host, state: WalkState, pass: Pass): WalkState {
  if (!seesFrames(journey.request.ruleSet, 'egress')) return state;
  const going: WalkState[] = [];
  let rest = state;
  for (const one of host.interfaces) {
    const lower = lowerOf(host, one);
    if (lower.length === 0) continue;
    const [own, others] = divided(journey, rest, isNamed(journey, rest.values, 'out', one.name));
    rest = others;
    if (own.path !== 0) going.push(sendByLower({ journey, host, pass, above: one }, lower, own));
  }
  return together(journey, [rest, ...going]);
}

/** The ports of a bridge, or the device that a trunk, a VLAN or a macvlan sends by. */
function lowerOf(host: Host, one: Interface): readonly string[] {
  if (kindOf(one) === bridgeKind) return portsOf(host, one);
  const { trunk } = kindOf(one);
  if (trunk) return portsInUse(trunk, one, portsOf(host, one)).slice(0, 1);
  const lower = lowerDevice(host, one.name);
  return lower ? [lower.device] : [];
}

/** Behind them packets have their interface again. */
function sendByLower(
  { journey, host, pass, above }: ByPort,
  lower: readonly string[],
  state: WalkState,
): WalkState {
  const isBridge = kindOf(above) === bridgeKind;
  let rest = state;
  const gone = lower.map((name, at) => {
    const isLast = at === lower.length - 1;
    const goes = journey.space.at({ hook: 'forward' }).free(`it leaves ${above.name} by its port ${name}`);
    const [own, others] = divided(journey, rest, isLast ? 1 : goes);
    rest = others;
    const below = leavingBy(journey, own, name);
    const left = isBridge
      ? pass('egress', pass('postrouting', pass('output', below, 'bridge'), 'bridge'))
      : sendByDevices(journey, host, pass('egress', below), pass);
    return leavingBy(journey, left, above.name);
  });
  return together(journey, gone);
}
