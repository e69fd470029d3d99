// Segments of TCP that captures show as one packet: received ones are put together before anybody sees them, those of the
// host are cut behind its devices (GRO and TSO). Sizes are then those of segments, which no capture tells.
import { interfaceNamed, known, type Run } from './run.ts';

/** Whether the packet stands for several segments, each of which fits (net/ipv4/ip_forward.c: ip_exceeds_mtu). */
export function isMerged(run: Run): boolean {
  const { injection } = run.request;
  const { packet } = injection;
  if (!injection.captured || run.isAnswer || packet.transport.kind !== 'tcp') return false;
  if (injection.direction === 'out') return true;
  const device = interfaceNamed(run, known(injection.iif));
  if (!device || packet.length <= device.mtu) return false;
  run.assumptions.add(`${device.name} had put segments together (GRO), each of which fits where it goes`);
  return true;
}
