// How the nat statements are said in iptables: SNAT, DNAT, MASQUERADE, REDIRECT.
import { type AddressFamily, addressWidth, parseAddress } from '../datatype/address.ts';
import { formatEndpoint } from '../datatype/endpoint.ts';
import { prefixLength, prefixRange, type Range, single } from '../datatype/range.ts';
import { servicePort } from '../datatype/service.ts';
import { port } from '../datatype/types.ts';
import type { Hook } from '../hook/hook.ts';
import {
  type GivenOption,
  type IptablesReader,
  isRefusal,
  type ReadContext,
  type Refusal,
  refuse,
} from '../match/iptables-spelling.ts';
import { protocolNumber } from '../packet/packet.ts';
import type { TargetSpelling } from './define.ts';
import { formatNetwork, type NatArgs, type NatFlag, type NatKey, natFlags } from './nat-args.ts';
import { negation, parseNumberWord, wordOf } from './option-words.ts';

interface Target {
  readonly name: string;
  readonly option: string;
  /** It takes addresses, and so cannot be without its option. */
  readonly addresses: boolean;
  readonly flags: readonly NatFlag[];
}

/** extensions/libxt_NAT.c: each target's options. */
const targets: Readonly<Record<NatKey, Target>> = {
  snat: { name: 'SNAT', option: '--to-source', addresses: true, flags: natFlags },
  dnat: {
    name: 'DNAT',
    option: '--to-destination',
    addresses: true,
    flags: ['random', 'persistent'],
  },
  masquerade: {
    name: 'MASQUERADE',
    option: '--to-ports',
    addresses: false,
    flags: ['random', 'fully-random'],
  },
  redirect: { name: 'REDIRECT', option: '--to-ports', addresses: false, flags: ['random'] },
};

const flagOptions: Readonly<Record<NatFlag, string>> = {
  random: '--random',
  'fully-random': '--random-fully',
  persistent: '--persistent',
};

/** The target for a nat statement. */
export function writeNatTarget(key: NatKey, args: NatArgs, family: 'ip' | 'ip6'): TargetSpelling {
  const { name, option, flags } = targets[key];
  if (args.address && args.family !== (family === 'ip' ? 4 : 6)) return { kind: 'never' };
  if (args.prefix) return writeNetmap(args);
  const unfit = args.flags.find((flag) => !flags.includes(flag));
  if (unfit) return { kind: 'unsupported', why: `iptables' ${name} has no option for \`${unfit}\`` };
  if (args.base !== undefined && key !== 'dnat')
    return { kind: 'unsupported', why: `iptables' ${name} shifts no ports` };
  const place = writePlace(key, args);
  const words = [name, ...(place ? [option, place] : []), ...args.flags.map((flag) => flagOptions[flag])];
  return { kind: 'target', words };
}

/** NETMAP has no other options. */
export function writeNetmap({ family, address, flags }: Omit<NatArgs, 'port'>): TargetSpelling {
  const [flag] = flags;
  if (flag) return { kind: 'unsupported', why: `iptables' NETMAP has no option for \`${flag}\`` };
  if (!family || !address) return { kind: 'unsupported', why: 'there is no network to map to' };
  return { kind: 'target', words: ['NETMAP', '--to', formatNetwork(family, address)] };
}

function writePlace(key: NatKey, { family, address, port: ports, base }: NatArgs): string {
  const place = formatEndpoint(family, address, ports);
  if (!targets[key].addresses) return place.slice(1);
  return base === undefined ? place : `${place}/${base}`;
}

/** The reader of a nat statement's target. */
export function natReader(key: NatKey): IptablesReader<NatArgs> {
  const { name, option, flags, addresses } = targets[key];
  const flagNames = flags.map((flag) => [flagOptions[flag], 0] as const);
  return {
    module: name,
    options: { [option]: 1, ...Object.fromEntries(flagNames) },
    aliases: addresses ? { '--to': option } : { '--to-port': option, '--to': option },
    takes: 'together',
    complete: true,
    read: (given, context) => readTarget(given, key, context),
  };
}

/** Protocols with ports, and ICMP with its identifier (extensions/libxt_NAT.c: parse_ports's portok). */
const ported: readonly (number | undefined)[] = [
  protocolNumber.tcp,
  protocolNumber.udp,
  protocolNumber.sctp,
  33,
  protocolNumber.icmp,
];

function readTarget(
  given: readonly GivenOption[],
  key: NatKey,
  { family, protocol }: ReadContext,
): NatArgs | Refusal | undefined {
  const { name, option, addresses } = targets[key];
  const text = wordOf(given, option);
  const wrong = negation(given);
  if (wrong) return wrong;
  if (text === undefined && addresses) return refuse(`\`${name}\` needs \`${option}\``);
  const place = text === undefined ? {} : readPlace(text, key, family === 'ip' ? 4 : 6);
  if (place === undefined || isRefusal(place)) return place;
  if (place.port && !ported.includes(protocol))
    return refuse(`\`${name}\` with ports needs \`-p\` with tcp, udp, sctp, dccp or icmp`);
  const flags = natFlags.filter((flag) => given.some((one) => one.option === flagOptions[flag]));
  return { ...place, flags };
}

type Place = Omit<NatArgs, 'flags'>;

function readPlace(text: string, key: NatKey, family: AddressFamily): Place | Refusal | undefined {
  const { addresses, option } = targets[key];
  if (!addresses) return withPorts({}, text, key);
  const [, bracketed, plain = '', ports] =
    family === 6
      ? (/^(?:\[([^\]]*)\]|([^[\]]*?))(?:(?<=\]|^):([^:]*))?$/.exec(text) ?? [])
      : (/^()([^:]*)(?::([^:]*))?$/.exec(text) ?? []);
  const addressText = bracketed || plain;
  if (addressText === '' && ports !== undefined) return withPorts({}, ports, key);
  const address = readAddresses(addressText, family);
  if (!address) return refuse(`\`${option}\` takes addresses of IPv${family}, not \`${text}\``);
  return address === 'reversed' ? undefined : withPorts({ family, address }, ports, key);
}

/** `80`, a service, `80-90`, and for DNAT `80-90/8080` (extensions/libxt_NAT.c: parse_ports). */
function withPorts(place: Place, text: string | undefined, key: NatKey): Place | Refusal | undefined {
  if (text === undefined) return place;
  const name = servicePort(text);
  if (name !== undefined) return { ...place, port: single(BigInt(name)) };
  const [, first = '', last, base] = /^([^-/]*)(?:-([^-/]*)(?:\/(.*))?)?$/.exec(text) ?? [];
  const lo = parseNumberWord(first, lastPort) ?? port.parse(first);
  const hi = last === undefined ? lo : parseNumberWord(last, lastPort);
  if (lo === undefined || hi === undefined || lo > hi) return refuse(`\`${text}\` is no range of ports`);
  if (base === undefined) return { ...place, port: { lo, hi } };
  const shifted = parseNumberWord(base, lastPort) ?? port.parse(base);
  if (!shifted || !targets[key].addresses) return refuse(`ports can't be shifted by \`${base}\``);
  return key === 'dnat' ? { ...place, port: { lo, hi }, base: shifted } : undefined;
}

const lastPort = 0xffffn;

/** iptables takes a range that ends before it begins, of which nobody knows what it means. */
function readAddresses(text: string, family: AddressFamily): Range | 'reversed' | undefined {
  const [first = '', last, ...rest] = text.split('-');
  const lo = parseAddress(first);
  const hi = last === undefined ? lo : parseAddress(last);
  if (lo?.family !== family || hi?.family !== family || rest.length > 0) return undefined;
  return lo.value > hi.value ? 'reversed' : { lo: lo.value, hi: hi.value };
}

/** NETMAP translates the destination where packets come from, else the source (net/netfilter/xt_NETMAP.c). */
const netmapSide: Readonly<Partial<Record<Hook, 'snat' | 'dnat'>>> = {
  prerouting: 'dnat',
  output: 'dnat',
  input: 'snat',
  postrouting: 'snat',
};

/** What NETMAP is at a hook: the statement that nft has for it; none where the chain has no hook. */
export function netmapAt(hook: Hook | undefined): 'snat' | 'dnat' | undefined {
  return hook && netmapSide[hook];
}

/** The reader of NETMAP where it is this statement. */
export function netmapReader(key: 'snat' | 'dnat' | undefined): IptablesReader<NatArgs> {
  return {
    module: 'NETMAP',
    options: { '--to': 1 },
    takes: 'together',
    complete: true,
    read: (given, { family, hook }) =>
      netmapAt(hook) === key ? readNetmap(given, family === 'ip' ? 4 : 6) : undefined,
  };
}

function readNetmap(given: readonly GivenOption[], family: AddressFamily): NatArgs | Refusal {
  const text = wordOf(given, '--to');
  if (text === undefined) return refuse('`NETMAP` needs `--to`');
  const address = readNetwork(text, family);
  return (
    negation(given) ??
    (address ? { family, address, prefix: true, flags: [] } : refuse(`\`${text}\` is no network`))
  );
}

function readNetwork(text: string, family: AddressFamily): Range | undefined {
  const width = addressWidth(family);
  const [addressText = '', maskText = `${width}`, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  const length = maskLength(maskText, family);
  if (address?.family !== family || length === undefined || rest.length > 0) return undefined;
  return prefixRange(address.value, length, width);
}

/** A number of bits, or a mask whose ones all stand before its zeros. */
function maskLength(text: string, family: AddressFamily): number | undefined {
  const width = addressWidth(family);
  const bits = parseNumberWord(text, BigInt(width));
  if (bits !== undefined) return Number(bits);
  const mask = parseAddress(text);
  const all = (1n << BigInt(width)) - 1n;
  return mask?.family === family ? prefixLength({ lo: mask.value, hi: all }, width) : undefined;
}
