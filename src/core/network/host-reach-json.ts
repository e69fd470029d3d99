// Which hosts reach which, as JSON.
import { formatAddress } from '../datatype/address.ts';
import type { JsonObject } from '../nft/json-value.ts';
import type { DhcpServer } from './dhcp.ts';
import type { Entrance, HostReach } from './host-reach.ts';

/** A pair of hosts, by what the one reaches the other, and why not by its other addresses. */
export function hostReachToJson({ from, to, verdict, by, failed }: HostReach): JsonObject {
  return {
    from,
    to,
    verdict,
    by: by.map(entranceToJson),
    failed: failed.map(({ to: address, failure, verdict: one }) => ({
      address: formatAddress(address),
      verdict: one,
      ...(failure && { failure: { ...failure } }),
    })),
  };
}

function entranceToJson({ door, port, reach }: Entrance): JsonObject {
  return {
    address: formatAddress(door.address),
    ...(door.port !== undefined && { port: door.port }),
    ...(port !== undefined && { arrivesAt: port }),
    verdict: reach.verdict,
  };
}

/** A server with the addresses of its range that hosts have. */
export function dhcpServerToJson({ at, range, holders }: DhcpServer): JsonObject {
  return {
    host: at.host,
    interface: at.device,
    first: ipv4Text(range.first),
    last: ipv4Text(range.last),
    leases: holders
      .filter(({ leased }) => leased)
      .map((one) => ({ host: one.at.host, interface: one.at.device, address: ipv4Text(one.address) })),
  };
}

function ipv4Text(value: bigint): string {
  return formatAddress({ family: 4, value });
}
