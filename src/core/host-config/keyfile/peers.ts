// Peers of WireGuard in a keyfile: a section `[wireguard-peer.KEY]` for each; NetworkManager adds routes to their networks.
import type { AddressFamily } from '../../datatype/address.ts';
import type { AddressFacts } from '../../topology/facts.ts';
import { networkAddress } from '../../topology/prefix.ts';
import { complain, type HostDraft, type InterfaceDraft } from '../draft.ts';
import { lastOf, type Section } from '../ini.ts';
import { readPeer } from '../peer.ts';
import type { Prefix } from '../value.ts';

/** Whether a section is one of a peer. */
export function isPeer({ name }: Section): boolean {
  return name.text.startsWith('wireguard-peer.');
}

/** Adds the peers to an interface whose addresses are known, and their routes unless `peer-routes` is off. */
export function readPeers(sections: readonly Section[], link: InterfaceDraft, draft: HostDraft): void {
  const found = sections.filter(isPeer);
  if (link.type?.kind !== 'wireguard' || found.length === 0) return;
  const own = sections.filter(({ name }) => name.text === 'wireguard').flatMap(({ entries }) => entries);
  const withRoutes = !/^(?:0|false|no)$/.test(lastOf(own, 'peer-routes')?.text ?? '');
  const peers = found.map((section) => {
    const networks = lastOf(section.entries, 'allowed-ips');
    const peer = readPeer(networks ? [networks] : [], lastOf(section.entries, 'endpoint'), draft);
    if (withRoutes) for (const one of peer.allowed) addRoute(one, section, link, draft);
    return peer;
  });
  link.type = { ...link.type, peers };
}

/** Everything is reached by a table and rules of NetworkManager's choice; its own network it has anyway. */
function addRoute(
  { family, value, length }: Prefix,
  { name }: Section,
  link: InterfaceDraft,
  draft: HostDraft,
): void {
  const destination = networkAddress(family, value, length);
  if (length === 0)
    complain(
      draft,
      'HK8004',
      `that everything goes to a peer of \`${link.name}\` is left out`,
      name.span,
      'give what `ip -j route show table all` and `ip -j rule` print on the machine, too',
    );
  else if (!link.addresses.some((one) => isNetworkOf(one, family, destination, length)))
    draft.routes.push({ family, destination, prefixLength: length, device: link.name, span: name.span });
}

function isNetworkOf(one: AddressFacts, family: AddressFamily, destination: bigint, length: number): boolean {
  const { address, prefixLength } = one;
  return (
    address.family === family &&
    prefixLength === length &&
    networkAddress(family, address.value, length) === destination
  );
}
