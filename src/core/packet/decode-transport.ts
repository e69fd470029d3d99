// Reads transport headers.
import { viewOf } from './bytes.ts';
import { hasIcmpId, isIcmp, isIcmpError } from './icmp-kind.ts';
import { protocolNumber, type Transport } from './packet.ts';
import { readTcpOptions } from './tcp-options.ts';

/** A transport header and its size in bytes. */
export interface DecodedTransport {
  readonly transport: Transport;
  readonly size: number;
  /** What an ICMP error quotes of the packet that it speaks of. */
  readonly quoted?: Uint8Array;
}

/**
 * Reads the header of a protocol, or says what is wrong. An ICMP error need not quote more than eight bytes of it
 * (RFC 792): what is not there is 0.
 */
export function decodeTransport(
  protocol: number,
  data: Uint8Array,
  isQuoted: boolean,
): DecodedTransport | string {
  if (protocol === protocolNumber.tcp) return decodeTcp(data, isQuoted);
  if (protocol === protocolNumber.udp || protocol === protocolNumber.udplite) return decodeUdp(data);
  return isIcmp(protocol) ? decodeIcmp(protocol, data) : { transport: { kind: 'opaque' }, size: 0 };
}

function tooShort(name: string, needed: number, data: Uint8Array): string {
  return `the ${name} header needs ${needed} bytes, there are ${data.length}`;
}

function decodeTcp(data: Uint8Array, isQuoted: boolean): DecodedTransport | string {
  const needed = isQuoted ? 8 : 20;
  if (data.length < needed) return tooShort('TCP', needed, data);
  const whole = new Uint8Array(20);
  whole.set(data.subarray(0, 20));
  const view = viewOf(whole);
  const size = (view.getUint8(12) >> 4) * 4;
  if (!isQuoted && size < 20) return `the TCP header says that it has ${size} bytes`;
  if (!isQuoted && data.length < size) return tooShort('TCP', size, data);
  const ports = { sport: view.getUint16(0), dport: view.getUint16(2) };
  const numbers = { seq: view.getUint32(4), ack: view.getUint32(8), window: view.getUint16(14) };
  return {
    transport: {
      kind: 'tcp',
      ...ports,
      flags: view.getUint8(13),
      ...numbers,
      ...(data.length >= 20 && { numbered: true }),
      ...(!isQuoted && readTcpOptions(data.subarray(20, size))),
    },
    size: Math.max(size, 8),
  };
}

function decodeUdp(data: Uint8Array): DecodedTransport | string {
  if (data.length < 8) return tooShort('UDP', 8, data);
  const view = viewOf(data);
  return { transport: { kind: 'udp', sport: view.getUint16(0), dport: view.getUint16(2) }, size: 8 };
}

function decodeIcmp(protocol: number, data: Uint8Array): DecodedTransport | string {
  if (data.length < 8) return tooShort('ICMP', 8, data);
  const view = viewOf(data);
  const type = view.getUint8(0);
  const numbered = hasIcmpId(protocol, type);
  const [id, sequence] = numbered ? [view.getUint16(4), view.getUint16(6)] : [0, 0];
  const transport = { kind: 'icmp', type, code: view.getUint8(1), id, sequence } as const;
  return { transport, size: 8, ...(isIcmpError(protocol, type) && { quoted: data.subarray(8) }) };
}
