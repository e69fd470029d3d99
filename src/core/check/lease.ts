// Addresses that DHCP servers hand out, over the links of a network: a lease has a server, and what a server hands out
// nobody has fixed.
import { formatAddress } from '../datatype/address.ts';
import type { Place, Wiring } from '../device/frame.ts';
import type { Link } from '../ir/policy.ts';
import { carry } from '../network/carry.ts';
import { keyOf, makeWiring } from '../network/wiring.ts';
import type { Span } from '../text/source.ts';
import { isHandedOut } from '../topology/dhcp.ts';
import type { DhcpRange, Host } from '../topology/host.ts';
import type { Report } from './report.ts';

/** A host, and where it is declared. */
interface Declared {
  readonly host: Host;
  readonly span: Span;
}

/** Warns about leases that no server on the link gives, and about fixed addresses that one gives to others. */
export function warnLeases(hosts: readonly Declared[], links: readonly Link[], report: Report): void {
  const addresses = hosts.flatMap(addressesWithPlace);
  const servers = hosts.flatMap(serversOf);
  if (servers.length === 0 && !addresses.some(({ leased }) => leased)) return;
  const wiring = makeWiring({ hosts: hosts.map(({ host }) => ({ host, ruleSet: { tables: [] } })), links });
  const offered = offers(servers, wiring);
  for (const { place, value, leased, span } of addresses) {
    const server = (offered.get(keyOf(place)) ?? []).find(({ range }) => isHandedOut(range, value));
    const text = `${formatAddress({ family: 4, value })} of ${place.host} \`${place.device}\``;
    if (leased && !server && hasOthers(place, wiring))
      report.complain('HK6131', `${text} is leased, and nobody on its link hands it out`, { span });
    if (!leased && server && server.place.host !== place.host)
      report.complain('HK6132', `${text} is fixed, and ${server.place.host} hands it out to others`, {
        span,
      });
  }
}

interface Server {
  readonly place: Place;
  readonly range: DhcpRange;
}

function serversOf({ host }: Declared): readonly Server[] {
  return host.interfaces.flatMap(({ name, dhcp = [] }) =>
    dhcp.map((range) => ({ place: { host: host.name, device: name }, range })),
  );
}

/** A fixed or leased address of IPv4. */
interface Placed {
  readonly place: Place;
  readonly value: bigint;
  readonly leased: boolean;
  readonly span: Span;
}

function addressesWithPlace({ host, span }: Declared): readonly Placed[] {
  return host.interfaces.flatMap(({ name, addresses }) =>
    addresses
      .filter(({ address }) => address.family === 4)
      .map(({ address, leased = false }) => {
        const place = { host: host.name, device: name };
        return { place, value: address.value, leased, span };
      }),
  );
}

/** By each device that a broadcast of a server gets to, what it offers there. */
function offers(servers: readonly Server[], wiring: Wiring): ReadonlyMap<string, readonly Server[]> {
  const found = new Map<string, Server[]>();
  for (const server of servers)
    for (const at of heardFrom(server.place, wiring))
      found.set(keyOf(at), [...(found.get(keyOf(at)) ?? []), server]);
  return found;
}

function heardFrom(place: Place, wiring: Wiring): readonly Place[] {
  const frame = { source: wiring.macOf(place), destination: 0xffff_ffff_ffffn, tags: [] };
  return carry(wiring, place, frame).arrivals.map(({ at }) => at);
}

/** Where nobody else is on the link, the file does not show who gives addresses there. */
function hasOthers(place: Place, wiring: Wiring): boolean {
  return heardFrom(place, wiring).some(({ host }) => host !== place.host);
}
