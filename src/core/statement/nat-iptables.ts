// How the nat statements are said in iptables: SNAT, DNAT, MASQUERADE, REDIRECT.
import { type AddressFamily, parseAddress } from '../datatype/address.ts';
import { formatEndpoint } from '../datatype/endpoint.ts';
import { type Range, single } from '../datatype/range.ts';
import { port } from '../datatype/types.ts';
import type { GivenOption, IptablesReader } from '../match/iptables-spelling.ts';
import type { Endpoint } from '../match/reader.ts';
import type { TargetSpelling } from './define.ts';
import { type NatArgs, type NatFlag, type NatKey, natFlags } from './nat-args.ts';

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
  const unfit = args.flags.find((flag) => !flags.includes(flag));
  if (unfit) return { kind: 'unsupported', why: `iptables' ${name} has no option for \`${unfit}\`` };
  const place = writePlace(key, args);
  const words = [name, ...(place ? [option, place] : []), ...args.flags.map((flag) => flagOptions[flag])];
  return { kind: 'target', words };
}

function writePlace(key: NatKey, { family, address, port: ports }: NatArgs): string {
  if (targets[key].addresses) return formatEndpoint(family, address, ports);
  return formatEndpoint(undefined, undefined, ports).slice(1);
}

/** The reader of a nat statement's target. */
export function natReader(key: NatKey): IptablesReader<NatArgs> {
  const { name, option, flags, addresses } = targets[key];
  const flagNames = flags.map((flag) => [flagOptions[flag], 0] as const);
  return {
    module: name,
    options: { [option]: 1, ...Object.fromEntries(flagNames) },
    ...(addresses ? {} : { aliases: { '--to-port': option } }),
    takes: 'together',
    read: (given, { family }) => readTarget(given, targets[key], family === 'ip' ? 4 : 6),
  };
}

function readTarget(
  given: readonly GivenOption[],
  target: Target,
  family: AddressFamily,
): NatArgs | undefined {
  const text = given.find(({ option }) => option === target.option)?.words[0];
  if (text === undefined && target.addresses) return undefined;
  const endpoint = text === undefined ? {} : readPlace(text, target, family);
  const flags = natFlags.filter((flag) => given.some(({ option }) => option === flagOptions[flag]));
  return endpoint && { ...endpoint, flags };
}

function readPlace(text: string, { addresses }: Target, family: AddressFamily): Endpoint | undefined {
  if (!addresses) return withPorts({}, text);
  const [, bracketed, plain = '', ports] =
    family === 6
      ? (/^(?:\[([^\]]*)\]|([^[\]]*?))(?:(?<=\]|^):([^:]*))?$/.exec(text) ?? [])
      : (/^()([^:]*)(?::([^:]*))?$/.exec(text) ?? []);
  const addressText = bracketed || plain;
  if (addressText === '') return ports === undefined ? undefined : withPorts({}, ports);
  const address = readAddresses(addressText, family);
  return address && withPorts({ family, address }, ports);
}

function withPorts(endpoint: Endpoint, text: string | undefined): Endpoint | undefined {
  if (text === undefined) return endpoint;
  const [first = '', last = first, ...rest] = text.split('-');
  const lo = port.parse(first);
  const hi = port.parse(last);
  if (lo === undefined || hi === undefined || lo > hi || rest.length > 0) return undefined;
  return { ...endpoint, port: { lo, hi } };
}

function readAddresses(text: string, family: AddressFamily): Range | undefined {
  const [first = '', last, ...rest] = text.split('-');
  const lo = parseAddress(first);
  const hi = last === undefined ? lo : parseAddress(last);
  if (lo?.family !== family || hi?.family !== family || lo.value > hi.value || rest.length > 0)
    return undefined;
  return lo.value === hi.value ? single(lo.value) : { lo: lo.value, hi: hi.value };
}
