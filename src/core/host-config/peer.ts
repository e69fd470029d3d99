// A peer of WireGuard, as several formats have it.
import type { TunnelPeer } from '../device/device.ts';
import type { HostDraft } from './draft.ts';
import { atRunTime } from './keys.ts';
import { addressOf, numberOf, prefixOf } from './value.ts';
import { behind, partOf, type Word } from './word.ts';

/** A peer from its networks, several of them in a word, and its endpoint. */
export function readPeer(
  networks: readonly Word[],
  endpoint: Word | undefined,
  draft: HostDraft,
): TunnelPeer {
  const allowed = networks
    .flatMap((word) => word.text.split(/[\s,;]+/).map((text) => partOf(word, text)))
    .filter(({ text }) => text !== '')
    .flatMap((word) => prefixOf(word, draft) ?? []);
  const at = endpoint && endpointOf(endpoint, draft);
  return { allowed, ...(at && { endpoint: at }) };
}

function endpointOf(word: Word, draft: HostDraft): TunnelPeer['endpoint'] | undefined {
  const [, bracketed] = /^\[(.*)\]:\d+$/.exec(word.text) ?? [];
  const colon = word.text.lastIndexOf(':');
  const host = { ...word, text: bracketed ?? word.text.slice(0, Math.max(colon, 0)) };
  if (bracketed === undefined && /[a-z]/i.test(host.text)) {
    atRunTime(draft, `the address of \`${host.text}\` is`, word);
    return undefined;
  }
  const address = addressOf(host, draft);
  const port = behind(word, colon + 1);
  const number = numberOf(port, draft, 16);
  return address && number !== undefined ? { ...address, port: number } : undefined;
}
