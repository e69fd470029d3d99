// What the host knows beside the packet, with parameters: transformations of IPsec, control groups of sockets, and the
// operating system that a TCP handshake looks like.
import type { DataType } from '../../datatype/define.ts';
import { anyText } from '../../datatype/nft-types.ts';
import { integer32, ipv4Address, ipv6Address } from '../../datatype/types.ts';
import { isJsonObject, type JsonValue } from '../../nft/json-value.ts';
import { protocolNumber, tcpFlag } from '../../packet/packet.ts';
import { defineFamily } from '../family.ts';
import { nftFieldMatch } from './define.ts';

function bodyOf(expression: JsonValue, key: string): Readonly<Record<string, JsonValue>> {
  const body = isJsonObject(expression) ? expression[key] : undefined;
  return isJsonObject(body) ? body : {};
}

function oneOf<const Text extends string>(value: unknown, ...texts: readonly Text[]): Text | undefined {
  return texts.find((text) => text === value);
}

interface Ipsec {
  readonly dir: 'in' | 'out';
  readonly spnum: number;
  readonly family?: 'ip' | 'ip6';
  readonly key: 'saddr' | 'daddr' | 'spi' | 'reqid';
}

/** Addresses have a family, the others none. */
function ipsecOf({ family, ...rest }: Ipsec): Ipsec | undefined {
  const isAddress = rest.key === 'saddr' || rest.key === 'daddr';
  if (isAddress === (family === undefined)) return undefined;
  return { ...rest, ...(family && { family }) };
}

function ipsecType({ family }: Ipsec): DataType {
  if (family === undefined) return integer32;
  return family === 'ip' ? ipv4Address : ipv6Address;
}

export const ipsecFamily = defineFamily<Ipsec>({
  key: 'ipsec',
  knowledge: { unknown: 'how IPsec transforms the packet is not among the facts that a trace is given' },
  form: 'ipsec in|out [spnum N] reqid|spi|ip saddr|ip daddr|ip6 saddr|ip6 daddr',
  summary:
    'The transformation of IPsec that a packet came or goes through: its request id, SPI or tunnel addresses.',
  read: (reader) => {
    reader.word('ipsec');
    const dir = reader.word('in', 'out');
    const spnum = reader.numberBehind('spnum') ?? 0;
    const family = reader.word('ip', 'ip6');
    const key = reader.word('saddr', 'daddr', 'spi', 'reqid');
    return dir && key && ipsecOf({ dir, spnum, key, ...(family && { family }) });
  },
  write: ({ dir, spnum, family, key }) =>
    ['ipsec', dir, spnum === 0 ? '' : `spnum ${spnum}`, family ?? '', key].filter(Boolean).join(' '),
  ofJson: (expression) => {
    const body = bodyOf(expression, 'ipsec');
    const dir = oneOf(body['dir'], 'in', 'out');
    const key = oneOf(body['key'], 'saddr', 'daddr', 'spi', 'reqid');
    const family = oneOf(body['family'], 'ip', 'ip6');
    const { spnum = 0 } = body;
    if (!dir || !key || typeof spnum !== 'number') return [];
    const found = ipsecOf({ dir, spnum, key, ...(family && { family }) });
    return found ? [found] : [];
  },
  define: (ipsec, key) =>
    nftFieldMatch({
      key,
      summary: 'A transformation of IPsec.',
      type: ipsecType(ipsec),
      nft: {
        ipsec: {
          key: ipsec.key,
          ...(ipsec.family && { family: ipsec.family }),
          dir: ipsec.dir,
          spnum: ipsec.spnum,
        },
      },
      symbol: { kind: 'own', untold: true },
      read: () => ({
        unknown: 'how IPsec transforms the packet is not among the facts that a trace is given',
      }),
    }),
});

interface Fingerprint {
  readonly key: 'name' | 'version';
  readonly ttl?: 'loose' | 'skip';
}

export const osfFamily = defineFamily<Fingerprint>({
  key: 'osf name',
  knowledge: { unknown: 'the fingerprint of the packet is not worked out' },
  form: 'osf [ttl loose|skip] name|version',
  summary: 'The operating system that the SYN of a TCP connection looks like.',
  begins: (words) => words[0] === 'osf' && ['ttl', 'name', 'version'].includes(words[1] ?? ''),
  read: (reader) => {
    reader.word('osf');
    const ttl = reader.word('ttl') && reader.word('loose', 'skip');
    const key = reader.word('name', 'version');
    return key && { key, ...(ttl && { ttl }) };
  },
  write: ({ key, ttl }) => `osf ${ttl === undefined ? '' : `ttl ${ttl} `}${key}`,
  ofJson: (expression) => {
    const body = bodyOf(expression, 'osf');
    const key = oneOf(body['key'], 'name', 'version');
    const ttl = oneOf(body['ttl'], 'loose', 'skip');
    if (!key || (body['ttl'] !== undefined && !ttl)) return [];
    return [{ key, ...(ttl && { ttl }) }];
  },
  define: ({ key: part, ttl }, key) =>
    nftFieldMatch({
      key,
      summary: 'The operating system of the sender.',
      type: { ...anyText, label: 'the name of an operating system' },
      nft: { osf: { key: part, ...(ttl && { ttl }) } },
      // net/netfilter/nft_osf.c: nft_osf_eval: nothing but a SYN has a fingerprint.
      read: ({ packet: { transport, protocol } }) =>
        protocol === protocolNumber.tcp && transport.kind === 'tcp' && (transport.flags & tcpFlag.syn) !== 0
          ? { unknown: 'the fingerprint of the packet is not worked out' }
          : undefined,
    }),
});

export const cgroupFamily = defineFamily<number>({
  key: 'socket cgroupv2',
  knowledge: { unknown: 'the control group of the socket is not among the facts that a trace is given' },
  form: 'socket cgroupv2 level N',
  summary: 'The control group of the socket, at a level of the hierarchy.',
  begins: (words) => words[0] === 'socket' && words[1] === 'cgroupv2',
  read: (reader) => {
    reader.word('socket');
    reader.word('cgroupv2');
    return reader.numberBehind('level');
  },
  write: (level) => `socket cgroupv2 level ${level}`,
  ofJson: (expression) => {
    const { key, level } = bodyOf(expression, 'socket');
    return key === 'cgroupv2' && typeof level === 'number' ? [level] : [];
  },
  define: (level, key) =>
    nftFieldMatch({
      key,
      summary: 'The control group of the socket.',
      type: { ...anyText, name: 'cgroupsv2', label: 'the path of a control group' },
      nft: { socket: { key: 'cgroupv2', level } },
      symbol: { kind: 'own', untold: true },
      read: () => ({
        unknown: 'the control group of the socket is not among the facts that a trace is given',
      }),
    }),
});
