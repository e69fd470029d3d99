// A bridge: a switch inside of a host. Where a station is, its ports have learned; frames that others get are thrown away
// there, so that here all ports may get them.
import type { DeviceKind } from '../define.ts';
import { type Frame, isForGroup, type Passage, type Place, type Wiring } from '../frame.ts';
import { isSame } from '../wire.ts';

/** net/bridge/br_input.c: br_handle_frame_finish; net/bridge/br_device.c: br_dev_xmit; br_forward.c: should_deliver. */
export const bridge: DeviceKind = {
  kind: 'bridge',
  networkd: 'Bridge',
  netplan: 'bridges',
  summary: 'a switch inside of the host, with interfaces as its ports',
  settings: [
    { word: 'stp_state', value: 'number', networkd: 'STP', netplan: 'parameters.stp', default: 0 },
    { word: 'forward_delay', value: 'number', default: 1500 },
    { word: 'vlan_filtering', value: 'number', networkd: 'VLANFiltering', default: 0 },
    { word: 'mcast_snooping', value: 'number', networkd: 'MulticastSnooping', default: 1 },
  ],
  quiet: { stp_state: 0, forward_delay: 0, mcast_snooping: 0 },
  made: 'link',
  lower: 'none',
  hasPorts: true,
  carries: 'frames',
  mac: 'ports',
  transmit: (at, frame, wiring) => wiring.portsOf(at).map((by) => ({ kind: 'send', by, frame })),
  receiveFrom: (at, port, frame, wiring) => {
    const own: Passage = { kind: 'receive', at, frame };
    if (isOwn(at, frame, wiring)) return { passages: [own], goesOn: false };
    const onward = wiring
      .portsOf(at)
      .filter((other) => delivers(port, other, wiring))
      .map((by): Passage => ({ kind: 'send', by, frame }));
    const hears = isForGroup(frame) || isPromiscuous(at, wiring);
    return { passages: hears ? [own, ...onward] : onward, goesOn: false };
  },
};

/** The addresses of its ports are its own, too (net/bridge/br_fdb.c: br_fdb_add_local). */
function isOwn(at: Place, { destination }: Frame, wiring: Wiring): boolean {
  return [at, ...wiring.portsOf(at)].some((one) => wiring.macOf(one) === destination);
}

/** What stands on it with an address of its own makes it hear everything (net/core/dev.c: __dev_set_rx_mode). */
function isPromiscuous(at: Place, { above, macOf }: Wiring): boolean {
  return above(at).some((one) => macOf(one) !== macOf(at));
}

function delivers(from: Place, to: Place, { interfaceAt }: Wiring): boolean {
  const [source, goal] = [interfaceAt(from), interfaceAt(to)];
  if (source?.isolated && goal?.isolated) return false;
  return !isSame(from, to) || goal?.hairpin === true;
}
