// What nft's `meta`, `rt` and `socket` read beside a packet's bytes. Groups, realms and control groups are facts of the host that no
// trace is given, so it follows both answers.
import type { DataType } from '../../datatype/define.ts';
import {
  anyText,
  dayOfWeek,
  deviceGroup,
  etherType,
  existence,
  interfaceType,
  realm,
} from '../../datatype/nft-types.ts';
import { interfaceName, ipv4Address, ipv6Address, mark } from '../../datatype/types.ts';
import { hourType, timeType, trafficClassType } from '../../datatype/written-types.ts';
import { pointOfTime, dayOfWeek as readDayOfWeek, timeOfDay } from '../../field/clock.ts';
import { defineField, type Field, type FieldValue } from '../../field/define.ts';
import { inputGroup, outputGroup, untoldGroup } from '../../field/group.ts';
import { isIpPacket, networkVersion, ofVersion, packetLength } from '../../field/parts.ts';
import {
  bitsOf,
  choose,
  constantBits,
  fieldIs,
  type SymbolicNumber,
  type Symbols,
} from '../../field/symbolic.ts';
import type { PacketView } from '../../field/view.ts';
import { networkProtocolOf } from '../../packet/frame.ts';
import { isIp } from '../../packet/packet.ts';
import { countedSize } from '../../packet/size.ts';
import { defineFieldMatch, evaluatesTo, type FieldTest } from '../field-match.ts';
import { headerLengthReader } from '../ip-header.ts';
import { always, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition, Words } from '../iptables-spelling.ts';
import { type NftField, nftFieldMatch } from './define.ts';
import { maskedCondition, presenceCondition, rangeCondition } from './iptables.ts';
import { bits } from './vocabulary.ts';

/** nft lists realms without a name as strings (src/datatype.c: symbol_constant_parse of rt_realms). */
const listedRealm: DataType = {
  ...realm,
  toJson: (value) => (value === 0n ? 'cosmos' : value.toString()),
};

const etherTypes = { 4: 0x0800n, 6: 0x86ddn } as const;

/** Which protocol the packet is of follows from the family that iptables loads the rule for. */
const metaProtocol = nftFieldMatch({
  key: 'meta protocol',
  summary: 'The network protocol by its EtherType: `ip`, `ip6`, `arp`, `vlan`.',
  type: etherType,
  nft: { meta: { key: 'protocol' } },
  read: ({ packet }) => BigInt(networkProtocolOf(packet)),
  symbol: { kind: 'worked out', value: symbolicProtocol },
  iptables: (test, { family }) => {
    const holds = evaluatesTo(test, etherTypes[family === 'ip' ? 4 : 6]);
    if (holds === undefined) return unsupported('meta protocol', test);
    return holds ? always() : { kind: 'never' };
  },
});

const otherProtocol = defineField(
  'protocol of another frame',
  etherType,
  ({ packet }) => (packet.frame?.kind === 'other' ? BigInt(networkProtocolOf(packet)) : undefined),
  { symbol: { kind: 'own' } },
);

function symbolicProtocol(symbols: Symbols): SymbolicNumber {
  const others = bitsOf(symbols, otherProtocol);
  const known = [
    [4n, 0x0800n],
    [6n, 0x86ddn],
    [1n, 0x0806n],
  ] as const;
  const all = known.reduce(
    (rest, [version, number]) =>
      choose(symbols, fieldIs(symbols, networkVersion, version), constantBits(number, etherType.width), rest),
    others,
  );
  return { kind: 'number', present: 1, bits: all };
}

/** At egress the header of Ethernet counts, which some devices have none of (net/core/dev.c: __dev_queue_xmit). */
function lengthOf(view: PacketView): FieldValue {
  const { packet, hook, oif } = view;
  const length = BigInt(packet.length);
  if (hook !== 'egress' || packet.frame || packet.link || view.bridged) return BigInt(countedSize(view));
  const framed = length + 14n;
  if (oif === 'lo') return framed;
  return {
    unknown: 'whether its device has Ethernet headers was not said',
    among: { lo: length, hi: framed },
  };
}

const lengthAtEgress = defineField('length at egress', bits(32), lengthOf);
const frameLength = defineField(
  'length of a frame',
  bits(32),
  (view) => (view.packet.frame ? BigInt(countedSize(view)) : undefined),
  { symbol: { kind: 'own' } },
);

function symbolicLength(symbols: Symbols): SymbolicNumber {
  if (symbols.hook === 'egress') return { kind: 'number', present: 1, bits: bitsOf(symbols, lengthAtEgress) };
  const length = [...constantBits(0n, 16), ...bitsOf(symbols, packetLength)];
  const all = choose(symbols, isIpPacket(symbols), length, bitsOf(symbols, frameLength));
  return { kind: 'number', present: 1, bits: all };
}

/** `-m length` counts the whole packet in both families (net/netfilter/xt_length.c). */
const metaLength = nftFieldMatch({
  key: 'meta length',
  summary: 'The length of the packet in bytes, IP header included.',
  type: bits(32),
  nft: { meta: { key: 'length' } },
  read: lengthOf,
  symbol: { kind: 'worked out', value: symbolicLength },
  iptables: (test) => {
    const plain = plainTest(test, 32);
    const [range, ...others] = plain?.ranges ?? [];
    if (!plain || !range || others.length > 0 || range.lo > 0xffffn) return unsupported('meta length', test);
    const last = range.hi > 0xffffn ? 0xffffn : range.hi;
    const words = range.lo === last ? `${last}` : `${range.lo}:${last}`;
    return { kind: 'any', alternatives: [[moduleOption('length', plain.negated, '--length', words)]] };
  },
  iptablesReaders: [headerLengthReader],
});

const metaDay = nftFieldMatch({
  key: 'meta day',
  summary: 'The day of the week, in the time zone of the kernel.',
  type: dayOfWeek,
  nft: { meta: { key: 'day' } },
  knowledge: 'time',
  symbol: { kind: 'own' },
  read: readDayOfWeek,
});

function told(
  group: 'meta' | 'rt' | 'socket',
  name: string,
  type: DataType,
  summary: string,
  iptables?: NftField['iptables'],
  isDrawn = false,
) {
  const key = `${group} ${name}`;
  const knowledge = { unknown: `\`${key}\` is not among the facts that a trace is given` };
  return nftFieldMatch({
    key,
    summary,
    type,
    nft: { [group]: { key: name } },
    ...(iptables && { iptables }),
    knowledge,
    symbol: { kind: 'own', ...(isDrawn && { drawn: true }) },
    read: () => knowledge,
  });
}

function routeNextHop(family: 'ip' | 'ip6', type: DataType) {
  const key = `rt ${family} nexthop`;
  const knowledge = { unknown: `\`${key}\` is not among the facts that a trace is given` };
  return nftFieldMatch({
    key,
    summary: 'The address of the next host on the route of the packet.',
    type,
    family,
    nft: { rt: { key: 'nexthop', family } },
    knowledge,
    symbol: { kind: 'own', present: ofVersion(family === 'ip' ? 4 : 6) },
    read: ({ packet }) => (isIp(packet, family === 'ip' ? 4 : 6) ? knowledge : undefined),
  });
}

/** net/netfilter/xt_devgroup.c: a packet without the interface does not match, negated or not. */
function groupMatch(field: Field, side: 'iif' | 'oif', summary: string) {
  const option = side === 'iif' ? '--src-group' : '--dst-group';
  const spec = { key: field.name, type: deviceGroup, module: 'devgroup', option };
  return defineFieldMatch({
    key: field.name,
    summary,
    field,
    nft: { meta: { key: `${side}group` } },
    knowledge: untoldGroup(field),
    iptables: { write: (test) => maskedCondition(test, spec, new Map([[0n, 'default']])), readers: [] },
  });
}

/** Modules that compare one number under an option of their own name. */
function single(key: string, module: string): NftField['iptables'] {
  return (test) => rangeCondition(test, { key, type: bits(32), module, option: `--${module}`, most: 64 });
}

/** Only iptables for IPv4 has the module (net/netfilter/xt_realm.c). */
function realmOf(key: string): NftField['iptables'] {
  const spec = { key, type: listedRealm, module: 'realm', option: '--realm' };
  return (test, { family }) =>
    family === 'ip' ? maskedCondition(test, spec, new Map([[0n, 'cosmos']])) : unsupported(key, test);
}

/** net/netfilter/xt_policy.c: match_policy_in, match_policy_out. */
function policy(key: string, dir: 'in' | 'out'): NftField['iptables'] {
  const words = (kind: string): Words => moduleOption('policy', false, '--dir', dir, '--pol', kind);
  return (test) => presenceCondition(test, key, { there: words('ipsec'), missing: words('none') });
}

/** The module can't ask for sockets that are not transparent (net/netfilter/xt_socket.c: socket_match). */
function transparent(test: FieldTest): Condition {
  if (evaluatesTo(test, 1n) !== true || evaluatesTo(test, 0n) !== false)
    return unsupported('socket transparent', test);
  const words = moduleOption('socket', false, '--transparent', '--nowildcard');
  return { kind: 'any', alternatives: [[words]] };
}

/** nft takes times for those of whoever loads the rules, who is taken to live in the zone of the host. */
function atTime(name: 'time' | 'hour', type: DataType, read: NftField['read'], summary: string) {
  const key = `meta ${name}`;
  return nftFieldMatch({
    key,
    summary,
    type,
    nft: { meta: { key: name } },
    knowledge: 'time',
    symbol: { kind: 'own' },
    read,
  });
}

/** Names of the kernel's own, and texts that are none of an interface. */
const kind: DataType = { ...anyText, name: 'ifname', label: 'a kind of interface' };

export const metaMatches = [
  metaProtocol,
  metaLength,
  told('meta', 'iiftype', interfaceType, 'The kind of the incoming interface.'),
  told('meta', 'oiftype', interfaceType, 'The kind of the outgoing interface.'),
  groupMatch(inputGroup, 'iif', 'The group of the incoming interface.'),
  groupMatch(outputGroup, 'oif', 'The group of the outgoing interface.'),
  told('meta', 'cpu', bits(32), 'The processor that handles the packet.', single('meta cpu', 'cpu')),
  told(
    'meta',
    'cgroup',
    bits(32),
    'The control group of the sending socket.',
    single('meta cgroup', 'cgroup'),
  ),
  told('meta', 'rtclassid', listedRealm, 'The realm of the route.', realmOf('meta rtclassid')),
  told('meta', 'random', bits(32), 'A number drawn for each packet.', undefined, true),
  metaDay,
  atTime('hour', hourType, timeOfDay, 'The time of the day, in the zone of whoever loads the rules.'),
  atTime('time', timeType, pointOfTime, 'The time, in the zone of whoever loads the rules.'),
  told(
    'meta',
    'priority',
    trafficClassType,
    'The class of the packet for the queues of its interface: `none`, `"1:20"`.',
  ),
  told('meta', 'ipsec', existence, 'Whether the packet came through IPsec.', policy('meta ipsec', 'in')),
  told('meta', 'sdif', interfaceName, 'The interface of a VRF that the packet came by.'),
  told('meta', 'sdifname', interfaceName, 'The name of the interface of a VRF that the packet came by.'),
  told('meta', 'iifkind', kind, 'The kind of the incoming interface, such as `vrf` or `bridge`.'),
  told('meta', 'oifkind', kind, 'The kind of the outgoing interface, such as `vrf` or `bridge`.'),
  told('meta', 'ibrname', interfaceName, 'The bridge that the incoming interface belongs to.'),
  told('meta', 'obrname', interfaceName, 'The bridge that the outgoing interface belongs to.'),
  told('meta', 'ibrpvid', bits(16), 'The VLAN of untagged packets at the port of the bridge.'),
  told('meta', 'ibrvproto', etherType, 'The VLAN protocol of the bridge.'),
  told('rt', 'classid', listedRealm, 'The realm of the route.', realmOf('rt classid')),
  routeNextHop('ip', ipv4Address),
  routeNextHop('ip6', ipv6Address),
  told(
    'rt',
    'ipsec',
    existence,
    'Whether the route of the packet goes through IPsec.',
    policy('rt ipsec', 'out'),
  ),
  told('rt', 'mtu', bits(16), 'The largest segment that the route carries.'),
  told('socket', 'mark', mark, 'The mark of the socket that gets the packet.'),
  told(
    'socket',
    'transparent',
    bits(1),
    'Whether the socket that gets the packet is one for foreign addresses.',
    transparent,
  ),
  told('socket', 'wildcard', bits(1), 'Whether the socket that gets the packet listens on any address.'),
];
