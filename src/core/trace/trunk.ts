// Bonds and teams: what comes in by a port has the trunk as its interface, and what leaves by it leaves by a port.
// drivers/net/bonding/bond_main.c: bond_handle_frame, bond_start_xmit.
import { kindOf } from '../device/registry.ts';
import { hasSpares, portsInUse, type Trunk } from '../device/trunk.ts';
import type { Interface } from '../topology/host.ts';
import { dropByStack, type End, interfaceNamed, known, type Run } from './run.ts';

/** Gives what a port has received to its trunk; undefined: the device is no such port. */
export function enterTrunk(run: Run): End | 'entered' | undefined {
  const port = interfaceNamed(run, known(run.iif));
  const above = interfaceNamed(run, port?.master);
  const trunk = above && kindOf(above).trunk;
  if (!port || !trunk) return undefined;
  if (hasSpares(trunk, above) && !usedPorts(run, trunk, above).includes(port.name))
    return dropByStack(run, 'not-for-this-host', `${port.name} is the spare port of ${above.name}`);
  run.iif = above.name;
  run.steps.push({ kind: 'stack', why: `${port.name} is a port of ${above.name}` });
  return 'entered';
}

/** The port that a trunk sends by; `none`: no port of it is up; undefined: the device is no trunk. */
export function portOfTrunk(run: Run, name: string): string | undefined {
  const one = interfaceNamed(run, name);
  const trunk = one && kindOf(one).trunk;
  if (!trunk) return undefined;
  const [port, ...others] = usedPorts(run, trunk, one);
  if (port !== undefined && (others.length > 0 || (!hasSpares(trunk, one) && portsOf(run, name).length > 1)))
    run.assumptions.add(`of the ports of ${name} it leaves by ${port}`);
  return port;
}

function usedPorts(run: Run, trunk: Trunk, one: Interface): readonly string[] {
  return portsInUse(trunk, one, portsOf(run, one.name));
}

function portsOf({ request: { host } }: Run, name: string): readonly string[] {
  return (host?.interfaces ?? []).flatMap((one) => (one.master === name && one.up ? [one.name] : []));
}
