// Bridges: a frame that comes in by a port goes to another port or to the bridge itself, and what this host sends by a
// bridge leaves by a port. net/bridge/br_input.c: br_handle_frame, br_handle_frame_finish; net/bridge/br_forward.c;
// net/bridge/br_device.c: br_dev_xmit.
import { bridge as bridgeKind } from '../device/kind/bridge.ts';
import { kindOf } from '../device/registry.ts';
import { isForMany, packetTypeAt, tagSize } from '../packet/frame.ts';
import type { Packet } from '../packet/packet.ts';
import type { Interface } from '../topology/host.ts';
import { runInBridge } from './bridge-netfilter.ts';
import { passEgress, runHook } from './hooks.ts';
import { enterMacvlan } from './macvlan.ts';
import { pathMtuBy } from './path-mtu.ts';
import { leaveInPieces } from './pieces.ts';
import { turnsBack } from './route-received.ts';
import { dropByStack, type End, interfaceNamed, known, layerOf, type Run } from './run.ts';
import { seeReceived } from './seen.ts';
import { enterTrunk } from './trunk.ts';
import { endTags, enterVlan } from './vlan.ts';

/**
 * Takes a packet from its interface: ingress, and on a port the hooks of the bridge. Undefined where IP or ARP get it; the
 * bridge, or that of a VLAN, is its interface from there on.
 */
export function receiveByDevice(run: Run): End | undefined {
  const port = interfaceNamed(run, known(run.iif));
  const bridge = bridgeOf(run, port);
  if (bridge || run.packet.frame) run.pkttype ??= packetTypeAt(run.packet.link, port?.mac);
  seeReceived(run);
  const end = runHook(run, 'ingress');
  if (end) return end;
  if (enterVlan(run)) return receiveByDevice(run);
  if (port && bridge) return receiveByPort(run, port, bridge);
  if (enterMacvlan(run)) return receiveByDevice(run);
  const above = enterTrunk(run);
  if (above) return above === 'entered' ? receiveByDevice(run) : above;
  const ended = endTags(run);
  return ended === 'entered' ? receiveByDevice(run) : ended;
}

/** The bridge that a device is a port of. */
function bridgeOf(run: Run, port: Interface | undefined): Interface | undefined {
  const above = interfaceNamed(run, port?.master);
  return above && kindOf(above) === bridgeKind ? above : undefined;
}

function receiveByPort(run: Run, port: Interface, bridge: Interface): End | undefined {
  const { link } = run.packet;
  if (link && isReserved(link.destination)) return receiveReserved(run, link.destination, bridge);
  if (link) run.stations = new Map([...run.stations, [link.source, port.name]]);
  if (run.packet.tags) run.assumptions.add(`${bridge.name} does not look at VLANs (vlan_filtering)`);
  let goal = frameGoesTo(run, port, bridge);
  run.layer = 'bridge';
  run.pkttype = typeInBridge(run, goal.to === bridge.name);
  const { destination } = run.packet;
  const end = runInBridge(run, 'prerouting', bridge.name, () => {
    if (run.packet.destination !== destination) goal = translatedGoesTo(run, port, bridge);
  });
  if (end) return end;
  const { to, why } = goal;
  run.steps.push({ kind: 'stack', why });
  if (to === undefined) return dropByStack(run, 'not-for-this-host', 'no other port is up');
  return to === bridge.name
    ? (runHook(run, 'input') ?? leaveBridge(run, bridge))
    : passOn(run, to, bridge.name);
}

/**
 * What was translated to another station of the bridge stays in it; all else the bridge itself gets, to be routed
 * (br_nf_pre_routing_finish). The frame gets another address.
 */
function translatedGoesTo(run: Run, port: Interface, bridge: Interface): Goal {
  const { host } = run.request;
  const { iif } = run;
  const { link: _link, ...bare } = run.packet;
  run.packet = bare;
  run.iif = bridge.name;
  const staysInside = host !== undefined && turnsBack(run, host);
  run.iif = iif;
  if (!staysInside) {
    run.pkttype = undefined;
    return { to: bridge.name, why: `its destination was translated: ${bridge.name} itself gets it` };
  }
  const others = otherPorts(run, port, bridge);
  const [first, ...more] = others;
  if (first === undefined) return { to: undefined, why: `${bridge.name} passes the frame nowhere` };
  const to =
    more.length === 0
      ? first
      : run.ask(`where the translated frame goes on ${bridge.name}`, [first, ...more]);
  return { to, why: `its destination was translated: ${bridge.name} passes the frame to ${to}` };
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

function otherPorts(run: Run, port: Interface, bridge: Interface): readonly string[] {
  return portsOf(run, bridge.name).flatMap(({ name }) => (name === port.name ? [] : [name]));
}

/** The packet comes to the bridge's own interface. */
function leaveBridge(run: Run, bridge: Interface): End | undefined {
  run.layer = layerOf(run.packet);
  run.ports &&= { in: run.ports.in };
  run.iif = bridge.name;
  return receiveByDevice(run);
}

/** Bridged frames do not belong to IP: what they carry stays as it is. */
function passOn(run: Run, port: string, bridge: string): End {
  run.oif = port;
  const end = runInBridge(run, 'forward', bridge);
  if (end) return end;
  run.iif = undefined;
  return (
    runInBridge(run, 'postrouting', bridge) ??
    cutForPort(run, port) ?? { verdict: 'accept', fate: 'forwarded' }
  );
}

/** Only where IP looks into frames, packets that are too long are cut (br_netfilter_hooks.c: br_nf_dev_queue_xmit). */
function cutForPort(run: Run, port: string): End | undefined {
  const mtu = run.ports ? pathMtuBy(run, port) : undefined;
  if (mtu !== undefined && run.family === 4 && run.pieces.length === 0 && isTooLongToCut(run.packet, mtu))
    return dropByStack(
      run,
      'fragmentation-needed',
      `${run.packet.length} bytes do not fit the ${mtu} of ${port}`,
    );
  return leaveInPieces(run, mtu, () => tooLongFor(run, port) ?? passEgress(run));
}

function isTooLongToCut({ length, fragment }: Packet, mtu: number): boolean {
  return fragment.dontFragment && length > mtu;
}

/** A bridge cuts nothing; a tag more than the MTU may go (net/core/dev.c: is_skb_forwardable). */
function tooLongFor(run: Run, port: string): End | undefined {
  const device = interfaceNamed(run, port);
  const [, ...inside] = run.packet.tags ?? [];
  const length = run.packet.length + inside.length * tagSize;
  if (!device || length <= device.mtu + tagSize) return undefined;
  return dropByStack(run, 'fragmentation-needed', `${length} bytes do not fit the ${device.mtu} of ${port}`);
}

/** Where a frame goes: the name of a port or of the bridge itself; undefined: nowhere. */
interface Goal {
  readonly to: string | undefined;
  readonly why: string;
}

function frameGoesTo(run: Run, port: Interface, bridge: Interface): Goal {
  const others = otherPorts(run, port, bridge);
  const { oif } = run.request.injection;
  const whose = addressee(run, bridge, others);
  const said = oif !== undefined && others.includes(oif) ? oif : undefined;
  if (whose === 'many' && said !== undefined)
    return {
      to: said,
      why: `the copy for ${said} of a frame to many; ${bridge.name} and other ports get copies`,
    };
  if (whose === 'many')
    return { to: bridge.name, why: `the copy for ${bridge.name} of a frame to many; other ports get copies` };
  const [first, ...more] = whose === 'another' ? others : [bridge.name, ...others];
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

/** A packet that leaves by a bridge goes through its hooks to a port. */
export function sendByPort(run: Run): End | undefined {
  const bridge = known(run.oif);
  const one = interfaceNamed(run, bridge);
  if (bridge === undefined || !one || kindOf(one) !== bridgeKind) return undefined;
  const [first, ...more] = portsOf(run, bridge).map(({ name }) => name);
  if (first === undefined) return undefined;
  const learned = run.stations.get(run.packet.link?.destination ?? 0n);
  const open = more.length > 0 && learned === undefined;
  const port = open ? run.ask(`by which port of ${bridge} it leaves`, [first, ...more]) : (learned ?? first);
  run.layer = 'bridge';
  run.oif = port;
  run.leftBy = port;
  const end =
    runHook(run, 'output') ?? runHook(run, 'postrouting') ?? tooLongFor(run, port) ?? passEgress(run);
  run.oif = bridge;
  run.layer = layerOf(run.packet);
  return end;
}
