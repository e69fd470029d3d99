// What NAT made of a connection: both ends as their own side knows them, and as the other side does.
import type { Entry } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { type AddressFamily, formatAddress } from '../datatype/address.ts';

/** An address, with a port or with what ICMP has in its place. */
export interface TranslatedEnd {
  readonly address: bigint;
  /** Of a source the port or the identifier of ICMP; of a destination the port. */
  readonly port?: number;
  /** The port is one of these, drawn by chance; `port` stands for it. */
  readonly among?: { readonly lo: number; readonly hi: number };
}

/** One connection in the four ends that it has: equal ones are not translated. */
export interface Translation {
  readonly family: AddressFamily;
  readonly protocol: string;
  /** Who began it. */
  readonly originalSource: TranslatedEnd;
  /** Who the other side sees, and answers. */
  readonly modifiedSource: TranslatedEnd;
  /** What it was begun to. */
  readonly originalDestination: TranslatedEnd;
  /** Who answers. */
  readonly modifiedDestination: TranslatedEnd;
}

/** The names of the ends, in the order in which tables have them. */
export const endNames = [
  'originalSource',
  'modifiedSource',
  'originalDestination',
  'modifiedDestination',
] as const;

export type EndName = (typeof endNames)[number];

/** The ends of a connection, translated or not. */
export function translationOf({
  original,
  reply,
  drawn,
}: Pick<Entry, 'original' | 'reply' | 'drawn'>): Translation {
  return {
    family: original.family,
    protocol: protocolText(original.protocol),
    originalSource: { address: original.source, ...sourcePort(original) },
    modifiedSource: {
      address: reply.destination,
      ...answeredPort(reply),
      ...(drawn?.source && { among: drawn.source }),
    },
    originalDestination: { address: original.destination, ...portOf(original, 'dport') },
    modifiedDestination: { address: reply.source, ...portOf(reply, 'sport') },
  };
}

/** ICMP has one identifier, which counts as the port of the side that asks. */
function sourcePort(tuple: Tuple): Pick<TranslatedEnd, 'port'> {
  return tuple.layer4.kind === 'icmp' ? { port: tuple.layer4.id } : portOf(tuple, 'sport');
}

function answeredPort(reply: Tuple): Pick<TranslatedEnd, 'port'> {
  return reply.layer4.kind === 'icmp' ? { port: reply.layer4.id } : portOf(reply, 'dport');
}

function portOf({ layer4 }: Tuple, side: 'sport' | 'dport'): Pick<TranslatedEnd, 'port'> {
  return layer4.kind === 'ports' ? { port: layer4[side] } : {};
}

/** Whether NAT changed anything of it. */
export function isTranslated(row: Translation): boolean {
  return isSourceTranslated(row) || isDestinationTranslated(row);
}

/** Whether the other side sees another source. */
export function isSourceTranslated({ originalSource, modifiedSource }: Translation): boolean {
  return !isSame(originalSource, modifiedSource);
}

/** Whether somebody else answers than was asked. */
export function isDestinationTranslated({ originalDestination, modifiedDestination }: Translation): boolean {
  return !isSame(originalDestination, modifiedDestination);
}

function isSame(one: TranslatedEnd, other: TranslatedEnd): boolean {
  return one.address === other.address && one.port === other.port;
}

/** `192.168.1.2:56303`; a port that was drawn is one of several. */
export function translatedEndText(family: AddressFamily, { address, port, among }: TranslatedEnd): string {
  const text = formatAddress({ family, value: address });
  if (port === undefined) return text;
  const number = among ? `${among.lo}-${among.hi}` : String(port);
  return family === 6 ? `[${text}]:${number}` : `${text}:${number}`;
}
