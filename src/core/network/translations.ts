// What NAT made of the connections of a host, as one line for each side that it hides.

import { protocolText } from '../conntrack/format.ts';
import type { ConntrackTable } from '../conntrack/table.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import type { AddressFamily } from '../datatype/address.ts';
import { formatAddress } from '../datatype/address.ts';

/** A source that leaves a host changed. */
export interface Translation {
  /** In which direction of the connection: `reply` for that of a port forward, whose server answers. */
  readonly direction: 'original' | 'reply';
  readonly protocol: string;
  readonly family: AddressFamily;
  readonly original: TranslatedEnd;
  readonly modified: TranslatedEnd;
}

/** An address, with a port or with what ICMP has in its place. */
export interface TranslatedEnd {
  readonly address: bigint;
  readonly port?: number;
  /** The port is one of these, drawn by chance; `port` stands for it. */
  readonly among?: { readonly lo: number; readonly hi: number };
}

/** All of a table, in the order in which the connections were made. */
export function translationsOf(table: ConntrackTable): readonly Translation[] {
  return [...table.entries()].flatMap(({ original, reply, drawn }) => {
    const shared = { protocol: protocolText(original.protocol), family: original.family };
    const [client, seenClient] = [sourceOf(original), destinationOf(reply)];
    const [server, seenServer] = [sourceOf(reply), destinationOf(original)];
    return [
      ...(isSame(client, seenClient)
        ? []
        : [
            {
              ...shared,
              direction: 'original' as const,
              original: client,
              modified: { ...seenClient, ...(drawn?.source && { among: drawn.source }) },
            },
          ]),
      ...(isSameServer(server, seenServer, original)
        ? []
        : [{ ...shared, direction: 'reply' as const, original: server, modified: seenServer }]),
    ];
  });
}

function isSame(one: TranslatedEnd, other: TranslatedEnd): boolean {
  return one.address === other.address && one.port === other.port;
}

function sourceOf({ source, layer4 }: Tuple): TranslatedEnd {
  return { address: source, ...portOf(layer4, 'sport') };
}

function destinationOf({ destination, layer4 }: Tuple): TranslatedEnd {
  return { address: destination, ...portOf(layer4, 'dport') };
}

function portOf(layer4: Tuple['layer4'], side: 'sport' | 'dport'): Pick<TranslatedEnd, 'port'> {
  if (layer4.kind === 'ports') return { port: layer4[side] };
  return layer4.kind === 'icmp' ? { port: layer4.id } : {};
}

/** What ICMP has in place of a port is one number for both sides. */
function isSameServer(one: TranslatedEnd, other: TranslatedEnd, { layer4 }: Tuple): boolean {
  return layer4.kind === 'icmp' ? one.address === other.address : isSame(one, other);
}

/** `192.168.1.2:56303`; a port that was drawn is one of several. */
export function translatedEndText(family: AddressFamily, { address, port, among }: TranslatedEnd): string {
  const text = formatAddress({ family, value: address });
  if (port === undefined) return text;
  const number = among ? `${among.lo}-${among.hi}` : String(port);
  return family === 6 ? `[${text}]:${number}` : `${text}:${number}`;
}
