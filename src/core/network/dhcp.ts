// Who hands out addresses to whom, over the links of a network.
import type { Place, Wiring } from '../device/frame.ts';
import { isHandedOut } from '../topology/dhcp.ts';
import type { DhcpRange, Host } from '../topology/host.ts';
import { carry } from './carry.ts';
import { keyOf } from './wiring.ts';

/** A range that a server hands out, and who has addresses of it. */
export interface DhcpServer {
  readonly at: Place;
  readonly range: DhcpRange;
  /** Of the devices on its link those with an address of the range; `leased`: it is marked so. */
  readonly holders: readonly Holder[];
}

/** A device with an address of a range. */
export interface Holder {
  readonly at: Place;
  readonly address: bigint;
  readonly leased: boolean;
}

/** All servers, in the order of the hosts. */
export function dhcpServers(hosts: readonly Host[], wiring: Wiring): readonly DhcpServer[] {
  return hosts.flatMap((host) =>
    host.interfaces.flatMap(({ name, dhcp = [] }) => {
      const at = { host: host.name, device: name };
      const heard = dhcp.length > 0 ? onLinkOf(at, wiring) : [];
      return dhcp.map((range) => ({ at, range, holders: heard.flatMap((one) => held(one, range, wiring)) }));
    }),
  );
}

function held(at: Place, range: DhcpRange, wiring: Wiring): readonly Holder[] {
  return (wiring.interfaceAt(at)?.addresses ?? [])
    .filter(({ address }) => address.family === 4 && isHandedOut(range, address.value))
    .map(({ address, leased = false }) => ({ at, address: address.value, leased }));
}

/** Where a question to everybody gets to; each place once. */
export function onLinkOf(at: Place, wiring: Wiring): readonly Place[] {
  const frame = { source: wiring.macOf(at), destination: 0xffff_ffff_ffffn, tags: [] };
  const places = carry(wiring, at, frame).arrivals.map((one) => one.at);
  return [...new Map(places.map((place) => [keyOf(place), place])).values()];
}
