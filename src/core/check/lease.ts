// Addresses that DHCP servers hand out, over the links of a network: a lease has a server, and what a server hands out
// nobody has fixed.
import { formatAddress } from '../datatype/address.ts';
import type { Place } from '../device/frame.ts';
import type { Link } from '../ir/policy.ts';
import { type DhcpServer, dhcpServers, onLinkOf } from '../network/dhcp.ts';
import { keyOf, makeWiring } from '../network/wiring.ts';
import type { Span } from '../text/source.ts';
import type { Host } from '../topology/host.ts';
import type { Report } from './report.ts';

/** A host, and where it is declared. */
interface Declared {
  readonly host: Host;
  readonly span: Span;
}

/** Warns about leases that no server on the link gives, and about fixed addresses that one gives to others. */
export function warnLeases(declared: readonly Declared[], links: readonly Link[], report: Report): void {
  const hosts = declared.map(({ host }) => host);
  const leases = declared.flatMap(leasesOf);
  if (leases.length === 0 && !hosts.some(handsOut)) return;
  const wiring = makeWiring({ hosts: hosts.map((host) => ({ host, ruleSet: { tables: [] } })), links });
  const servers = dhcpServers(hosts, wiring);
  const given = new Set(servers.flatMap(({ holders }) => holders.map(({ at, address }) => key(at, address))));
  for (const { at, address, span } of leases) {
    // Where nobody else is on the link, the file does not show who gives addresses there.
    const isAlone = onLinkOf(at, wiring).every(({ host }) => host === at.host);
    if (given.has(key(at, address)) || isAlone) continue;
    const message = `${placeText(at, address)} is leased, and nobody on its link hands it out`;
    report.complain('HK6131', message, { span });
  }
  for (const server of servers) warnFixed(server, declared, report);
}

function handsOut({ interfaces }: Host): boolean {
  return interfaces.some(({ dhcp }) => dhcp !== undefined);
}

/** What a server gives to others nobody has for himself. */
function warnFixed(
  { at: { host: server }, holders }: DhcpServer,
  declared: readonly Declared[],
  report: Report,
): void {
  for (const { at, address, leased } of holders) {
    const owner = declared.find(({ host }) => host.name === at.host);
    if (leased || !owner || at.host === server) continue;
    const message = `${placeText(at, address)} is fixed, and ${server} hands it out to others`;
    report.complain('HK6132', message, { span: owner.span });
  }
}

interface Lease {
  readonly at: Place;
  readonly address: bigint;
  readonly span: Span;
}

/** Leases of IPv4. */
function leasesOf({ host, span }: Declared): readonly Lease[] {
  return host.interfaces.flatMap(({ name, addresses }) =>
    addresses
      .filter(({ address, leased }) => leased && address.family === 4)
      .map(({ address }) => ({ at: { host: host.name, device: name }, address: address.value, span })),
  );
}

function key(at: Place, address: bigint): string {
  return `${keyOf(at)} ${address}`;
}

function placeText({ host, device }: Place, address: bigint): string {
  return `${formatAddress({ family: 4, value: address })} of ${host} \`${device}\``;
}
