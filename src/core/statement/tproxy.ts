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
import {
  addressSourceFromJson,
  addressSourceToJson,
  type NatSource,
  portSourceFromJson,
  portSourceToJson,
  readAddressSource,
  readPortSource,
  writeAddressSource,
  writePortSource,
} from './nat-source.ts';
import { type MaskedWord, negation, parseMaskedWord, parseNumberWord, wordOf } from './option-words.ts';

/** Without an address it is that of the incoming interface, without a port the packet's own. */
interface Proxy {
  /** The only packets that it is for. */
  readonly family?: 4 | 6;
  readonly address?: Address;
  readonly port?: bigint;
  /** What is worked out for each packet, in place of the address, of the port or of both. */
  readonly source?: NatSource;
  /** Bits of the mark that are replaced where a socket is found. */
  readonly mark?: MaskedWord;
}

const allBits = 0xffffffffn;
const familyNames = { 4: 'ip', 6: 'ip6' } as const;

function readLanguage(reader: TermReader): Proxy | undefined {
  const named = reader.word('ip', 'ip6');
  if (!reader.word('to')) return reader.fail('HK3009', 'expected `to`');
  const place = readPlace(reader, named && (named === 'ip' ? 4 : 6));
  if (!place) return undefined;
  const changed = reader.word('mark') ? readMark(reader) : null;
  return changed === undefined ? undefined : { ...place, ...(changed && { mark: changed }) };
}

function readPlace(reader: TermReader, named: 4 | 6 | undefined): Proxy | undefined {
  const computed = reader.atField ? readAddressSource(reader, named) : null;
  if (computed === undefined) return undefined;
  if (computed) {
    const { source, family } = computed;
    return readBehind(reader, { ...(family && { family }), source: { address: source } });
  }
  if (reader.mark(':')) return readPort(reader, named ? { family: named } : {});
  const endpoint = reader.endpoint();
  if (!endpoint) return undefined;
  const { family = named, address, port: ports } = endpoint;
  if ((address && address.lo !== address.hi) || (ports && ports.lo !== ports.hi))
    return reader.refuse('HK3017', 'there is one address and one port to send to');
  return readBehind(reader, {
    ...(family && { family }),
    ...(family && address && { address: { family, value: address.lo } }),
    ...(ports && { port: ports.lo }),
  });
}

function readBehind(reader: TermReader, place: Proxy): Proxy | undefined {
  return reader.mark(':') ? readPort(reader, place) : place;
}

/** What is behind the colon. */
function readPort(reader: TermReader, place: Proxy): Proxy | undefined {
  if (!reader.atField) {
    const number = reader.single(port);
    return number === undefined ? undefined : { ...place, port: number };
  }
  const source = readPortSource(reader);
  return source && { ...place, source: { ...place.source, port: source } };
}

function readMark(reader: TermReader): MaskedWord | undefined {
  const value = reader.single(mark);
  if (value === undefined) return undefined;
  const mask = reader.word('mask') ? reader.single(mark) : allBits;
  return mask === undefined ? undefined : { value, mask };
}

function write(proxy: Proxy): string {
  const { family, address, mark: changed } = proxy;
  return [
    'tproxy',
    ...(family && !address ? [familyNames[family]] : []),
    `to ${placeText(proxy)}`,
    ...(changed ? [`mark ${mark.format(changed.value)}`] : []),
    ...(changed && changed.mask !== allBits ? [`mask ${mark.format(changed.mask)}`] : []),
  ].join(' ');
}

function placeText({ family, address, port: number, source }: Proxy): string {
  const ports = number === undefined ? undefined : single(number);
  const end = source?.port ? `:${writePortSource(source.port)}` : '';
  if (!source?.address) return formatEndpoint(family, address && single(address.value), ports) + end;
  return writeAddressSource(source.address, family) + (number === undefined ? end : `:${number}`);
}

function toJson({ family, address, port: number, source }: Proxy): JsonObject {
  return {
    tproxy: {
      ...(family && { family: familyNames[family] }),
      ...(address && { addr: formatAddress(address) }),
      ...(source?.address && { addr: addressSourceToJson(source.address, family) }),
      ...(number !== undefined && { port: Number(number) }),
      ...(source?.port && { port: portSourceToJson(source.port) }),
    },
  };
}

function fromJson(statement: JsonValue): Proxy | undefined {
  const given = isJsonObject(statement) ? statement['tproxy'] : undefined;
  if (!isJsonObject(given)) return undefined;
  const named = given['family'] === 'ip' ? 4 : given['family'] === 'ip6' ? 6 : undefined;
  const place = hostFromJson(given['addr'], named);
  const ports = portFromJson(given['port']);
  if (!place || !ports) return undefined;
  const family = named ?? place.family;
  const source = { ...place.source, ...ports.source };
  return {
    ...(family && { family }),
    ...(place.address && { address: place.address }),
    ...(ports.port !== undefined && { port: ports.port }),
    ...((place.source ?? ports.source) && { source }),
  };
}

function hostFromJson(json: JsonValue | undefined, named: 4 | 6 | undefined): Proxy | undefined {
  if (json === undefined) return {};
  const address = typeof json === 'string' ? parseAddress(json) : undefined;
  if (address) return { address, family: address.family };
  const found = addressSourceFromJson(json, named);
  return found && { ...(found.family && { family: found.family }), source: { address: found.source } };
}

function portFromJson(json: JsonValue | undefined): Proxy | undefined {
  if (json === undefined) return {};
  if (typeof json === 'number') return json >= 0 && json <= 0xffff ? { port: BigInt(json) } : undefined;
  const source = portSourceFromJson(json);
  return source && { source: { port: source } };
}

function writeTarget(
  { family, address, port: number, mark: changed, source }: Proxy,
  target: 'ip' | 'ip6',
): TargetSpelling {
  if (family && familyNames[family] !== target) return { kind: 'never' };
  if (source)
    return { kind: 'unsupported', why: "iptables' TPROXY sends to one socket, not to what a map has" };
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
  outcome: ({ port: number }) => ({
    kind: 'here',
    ...(number !== undefined && { ports: single(number) }),
  }),
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
