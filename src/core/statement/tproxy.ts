// `tproxy`: hands the packet to a socket of this host without changing it; in iptables TPROXY, which also sets a mark
// (net/netfilter/xt_TPROXY.c, nft_tproxy.c).
import { type Address, formatAddress, parseAddress } from '../datatype/address.ts';
import { formatEndpoint } from '../datatype/endpoint.ts';
import { single } from '../datatype/range.ts';
import { mark, port } from '../datatype/types.ts';
import { type GivenOption, type Refusal, refuse } from '../match/iptables-spelling.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement, type TargetSpelling } from './define.ts';
import { type MaskedWord, negation, parseMaskedWord, parseNumberWord, wordOf } from './option-words.ts';

/** Without an address it is that of the incoming interface, without a port the packet's own. */
interface Proxy {
  /** The only packets that it is for. */
  readonly family?: 4 | 6;
  readonly address?: Address;
  readonly port?: bigint;
  /** Bits of the mark that are replaced where a socket is found. */
  readonly mark?: MaskedWord;
}

const allBits = 0xffffffffn;
const familyNames = { 4: 'ip', 6: 'ip6' } as const;

function readLanguage(reader: TermReader): Proxy | undefined {
  const named = reader.word('ip', 'ip6');
  const endpoint = reader.word('to') ? reader.endpoint() : reader.fail('HK3009', 'expected `to`');
  if (!endpoint) return undefined;
  const { address, port: ports } = endpoint;
  if ((address && address.lo !== address.hi) || (ports && ports.lo !== ports.hi))
    return reader.refuse('HK3017', 'there is one address and one port to send to');
  const family = endpoint.family ?? (named && (named === 'ip' ? 4 : 6));
  const changed = reader.word('mark') ? readMark(reader) : null;
  if (changed === undefined) return undefined;
  return {
    ...(family && { family }),
    ...(family && address && { address: { family, value: address.lo } }),
    ...(ports && { port: ports.lo }),
    ...(changed && { mark: changed }),
  };
}

function readMark(reader: TermReader): MaskedWord | undefined {
  const value = reader.single(mark);
  if (value === undefined) return undefined;
  const mask = reader.word('mask') ? reader.single(mark) : allBits;
  return mask === undefined ? undefined : { value, mask };
}

function write({ family, address, port: number, mark: changed }: Proxy): string {
  const place = formatEndpoint(
    family,
    address && single(address.value),
    number === undefined ? undefined : single(number),
  );
  return [
    'tproxy',
    ...(family && !address ? [familyNames[family]] : []),
    `to ${place}`,
    ...(changed ? [`mark ${mark.format(changed.value)}`] : []),
    ...(changed && changed.mask !== allBits ? [`mask ${mark.format(changed.mask)}`] : []),
  ].join(' ');
}

function toJson({ family, address, port: number }: Proxy): JsonObject {
  return {
    tproxy: {
      ...(family && { family: familyNames[family] }),
      ...(address && { addr: formatAddress(address) }),
      ...(number !== undefined && { port: Number(number) }),
    },
  };
}

function fromJson(statement: JsonValue): Proxy | undefined {
  const given = isJsonObject(statement) ? statement['tproxy'] : undefined;
  if (!isJsonObject(given)) return undefined;
  const { family, addr, port: number } = given;
  const address = typeof addr === 'string' ? parseAddress(addr) : undefined;
  const isPort = typeof number === 'number' && number >= 0 && number <= 0xffff;
  if ((addr !== undefined && !address) || (number !== undefined && !isPort)) return undefined;
  const version = family === 'ip' ? 4 : family === 'ip6' ? 6 : address?.family;
  return {
    ...(version && { family: version }),
    ...(address && { address }),
    ...(isPort && { port: BigInt(number) }),
  };
}

function writeTarget(
  { family, address, port: number, mark: changed }: Proxy,
  target: 'ip' | 'ip6',
): TargetSpelling {
  if (family && familyNames[family] !== target) return { kind: 'never' };
  const any = target === 'ip' ? '0.0.0.0' : '::';
  const { value, mask } = changed ?? { value: 0n, mask: 0n };
  const words = [
    'TPROXY',
    '--on-port',
    `${number ?? 0n}`,
    '--on-ip',
    address ? formatAddress(address) : any,
    '--tproxy-mark',
    `${mark.format(value)}/${mark.format(mask)}`,
  ];
  return { kind: 'target', words };
}

function readTarget(
  given: readonly GivenOption[],
  { family, protocol }: { readonly family: 'ip' | 'ip6'; readonly protocol: number | undefined },
): Proxy | Refusal {
  const portText = wordOf(given, '--on-port');
  const addressText = wordOf(given, '--on-ip');
  const markText = wordOf(given, '--tproxy-mark');
  if (portText === undefined) return refuse('`TPROXY` needs `--on-port`');
  if (protocol !== 6 && protocol !== 17) return refuse('`TPROXY` needs `-p tcp` or `-p udp`');
  const number = parseNumberWord(portText, 0xffffn) ?? port.parse(portText);
  const address = addressText === undefined ? undefined : parseAddress(addressText);
  const changed = markText === undefined ? undefined : parseMaskedWord(markText, allBits);
  if (number === undefined) return refuse(`\`${portText}\` is no port`);
  if (addressText !== undefined && address?.family !== (family === 'ip' ? 4 : 6))
    return refuse(`\`${addressText}\` is no address of the family of its table`);
  if (markText !== undefined && !changed) return refuse(`\`${markText}\` is no mark`);
  return negation(given) ?? proxyOf(number, address, changed);
}

/** The zero address and an empty mask say nothing. */
function proxyOf(number: bigint, address: Address | undefined, changed: MaskedWord | undefined): Proxy {
  return {
    ...(address && address.value !== 0n && { family: address.family, address }),
    ...(number !== 0n && { port: number }),
    ...(changed && (changed.value !== 0n || changed.mask !== 0n) && { mark: changed }),
  };
}

export const tproxy = defineStatement<Proxy>({
  key: 'tproxy',
  aliases: ['TPROXY'],
  summary: 'Hands the packet to a socket of this host and leaves it as it is: `tproxy to 127.0.0.1:3128`.',
  terminal: false,
  hooks: ['prerouting'],
  changesPacket: true,
  ported: () => true,
  read: readLanguage,
  write,
  nft: {
    write: (args) =>
      args.mark
        ? { unsupported: "nft's tproxy sets no mark; write `meta mark set` behind it" }
        : { statement: toJson(args) },
    read: fromJson,
  },
  iptables: {
    write: (args, { family }) => writeTarget(args, family),
    readers: [
      {
        module: 'TPROXY',
        options: { '--on-port': 1, '--on-ip': 1, '--tproxy-mark': 1 },
        takes: 'together',
        complete: true,
        read: readTarget,
      },
    ],
  },
  knowledge: { unknown: 'whether a transparent socket listens there is not known' },
  execute: () => ({ kind: 'unknown', why: 'whether a transparent socket listens there is not known' }),
});
