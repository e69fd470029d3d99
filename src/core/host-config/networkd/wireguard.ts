// `[WireGuardPeer]` of a .netdev file: whom a tunnel of WireGuard may talk to.
import type { TunnelPeer } from '../../device/device.ts';
import { complain, type HostDraft } from '../draft.ts';
import { addressOf, numberOf, prefixOf } from '../value.ts';
import { behind, piecesOf, type Word } from '../word.ts';
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

/** A peer from its networks, several of them in a word, and its endpoint. */
function readPeer(networks: readonly Word[], endpoint: Word | undefined, draft: HostDraft): TunnelPeer {
  const allowed = networks
    .flatMap(({ span }) => piecesOf(span, /[^\s,;]+/g))
    .flatMap((word) => prefixOf(word, draft) ?? []);
  const at = endpoint && endpointOf(endpoint, draft);
  return { allowed, ...(at && { endpoint: at }) };
}

function endpointOf(word: Word, draft: HostDraft): TunnelPeer['endpoint'] | undefined {
  const [, bracketed] = /^\[(.*)\]:\d+$/.exec(word.text) ?? [];
  const colon = word.text.lastIndexOf(':');
  const host = { ...word, text: bracketed ?? word.text.slice(0, Math.max(colon, 0)) };
  if (bracketed === undefined && /[a-z]/i.test(host.text)) {
    complain(draft, 'HK8005', `the address of \`${host.text}\` is known at run time only`, word.span);
    return undefined;
  }
  const address = addressOf(host, draft);
  const port = behind(word, colon + 1);
  const number = numberOf(port, draft, 16);
  return address && number !== undefined ? { ...address, port: number } : undefined;
}
