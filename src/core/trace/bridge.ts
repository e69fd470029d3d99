// Bridges: a frame that comes in by a port goes to another port or to the bridge itself, and what this host sends by a
// bridge leaves by a port. net/bridge/br_input.c: br_handle_frame, br_handle_frame_finish; net/bridge/br_forward.c;
// net/bridge/br_device.c: br_dev_xmit.
import { isForMany, packetTypeAt } from '../packet/frame.ts';
import type { Interface } from '../topology/host.ts';
import { runHook } from './hooks.ts';
import { dropByStack, type End, interfaceNamed, known, layerOf, type Run } from './run.ts';

/**
 * Takes a packet from its interface, behind its ingress. On a port it passes the hooks of the bridge: undefined where the
 * bridge itself gets it, which is its interface from there on.
 */
export function receiveByDevice(run: Run): End | undefined {
  const port = interfaceNamed(run, known(run.iif));
  const bridge = interfaceNamed(run, port?.master);
  if (bridge || run.packet.frame) run.pkttype ??= packetTypeAt(run.packet.link, port?.mac);
  return runHook(run, 'ingress') ?? (port && bridge && receiveByPort(run, port, bridge));
}

function receiveByPort(run: Run, port: Interface, bridge: Interface): End | undefined {
  const { link } = run.packet;
  if (link && isReserved(link.destination)) return receiveReserved(run, link.destination, bridge);
  if (link) run.stations = new Map([...run.stations, [link.source, port.name]]);
  const { to, why } = frameGoesTo(run, port, bridge);
  run.layer = 'bridge';
  run.pkttype = typeInBridge(run, to === bridge.name);
  const end = runHook(run, 'prerouting') ?? filteredByIp(run);
  if (end) return end;
  run.steps.push({ kind: 'stack', why });
  if (to === undefined) return dropByStack(run, 'not-for-this-host', 'no other port is up');
  return to === bridge.name ? (runHook(run, 'input') ?? leaveBridge(run, bridge)) : passOn(run, to);
}

/** By its address, or by where it goes (net/bridge/br_input.c: br_handle_frame). */
function typeInBridge({ packet: { link } }: Run, toBridge: boolean): Run['pkttype'] {
  const type = packetTypeAt(link, undefined);
  return type ?? (toBridge ? 'host' : 'other');
}

/** Addresses for the stations at both ends of one wire (IEEE 802.1D, 7.12.6), but for that of spanning trees. */
function isReserved(destination: bigint): boolean {
  return destination >> 4n === 0x0180c200000n && destination !== 0x0180c2000000n;
}

const pause = 0x0180c2000001n;
const discovery = 0x0180c200000en;

/** They stay with the port (net/bridge/br_input.c: br_handle_frame). */
function receiveReserved(run: Run, destination: bigint, bridge: Interface): End | undefined {
  if (destination === pause) return dropByStack(run, 'not-for-this-host', 'pause frames are for the card');
  run.assumptions.add(`${bridge.name} passes on no frames for one wire alone (group_fwd_mask)`);
  if (destination === discovery) return undefined;
  run.layer = 'bridge';
  const end = runHook(run, 'input');
  run.layer = layerOf(run.packet);
  return end;
}

function portsOf({ request: { host } }: Run, bridge: string): readonly Interface[] {
  return (host?.interfaces ?? []).filter(({ master, up }) => master === bridge && up);
}

/** The packet comes to the bridge's own interface. */
function leaveBridge(run: Run, bridge: Interface): End | undefined {
  run.layer = layerOf(run.packet);
  run.iif = bridge.name;
  return runHook(run, 'ingress');
}

/** Bridged frames do not belong to IP: what they carry stays as it is. */
function passOn(run: Run, port: string): End {
  run.oif = port;
  const end = runHook(run, 'forward');
  if (end) return end;
  run.iif = undefined;
  return runHook(run, 'postrouting') ?? runHook(run, 'egress') ?? { verdict: 'accept', fate: 'forwarded' };
}

/** Where a frame goes: the name of a port or of the bridge itself; undefined: nowhere. */
interface Goal {
  readonly to: string | undefined;
  readonly why: string;
}

function frameGoesTo(run: Run, port: Interface, bridge: Interface): Goal {
  const others = portsOf(run, bridge.name).flatMap(({ name }) => (name === port.name ? [] : [name]));
  const { oif } = run.request.injection;
  const whose = addressee(run, bridge, others);
  if (whose === 'many')
    return { to: bridge.name, why: `the copy for ${bridge.name} of a frame to many; other ports get copies` };
  const [first, ...more] = whose === 'another' ? others : [bridge.name, ...others];
  const said = oif !== undefined && others.includes(oif) ? oif : undefined;
  const isOpen = whose !== 'own' && said === undefined && first !== undefined && more.length > 0;
  const to = isOpen ? run.ask(`where the frame goes on ${bridge.name}`, [first, ...more]) : (said ?? first);
  const goal = whose === 'own' ? bridge.name : to;
  if (goal === bridge.name) return { to: goal, why: `the frame is for ${goal} itself` };
  return {
    to: goal,
    why: `${bridge.name} passes the frame ${goal === undefined ? 'nowhere' : `to ${goal}`}`,
  };
}

/** Whose the address of a frame is, or by its description must be: the bridge's own, or not; undefined: not known. */
function addressee(
  run: Run,
  bridge: Interface,
  others: readonly string[],
): 'own' | 'another' | 'many' | undefined {
  const { oif, local } = run.request.injection;
  const { link } = run.packet;
  const address = link?.destination ?? 0n;
  if (link && isForMany(link)) return 'many';
  if (address !== 0n) {
    const own = [bridge, ...portsOf(run, bridge.name)].map(({ mac }) => mac);
    if (own.includes(address)) return 'own';
    if (!own.includes(undefined)) return 'another';
  }
  if (oif !== undefined) return others.includes(oif) ? 'another' : 'own';
  return local ? 'own' : undefined;
}

/** With br_netfilter and its sysctl the rules of IP see frames, too; how is not followed. */
function filteredByIp(run: Run): End | undefined {
  if (run.packet.frame) return undefined;
  const name = `net.bridge.bridge-nf-call-ip${run.family === 4 ? '' : '6'}tables`;
  const value = run.request.host?.sysctls.get(name);
  if (value === undefined) run.assumptions.add('br_netfilter is not loaded');
  if (value === undefined || value === '0') return undefined;
  const answer = run.ask(`what rules of IP do to bridged frames (${name})`, [
    'they pass',
    'they are dropped',
  ]);
  return answer === 'they pass' ? undefined : { verdict: 'drop', fate: 'dropped' };
}

/** A packet that leaves by a bridge goes through its hooks to a port. */
export function sendByPort(run: Run): End | undefined {
  const bridge = known(run.oif);
  const ports = bridge === undefined ? [] : portsOf(run, bridge).map(({ name }) => name);
  const [first, ...more] = ports;
  if (bridge === undefined || first === undefined) return undefined;
  const learned = run.stations.get(run.packet.link?.destination ?? 0n);
  const open = more.length > 0 && learned === undefined;
  const port = open ? run.ask(`by which port of ${bridge} it leaves`, [first, ...more]) : (learned ?? first);
  run.layer = 'bridge';
  run.oif = port;
  const end = runHook(run, 'output') ?? runHook(run, 'postrouting') ?? runHook(run, 'egress');
  run.oif = bridge;
  run.layer = layerOf(run.packet);
  return end;
}
