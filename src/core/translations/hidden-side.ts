// The sides of connections that NAT hides: one line for each source that leaves a host changed.
import type { Entry } from '../conntrack/entry.ts';
import type { AddressFamily } from '../datatype/address.ts';
import {
  isDestinationTranslated,
  isSourceTranslated,
  type TranslatedEnd,
  type Translation,
  translationOf,
} from './translation.ts';

/** A source that leaves a host changed. */
export interface HiddenSide {
  /** In which direction of the connection: `reply` for that of a port forward, whose server answers. */
  readonly direction: 'original' | 'reply';
  readonly protocol: string;
  readonly family: AddressFamily;
  readonly original: TranslatedEnd;
  readonly modified: TranslatedEnd;
}

/** All of these connections, in their order. */
export function hiddenSides(entries: Iterable<Entry>): readonly HiddenSide[] {
  return [...entries].flatMap((entry) => sidesOf(translationOf(entry)));
}

function sidesOf(row: Translation): readonly HiddenSide[] {
  const { family, protocol, originalSource, modifiedSource } = row;
  const client: HiddenSide = {
    direction: 'original',
    protocol,
    family,
    original: originalSource,
    modified: modifiedSource,
  };
  const server: HiddenSide = {
    direction: 'reply',
    protocol,
    family,
    original: answering(row.modifiedDestination, modifiedSource),
    modified: answering(row.originalDestination, originalSource),
  };
  return [...(isSourceTranslated(row) ? [client] : []), ...(isDestinationTranslated(row) ? [server] : [])];
}

/** An answer of ICMP has the identifier of its question. */
function answering(server: TranslatedEnd, client: TranslatedEnd): TranslatedEnd {
  const { port = client.port } = server;
  return port === undefined ? server : { ...server, port };
}
