// `[WireGuardPeer]` of a .netdev file: whom a tunnel of WireGuard may talk to.
import type { TunnelPeer } from '../../device/device.ts';
import type { HostDraft } from '../draft.ts';
import { readPeer } from '../peer.ts';
import type { Word } from '../word.ts';
import type { Unit } from './format.ts';
import { sectionsOf } from './sections.ts';

/** The peers in their order. */
export function wireguardPeers(unit: Unit, draft: HostDraft): readonly TunnelPeer[] {
  return sectionsOf(unit, 'WireGuardPeer').map(({ entries }) => {
    const valuesOf = (name: string): readonly Word[] =>
      entries.filter(({ key }) => key.text === name).map(({ value }) => value);
    return readPeer(valuesOf('AllowedIPs'), valuesOf('Endpoint').at(-1), draft);
  });
}
