// Data types that only nft's ruleset language names: the constants that `nft describe TYPE` prints.
import { type DataType, numberType, parseNumber } from './define.ts';
import { interfaceName } from './types.ts';

export const etherType = numberType('ether_type', 'an Ethernet protocol', 16, {
  ip: 0x0800,
  arp: 0x0806,
  ip6: 0x86dd,
  '8021q': 0x8100,
  '8021ad': 0x88a8,
  vlan: 0x8100,
});

export const arpOperation = numberType('arp_op', 'an ARP operation', 16, {
  request: 1,
  reply: 2,
  rrequest: 3,
  rreply: 4,
  inrequest: 8,
  inreply: 9,
  nak: 10,
});

export const igmpType = numberType('igmp_type', 'an IGMP type', 8, {
  'membership-query': 0x11,
  'membership-report-v1': 0x12,
  'membership-report-v2': 0x16,
  'membership-report-v3': 0x22,
  'leave-group': 0x17,
});

export const dccpType = numberType('dccp_pkttype', 'a DCCP packet type', 4, {
  request: 0,
  response: 1,
  data: 2,
  ack: 3,
  dataack: 4,
  closereq: 5,
  close: 6,
  reset: 7,
  sync: 8,
  syncack: 9,
});

export const mobilityType = numberType('mh_type', 'a mobility header type', 8, {
  'binding-refresh-request': 0,
  'home-test-init': 1,
  'careof-test-init': 2,
  'home-test': 3,
  'careof-test': 4,
  'binding-update': 5,
  'binding-acknowledgement': 6,
  'binding-error': 7,
  'fast-binding-update': 8,
  'fast-binding-acknowledgement': 9,
  'fast-binding-advertisement': 10,
  'experimental-mobility-header': 11,
  'home-agent-switch-message': 12,
});

export const ecn = numberType('ecn', 'an ECN value', 2, { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 });

/** include/uapi/linux/if_arp.h: ARPHRD_ETHER and so on. */
export const interfaceType = numberType('iface_type', 'an interface type', 16, {
  ether: 1,
  ppp: 512,
  ipip: 768,
  ipip6: 769,
  loopback: 772,
  sit: 776,
  ipgre: 778,
});

/** include/uapi/linux/rtnetlink.h: RTN_UNSPEC and so on. */
export const addressType = numberType('fib_addrtype', 'an address type', 32, {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
});

export const dayOfWeek = numberType('day', 'a day of the week', 8, {
  Sunday: 0,
  Monday: 1,
  Tuesday: 2,
  Wednesday: 3,
  Thursday: 4,
  Friday: 5,
  Saturday: 6,
});

/** include/uapi/linux/netfilter/nf_tables.h: NFT_REJECT_ICMPX_NO_ROUTE and so on. */
export const icmpxCode = numberType('icmpx_code', 'an ICMP code for either family', 8, {
  'port-unreachable': 1,
  'admin-prohibited': 3,
  'no-route': 0,
  'host-unreachable': 2,
});

/** Bits of include/uapi/linux/netfilter/nf_conntrack_common.h: IPCT_NEW and so on. */
export const ctEventBits = numberType(
  'ct_event',
  'a connection event',
  32,
  {
    new: 1,
    related: 2,
    destroy: 4,
    reply: 8,
    assured: 16,
    protoinfo: 32,
    helper: 64,
    mark: 128,
    seqadj: 256,
    secmark: 512,
    label: 1024,
  },
  { hex: true, bitmask: true },
);

/** The group that every interface is in (/etc/iproute2/group). */
export const deviceGroup = numberType('devgroup', 'a device group', 32, { default: 0 });

/** The realm of routes without one (/etc/iproute2/rt_realms). */
export const realm = numberType('realm', 'a routing realm', 32, { cosmos: 0 });

/** How nft's JSON says whether something is there; of an interface that is none it also says its number. */
const presences: ReadonlyMap<unknown, bigint> = new Map<unknown, bigint>([
  [true, 1n],
  [1, 1n],
  [false, 0n],
  [0, 0n],
  ['0', 0n],
]);

/** Whether something is there. */
export const existence: DataType = {
  ...numberType('boolean', '`exists` or `missing`', 1, { missing: 0, exists: 1 }),
  toJson: (value) => value !== 0n,
  fromJson: (json) => presences.get(json),
};

/** Any text: the name of a helper, of an operating system. */
export const anyText: DataType = { ...interfaceName, name: 'string', label: 'a string', text: 'any' };

const lastLabel = 127n;

/** Labels of connections are bits, written by their numbers. */
export const ctLabelBits: DataType = {
  name: 'ct_label',
  label: 'a connection label',
  width: 128,
  parse: labelBit,
  format: (bit) => indexOf(bit).toString(),
  toJson: indexOf,
  fromJson: (json) => (typeof json === 'number' ? labelBit(`${json}`) : undefined),
  bitmask: true,
};

function labelBit(text: string): bigint | undefined {
  const index = parseNumber(text, 8);
  return index !== undefined && index <= lastLabel ? 1n << index : undefined;
}

function indexOf(bit: bigint): number {
  return bit.toString(2).length - 1;
}
