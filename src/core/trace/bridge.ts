// Bridges: a frame that comes in by a port goes to another port or to the bridge itself, and what this host sends by a
// bridge leaves by a port. net/bridge/br_input.c: br_handle_frame, br_handle_frame_finish; net/bridge/br_forward.c;
// net/bridge/br_device.c: br_dev_xmit.
import type { Interface } from '../topology/host.ts';
import { runHook } from './hooks.ts';
import { dropByStack, type End, known, type Run } from './run.ts';

/** The lowest bit of the first byte: the frame is for many stations. */
const groupBit = 1n << 40n;

/**
 * Takes a packet behind the ingress of its interface. On a port it passes the hooks of the bridge: undefined where the
 * bridge itself gets it, which is its interface from there on.
 */
export function receiveByPort(run: Run): End | undefined {
  const port = interfaceOf(run, known(run.iif));
  const bridge = interfaceOf(run, port?.master);
  if (!port || !bridge) return undefined;
  const { to, why } = frameGoesTo(run, port, bridge);
  run.layer = 'bridge';
  if (to !== bridge.name) run.pkttype = 'other';
  const end = runHook(run, 'prerouting') ?? filteredByIp(run);
  if (end) return end;
  run.steps.push({ kind: 'stack', why });
  if (to === undefined) return dropByStack(run, 'not-for-this-host', 'no other port is up');
  return to === bridge.name ? (runHook(run, 'input') ?? leaveBridge(run, bridge)) : passOn(run, to);
}

function interfaceOf({ request: { host } }: Run, name: string | undefined): Interface | undefined {
  return host?.interfaces.find((one) => one.name === name);
}

function portsOf({ request: { host } }: Run, bridge: string): readonly Interface[] {
  return (host?.interfaces ?? []).filter(({ master, up }) => master === bridge && up);
}

/** The packet comes to the bridge's own interface. */
function leaveBridge(run: Run, bridge: Interface): End | undefined {
  run.layer = run.family;
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
  const address = run.packet.link?.destination ?? 0n;
  if ((address & groupBit) !== 0n) return 'many';
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
  const port = more.length === 0 ? first : run.ask(`by which port of ${bridge} it leaves`, [first, ...more]);
  run.layer = 'bridge';
  run.oif = port;
  const end = runHook(run, 'output') ?? runHook(run, 'postrouting') ?? runHook(run, 'egress');
  run.oif = bridge;
  run.layer = run.family;
  return end;
}
