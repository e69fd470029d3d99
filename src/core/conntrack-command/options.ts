// The options of `conntrack` (conntrack.c: original_opts, getopt_str) and those that a protocol adds behind `-p`
// (extensions/libct_proto_*.c).
import { protocolNumber } from '../packet/packet.ts';
import type { Action } from './command.ts';

/** An option: its names without dashes, and whether a word belongs to it. */
export interface Option<Name extends string = string> {
  readonly name: Name;
  readonly aliases: readonly string[];
  readonly letter?: string;
  /** `perhaps`: the next word, unless it begins with a dash. */
  readonly takes: 'value' | 'perhaps' | 'nothing';
}

function option<const Name extends string>(
  name: Name,
  letter?: string,
  aliases: readonly string[] = [],
  takes: Option['takes'] = 'value',
): Option<Name> {
  return { name, aliases, takes, ...(letter !== undefined && { letter }) };
}

/** Letters and long names of the actions. */
export const actions = [
  { action: 'list', letter: 'L', names: ['dump'] },
  { action: 'create', letter: 'I', names: ['create'] },
  { action: 'add', letter: 'A', names: ['add'] },
  { action: 'delete', letter: 'D', names: ['delete'] },
  { action: 'update', letter: 'U', names: ['update'] },
  { action: 'get', letter: 'G', names: ['get'] },
  { action: 'flush', letter: 'F', names: ['flush'] },
  { action: 'event', letter: 'E', names: ['event'] },
  { action: 'count', letter: 'C', names: ['counter'] },
  { action: 'stats', letter: 'S', names: ['stats'] },
  { action: 'restore', letter: 'R', names: ['load-file'] },
] as const satisfies readonly {
  readonly action: Action;
  readonly letter: string;
  readonly names: readonly string[];
}[];

/** What every protocol has. */
export const generalOptions = [
  option('src', 's', ['orig-src']),
  option('dst', 'd', ['orig-dst']),
  option('reply-src', 'r'),
  option('reply-dst', 'q'),
  option('protonum', 'p'),
  option('timeout', 't'),
  option('status', 'u'),
  option('zero', 'z', [], 'nothing'),
  option('event-mask', 'e'),
  option('tuple-src'),
  option('tuple-dst'),
  option('mask-src'),
  option('mask-dst'),
  option('nat-range', 'a'),
  option('mark', 'm'),
  option('id', 'i'),
  option('family', 'f'),
  option('src-nat', 'n', [], 'perhaps'),
  option('dst-nat', 'g', [], 'perhaps'),
  option('any-nat', 'j', [], 'perhaps'),
  option('output', 'o'),
  option('secmark', 'c'),
  option('buffer-size', 'b'),
  option('zone', 'w'),
  option('label', 'l'),
  option('label-add'),
  option('label-del', undefined, [], 'perhaps'),
  option('orig-zone'),
  option('reply-zone'),
] as const;

const portOptions = [
  option('sport', undefined, ['orig-port-src']),
  option('dport', undefined, ['orig-port-dst']),
  option('reply-port-src'),
  option('reply-port-dst'),
  option('mask-port-src'),
  option('mask-port-dst'),
  option('tuple-port-src'),
  option('tuple-port-dst'),
] as const;

const stateOption = option('state');
const tagOptions = [option('orig-vtag'), option('reply-vtag')] as const;
const roleOption = option('role');

const keyOptions = [
  option('srckey', undefined, ['orig-key-src']),
  option('dstkey', undefined, ['orig-key-dst']),
  option('reply-key-src'),
  option('reply-key-dst'),
  option('mask-key-src'),
  option('mask-key-dst'),
  option('tuple-key-src'),
  option('tuple-key-dst'),
] as const;

const icmpOptions = [option('icmp-type'), option('icmp-code'), option('icmp-id')] as const;
const icmpv6Options = [option('icmpv6-type'), option('icmpv6-code'), option('icmpv6-id')] as const;

/** The kernel tracks it no more since 6.16. */
const dccp = 33;

/** Options that a protocol adds, by its number; others add none. */
const protocolOptions: ReadonlyMap<number, readonly Option<ProtocolOption>[]> = new Map<
  number,
  readonly Option<ProtocolOption>[]
>([
  [protocolNumber.tcp, [...portOptions, stateOption]],
  [protocolNumber.udp, portOptions],
  [protocolNumber.udplite, portOptions],
  [protocolNumber.sctp, [...portOptions, stateOption, ...tagOptions]],
  [dccp, [...portOptions, stateOption, roleOption]],
  [protocolNumber.gre, keyOptions],
  [protocolNumber.icmp, icmpOptions],
  [protocolNumber.icmpv6, icmpv6Options],
]);

/** An option of any protocol. */
export type GeneralOption = (typeof generalOptions)[number]['name'];
/** An option that only some protocols have. */
export type ProtocolOption =
  | (typeof portOptions)[number]['name']
  | (typeof keyOptions)[number]['name']
  | (typeof tagOptions)[number]['name']
  | (typeof icmpOptions)[number]['name']
  | (typeof icmpv6Options)[number]['name']
  | typeof stateOption.name
  | typeof roleOption.name;
export type OptionName = GeneralOption | ProtocolOption;

/** The options that are known once the protocol is. */
export function optionsOf(protocol: number | undefined): readonly Option<OptionName>[] {
  const own = protocol === undefined ? undefined : protocolOptions.get(protocol);
  return own ? [...generalOptions, ...own] : generalOptions;
}

/** Every option of any protocol, to tell one that is misplaced from one that is unknown. */
export const allOptions: readonly Option<OptionName>[] = [
  ...generalOptions,
  ...new Set([...protocolOptions.values()].flat()),
];
