// Frames through a bridge, packets through ingress and egress: in every chain the kernel counts them in the rules that a
// trace says to match.
import { expect, test } from 'vitest';
import { encodePacket } from '../../src/core/packet/encode.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { policyOf } from '../support/policy.ts';
import { countedRules, matchedRules, nftText, without } from './support/counted.ts';
import { startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

/** What every chain asks about. */
const conditions = `
  iifname "a0"; oifname "a0"; iifname "b0"; oifname "b0"; iifname "br0"; oifname "br0"; iifname "lo"; oifname "lo"
  iifname != "zz"; oifname != "zz"; ip ttl 64; ip ttl 63; ip saddr 10.0.0.2; meta l4proto udp
  ether daddr 02:00:00:00:00:0a; ether type ip; meta length 43; meta length 29`
  .split(/[;\n]/)
  .map((text) => text.trim())
  .filter(Boolean);

const rules = conditions.map((condition) => `udp dport 99 ${condition} counter`).join('\n');

const chains = (hooks: readonly string[]) =>
  hooks.map((hook) => `chain at_${hook} hook ${hook} priority filter {\n${rules}\n}`).join('\n');

const fiveHooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

const deviceChains = ['ingress', 'egress'].flatMap((hook) =>
  ['a0', 'b0', 'br0', 'lo'].map(
    (device) => `chain ${hook}_${device} hook ${hook} device "${device}" priority filter {\n${rules}\n}`,
  ),
);

/** The interfaces of the host: a bridge, and its ports. */
const bridgeLine = (mac: string) => `interface "br0" { address 10.0.0.1/24; mac ${mac} }`;
const port = (name: string) =>
  `interface "${name}" { master "br0"; mac 02:00:00:00:01:0${name === 'a0' ? 1 : 2} }`;

/** The header that the device under test writes itself. */
const ethernet = 14;

const own = '02:00:00:00:00:0a';
const other = '02:00:00:00:00:01';
const received = `mac 02:00:00:00:00:ff dmac ${own}`;

/** The packet, the address of the bridge and its ports. Frames are for the station 02:00:00:00:00:0a. */
const cases: Readonly<Record<string, readonly [packet: string, mac: string, ports: readonly string[]]>> = {
  'to another port': [`in a0 udp 10.0.0.2:5000 -> 10.0.0.3:99 len 29 ${received}`, other, ['a0', 'b0']],
  'to the bridge': [`in a0 udp 10.0.0.2:5000 -> 10.0.0.1:99 len 29 ${received}`, own, ['a0', 'b0']],
  'routed back by the bridge': [`in a0 udp 10.0.0.2:5000 -> 10.9.0.3:99 len 29 ${received}`, own, ['a0']],
  'sent by a program': ['out udp 10.0.0.1:5000 -> 10.0.0.3:99 len 29', other, ['a0']],
  'sent to the host itself': ['out udp 10.0.0.1:5000 -> 10.0.0.1:99 len 29', other, ['a0']],
};

describeKernel('rules at bridges and devices', ['nft', 'bash'], () => {
  test.each(Object.entries(cases))('%s', async (_, [packet, mac, ports]) => {
    // Rules that name a port of a bridge where none is seen are what this is about.
    const { ruleSet, hosts } = policyOf(policyText(mac, ports), 'HK6125');
    const { value: injection } = parsePacketSpec({ name: 'packet', text: packet });
    if (!injection) throw new Error(packet);
    await using device = startDevice(setup(mac, ports));
    await device.run('bash', ['-c', sysctls]);
    await device.run('nft', ['-f', '/dev/stdin'], nftText(ruleSet));
    if (injection.direction === 'in')
      await device.send('a0', encodePacket(injection.packet).subarray(ethernet));
    else
      await device.run('bash', [
        '-c',
        `echo -n x > /dev/udp/${packet.includes('> 10.0.0.1') ? '10.0.0.1' : '10.0.0.3'}/99`,
      ]);
    const listing = await device.run('nft', ['list', 'ruleset']);
    const counted = countedRules(listing);
    const [way, ...others] = trace({ ruleSet, host: hosts[0], injection }).ways;
    const { matched, certain } = matchedRules(way);
    expect(certain.length).toBeGreaterThan(0);
    expect(without(certain, counted)).toEqual([]);
    expect(without(counted, matched)).toEqual([]);
    expect(others.every(({ fate }) => fate === way.fate)).toBe(true);
  });
});

const sysctls =
  'echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables; echo 1 > /proc/sys/net/ipv4/ip_forward';

function policyText(mac: string, ports: readonly string[]): string {
  return `
table bridge frames { ${chains(fiveHooks)} }
table netdev edges { ${deviceChains.join('\n')} }
table inet filter { ${chains(fiveHooks)} }
host dut {
  ${bridgeLine(mac)}
  ${ports.map(port).join('\n')}
  route 10.9.0.0/24 via 10.0.0.3
  sysctl net.ipv4.ip_forward = 1
  sysctl net.bridge.bridge-nf-call-iptables = 0
}`;
}

function setup(mac: string, ports: readonly string[]): readonly string[] {
  return [
    ...['a0', 'b0'].map((name) => `addr flush dev ${name}`),
    'link set a0 address 02:00:00:00:01:01',
    'link set b0 address 02:00:00:00:01:02',
    `link add br0 address ${mac} type bridge`,
    ...ports.map((name) => `link set ${name} master br0`),
    'link set br0 up',
    'addr add 10.0.0.1/24 dev br0',
    'neigh replace 10.0.0.3 lladdr 02:00:00:00:00:33 dev br0 nud permanent',
    'route add 10.9.0.0/24 via 10.0.0.3',
  ];
}
