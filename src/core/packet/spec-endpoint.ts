// Reads one end of a packet: `198.51.100.9:40000`, `[2001:db8::1]:ssh`, `10.0.0.1`.

import { type Address, parseAddress } from '../datatype/address.ts';
import { parseNumber } from '../datatype/define.ts';
import { serviceNames, servicePort } from '../datatype/service.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import type { Span } from '../text/source.ts';
import { protocolNumber } from './packet.ts';
import { type Cursor, complain, missing, peek, take, type Word } from './spec-cursor.ts';

/** An address and, where the protocol has them, a port. */
export interface Endpoint {
  readonly address: Address;
  readonly port?: number;
  readonly span: Span;
}

/** Undefined where the word was taken but is wrong, so that the rest is still read. */
export function parseEndpoint(
  cursor: Cursor,
  which: 'source' | 'destination',
  protocol: number,
): Endpoint | 'missing' | undefined {
  const word = peek(cursor);
  if (!word || word.text === '->') {
    missing(cursor, `a ${which} address`, 'for example `10.0.0.1:80`, `[2001:db8::1]:80` or `10.0.0.1`');
    return 'missing';
  }
  take(cursor);
  const { host, port } = splitPort(word.text);
  const address = parseAddress(host);
  if (!address)
    return complain(cursor, 'HK3001', `\`${host}\` is no IP address`, word.span, addressHelp(host));
  if (port === undefined) return { address, span: word.span };
  const number = parsePort(cursor, word, port, protocol);
  return number === undefined ? undefined : { address, port: number, span: word.span };
}

/** `[v6]:port`, `v4:port`, or an address alone. */
function splitPort(text: string): { readonly host: string; readonly port?: string } {
  const [, bracketed, behind] = /^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { host: bracketed, ...(behind !== undefined && { port: behind }) };
  const colon = text.indexOf(':');
  if (colon === -1 || colon !== text.lastIndexOf(':')) return { host: text };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function addressHelp(text: string): string {
  if (/^[\d.]+$/.test(text)) return 'an IPv4 address is four numbers from 0 to 255';
  if (text.includes(':')) return 'an IPv6 address has up to eight groups of four hexadecimal digits';
  return 'host names are not looked up: write the address';
}

function parsePort(cursor: Cursor, word: Word, text: string, protocol: number): number | undefined {
  if (!hasPorts(protocol)) {
    const name = protocolType.format(BigInt(protocol));
    return complain(
      cursor,
      'HK6004',
      `\`${name}\` packets are written without ports`,
      word.span,
      'leave the port out',
    );
  }
  const number = parseNumber(text, 16);
  if (number !== undefined) return Number(number);
  if (/^\d/.test(text))
    return complain(
      cursor,
      'HK6004',
      `\`${text}\` is no port`,
      word.span,
      'a port is a number from 0 to 65535',
    );
  const named = servicePort(text, protocolType.format(BigInt(protocol))) ?? servicePort(text);
  if (named !== undefined) return named;
  const help =
    nearestWord(text, serviceNames) ?? 'a port is a number from 0 to 65535 or the name of a service';
  return complain(cursor, 'HK6004', `\`${text}\` is no port`, word.span, help);
}

/** Whether the simulator knows ports of this protocol. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === protocolNumber.tcp || protocol === protocolNumber.udp || protocol === protocolNumber.udplite
  );
}
