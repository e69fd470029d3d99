// The peers of a WireGuard tunnel of netplan.
import type { TunnelPeer } from '../../device/device.ts';
import type { HostDraft } from '../draft.ts';
import { readPeer } from '../peer.ts';
import type { YamlNode } from './yaml.ts';

/** Reads the list. */
export function readPeers({ items = [] }: YamlNode, draft: HostDraft): readonly TunnelPeer[] {
  return items.map(({ entries = [] }) => {
    const at = (name: string): YamlNode | undefined => entries.find(({ key }) => key.text === name)?.value;
    const allowed = at('allowed-ips');
    return readPeer(allowed?.items ?? (allowed ? [allowed] : []), at('endpoint'), draft);
  });
}
