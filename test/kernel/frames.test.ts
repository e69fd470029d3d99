// Frames that carry no IP packet or are tagged, by a device and through a bridge: the kernel counts them in the rules that a trace says
// to match, the host's answers too.
import { expect, test } from 'vitest';
import { encodePacket } from '../../src/core/packet/encode.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { policyOf } from '../support/policy.ts';
import { countedRules, matchedRules, nftText, without } from './support/counted.ts';
import { startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

/** What every chain asks about. */
const everywhere = `
  iifname "a0"; oifname "a0"; iifname "br0"; oifname "br0"; iifname != "zz"; oifname != "zz"; meta protocol arp
  meta protocol ip; meta length 28; meta length 42; meta length 46; meta length 60; meta length 29; meta length 43
  meta pkttype host; meta pkttype broadcast; meta pkttype multicast; meta pkttype other; meta mark 0
  ether type arp; ether type ip; ether type vlan; ether type != arp; ether type 0x88b5; ether type 0x26
  ether saddr 02:00:00:00:00:ff; ether saddr != 02:00:00:00:00:ff; ether daddr ff:ff:ff:ff:ff:ff
  ether daddr != ff:ff:ff:ff:ff:ff; ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00
  arp operation request; arp operation reply; arp operation != nak; arp saddr ip 10.0.0.2; arp daddr ip 10.0.0.1
  arp saddr ether 02:00:00:00:00:ff; arp daddr ether 00:00:00:00:00:00; arp htype 1; arp ptype ip; arp hlen 6
  vlan id 10; vlan id != 5; vlan pcp 3; vlan dei 0; vlan type ip; vlan type arp; @ll,96,16 0x8100
  @nh,0,16 1; @nh,0,16 != 7; @nh,48,16 1; @ll,96,16 0x806; @ll,0,48 != 3; numgen inc mod 1 0`;

/** What tables for ARP don't take. */
const besideArp = `
  ip saddr != 192.0.2.1; ip6 saddr != ::1; meta l4proto != tcp; tcp dport != 9; udp sport != 9; ip ttl != 3
  icmp type != 3; meta protocol ip ip protocol != 3`;

const rulesOf = (list: string): string =>
  list
    .split(/[;\n]/)
    .map((text) => text.trim())
    .filter(Boolean)
    .map((condition) => `${condition} counter`)
    .join('\n');

const chain = (name: string, hook: string, conditions: string): string =>
  `chain ${name} hook ${hook} priority filter {\nmeta protocol ip6 counter accept\n${rulesOf(conditions)}\n}`;

/** What the host says by itself, which is IPv6, is counted by the first rule alone. */
const ofItself = / 1$/;

const bridgeChains = ['prerouting', 'input', 'forward', 'output', 'postrouting'].map((hook) =>
  chain(`at_${hook}`, hook, everywhere + besideArp),
);

const deviceChains = ['ingress', 'egress'].flatMap((hook) =>
  ['a0', 'b0', 'br0'].map((device) =>
    chain(`${hook}_${device}`, `${hook} device "${device}"`, everywhere + besideArp),
  ),
);

const tables = `
table arp filter { ${chain('in', 'input', everywhere)} ${chain('out', 'output', everywhere)} }
table bridge frames { ${bridgeChains.join('\n')} }
table netdev edges { ${deviceChains.join('\n')} }`;

const facts = {
  plain: 'interface "a0" { address 10.0.0.1/24; mac 02:00:00:00:01:01 }',
  bridge: `
  interface "br0" { address 10.0.0.1/24; mac 02:00:00:00:00:01 }
  interface "a0" { master "br0"; mac 02:00:00:00:01:01 }
  interface "b0" { master "br0"; mac 02:00:00:00:01:02 }`,
};

const setups: Readonly<Record<keyof typeof facts, readonly string[]>> = {
  plain: ['addr add 10.0.0.1/24 dev a0'],
  bridge: [
    'link set a0 master br0',
    'link set b0 master br0',
    'link set br0 address 02:00:00:00:00:01 up',
    'addr add 10.0.0.1/24 dev br0',
  ],
};

const macs = ['link set a0 address 02:00:00:00:01:01', 'link set b0 address 02:00:00:00:01:02'];

/** Addresses of a station behind the other port, and of the bridge. */
const other = 'dmac 02:00:00:00:00:ee';
const toBridge = 'dmac 02:00:00:00:00:01';

/** 46 bytes, as many as a frame has at least. */
const content = ` payload 0x0001424203${'00'.repeat(41)}`;

/** Copies for other ports are not followed: the rules that only they meet. */
const ofCopies = /^(bridge at_(forward|postrouting)|netdev egress_b0) /;

const cases: readonly (readonly [keyof typeof facts, string])[] = [
  ['plain', 'arp request 10.0.0.2 -> 10.0.0.1'],
  ['plain', 'arp request 10.0.0.2 -> 10.0.0.9'],
  ['plain', 'arp request 10.0.0.2 -> 10.0.0.1 len 46 dmac 02:00:00:00:01:01'],
  ['plain', `arp request 10.0.0.2 -> 10.0.0.1 ${other}`],
  ['plain', 'arp reply 10.0.0.2 -> 10.0.0.1 dmac 02:00:00:00:01:01'],
  ['plain', 'ether type 0x88b5 dmac 02:00:00:00:01:01'],
  ['plain', 'ether type 0x88b5 dmac 01:00:5e:00:00:01'],
  ['plain', 'ether type 0x0026 dmac 01:80:c2:00:00:00'],
  ['plain', 'arp request 10.0.0.2 -> 10.0.0.1 vlan 10 pcp 3'],
  ['plain', 'arp request 10.0.0.2 -> 10.0.0.1 vlan 0 pcp 3'],
  ['plain', 'arp request 10.0.0.2 -> 10.0.0.1 service-vlan 10 vlan 20'],
  ['plain', `ether type 0x88b5 ${other} vlan 10`],
  ['plain', `udp 10.0.0.2:5000 -> 10.0.0.1:99 len 29 dmac 02:00:00:00:01:01 vlan 10 pcp 3`],
  ['plain', `udp 10.0.0.2:5000 -> 10.0.0.1:99 len 29 dmac 02:00:00:00:01:01 vlan 10 vlan 20`],
  ['bridge', `udp 10.0.0.2:5000 -> 10.0.0.9:99 len 29 ${other} vlan 10 pcp 3`],
  ['bridge', `udp 10.0.0.2:5000 -> 10.0.0.1:99 len 29 ${toBridge} vlan 10 pcp 3`],
  ['bridge', `udp 10.0.0.2:5000 -> 10.0.0.9:99 len 29 ${other}`],
  ['bridge', `udp 10.0.0.2:5000 -> 10.0.0.9:99 len 29 ${other} service-vlan 10`],
  ['bridge', 'arp request 10.0.0.2 -> 10.0.0.1'],
  ['bridge', `arp request 10.0.0.2 -> 10.0.0.1 ${toBridge}`],
  ['bridge', `arp request 10.0.0.2 -> 10.0.0.9 ${other}`],
  ['bridge', `ether type 0x88b5 ${toBridge}`],
  ['bridge', `ether type 0x88b5 ${other}`],
  ['bridge', 'ether type 0x88cc dmac 01:80:c2:00:00:0e'],
  ['bridge', 'ether type 0x888e dmac 01:80:c2:00:00:03'],
  ['bridge', 'ether type 0x8808 dmac 01:80:c2:00:00:01'],
];

describeKernel('rules at frames without IP', ['nft'], () => {
  test.each(cases)('%s: %s', async (kind, spec) => {
    const { ruleSet, hosts } = policyOf(`${tables}\nhost dut { ${facts[kind]} }`);
    const { value: injection } = parsePacketSpec({
      name: 'packet',
      text: `in a0 ${spec} mac 02:00:00:00:00:ff${spec.startsWith('ether') ? content : ''}`,
    });
    if (!injection) throw new Error(spec);
    await using device = startDevice([bridge, ...flushed, ...macs, ...setups[kind]]);
    await device.run('nft', ['-f', '/dev/stdin'], nftText(ruleSet));
    await device.deliver('a0', encodePacket(injection.packet));
    const counted = countedRules(await device.run('nft', ['list', 'ruleset']));
    const [way, ...others] = trace({ ruleSet, host: hosts[0], injection }).ways;
    expect(others.every(({ fate }) => fate === way.fate)).toBe(true);
    const { matched, certain } = matchedRules(way);
    expect(certain.length).toBeGreaterThan(0);
    expect(without(certain, counted)).toEqual([]);
    const isCopied = injection.packet.link?.destination === 0xffffffffffffn;
    const unforeseen = without(counted, matched).filter((name) => !ofItself.test(name));
    expect(unforeseen.filter((name) => !(isCopied && ofCopies.test(name)))).toEqual([]);
  });
});

/** One that looks at multicast joins a group of IPv4 when it comes up, and says so at some time. */
const bridge = 'link add br0 type bridge mcast_snooping 0';

const flushed = ['a0', 'b0'].map((name) => `addr flush dev ${name}`);
