// From which of its addresses a host asks by ARP, and for whom it answers: what tcpdump sees, and what the simulator says.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../src/core/datatype/address.ts';
import { answersArp, arpRequestSource } from '../../src/core/topology/arp.ts';
import type { AddressFacts, SysctlFact } from '../../src/core/topology/facts.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { makeHost } from '../../src/core/topology/make-host.ts';
import { describeKernel } from './support/require.ts';

const held = {
  a0: ['10.0.0.1/24', '10.0.0.5/24', '10.1.0.1/24'],
  b0: ['10.9.0.1/24'],
} as const;

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new Error(`no address: ${text}`);
  return address;
}

function facts(text: string): AddressFacts {
  const [head = '', length] = text.split('/');
  return { address: addressOf(head), prefixLength: Number(length) };
}

function hostWith(sysctls: readonly SysctlFact[]): Host {
  const interfaces = Object.entries(held).map(([name, texts]) => ({ name, addresses: texts.map(facts) }));
  const { value } = makeHost({ name: 'h', interfaces, sysctls });
  if (!value) throw new Error('the host is refused');
  return value;
}

const made = [
  'ip link set lo up',
  ...Object.entries(held).flatMap(([name, texts]) => [
    `ip link add ${name} type veth peer name ${name}p`,
    ...texts.map((text) => `ip address add ${text} dev ${name}`),
    `ip link set ${name} up`,
    `ip link set ${name}p up`,
  ]),
];

function inNamespace(lines: readonly string[]): string {
  const run = spawnSync('unshare', ['-n', 'bash'], { input: lines.join('\n'), encoding: 'utf8' });
  return run.stdout;
}

/** A packet waits for each target, whose route says its source. */
const cases = [0, 1, 2].flatMap((announce) =>
  ['10.0.0.1', '10.0.0.5', '10.1.0.1', '10.9.0.1'].flatMap((source, at) =>
    ['10.0.0', '10.1.0'].map((subnet) => ({
      announce,
      source,
      target: `${subnet}.${50 + announce * 10 + at}`,
    })),
  ),
);

describeKernel('ARP', ['unshare', 'sysctl', 'tcpdump', 'bash'], () => {
  test('asks from the address that arp_announce says', () => {
    const seen = inNamespace([
      ...made,
      'log=$(mktemp -d); tcpdump -lnni a0p arp >$log/seen 2>$log/said & sniffer=$!',
      'until grep -q listening $log/said; do sleep 0.05; done',
      ...cases.flatMap(({ announce, source, target }) => [
        `sysctl -qw net.ipv4.conf.a0.arp_announce=${announce}`,
        `ip route add ${target}/32 dev a0 src ${source}`,
        `echo x > /dev/udp/${target}/9`,
      ]),
      ...cases.map(({ target }) => `until grep -q "who-has ${target} " $log/seen; do sleep 0.05; done`),
      'kill $sniffer; cat $log/seen; rm -r $log',
    ]);
    // Who gets no answer asks again, by then with another value of the sysctl.
    const requests = [...seen.matchAll(/who-has (\S+) tell ([\d.]+)/g)].toReversed();
    const asked = new Map(requests.map(([, target, by]) => [target, by]));
    for (const { announce, source, target } of cases) {
      const host = hostWith([{ name: 'net.ipv4.conf.a0.arp_announce', value: `${announce}` }]);
      const ours = arpRequestSource(host, 'a0', addressOf(target).value, addressOf(source).value);
      expect([announce, source, target, formatAddress({ family: 4, value: ours })]).toEqual([
        announce,
        source,
        target,
        asked.get(target),
      ]);
    }
  });

  test.each([
    ['all', '1'],
    ['a0', '1'],
    ['a0', '0'],
  ])('answers for neighbours where proxy_arp_pvlan of %s is %s', (device, value) => {
    const pvlan = { name: `net.ipv4.conf.${device}.proxy_arp_pvlan`, value };
    const sysctls = [{ name: 'net.ipv4.ip_forward', value: '1' }, pvlan];
    const target = '10.0.0.77';
    const shown = inNamespace([
      ...made,
      ...sysctls.map((one) => `sysctl -qw ${one.name}=${one.value}`),
      'unshare -n sleep 60 & other=$!',
      'until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done',
      'ip link set a0p netns $other',
      'ns="nsenter -t $other -n"',
      '$ns ip address add 10.0.0.2/24 dev a0p; $ns ip link set a0p up',
      'until $ns ip -o link show a0p | grep -q "state UP"; do sleep 0.05; done',
      `$ns bash -c 'echo x > /dev/udp/${target}/9'; `,
      // The kernel answers for others after up to 0.8 seconds (proxy_delay).
      `for i in $(seq ${value === '1' ? 100 : 12}); do $ns ip neigh show ${target} | grep lladdr && break; sleep 0.2; done`,
      'kill $other',
    ]);
    const request = {
      kind: 'arp',
      operation: 1,
      sender: addressOf('10.0.0.2').value,
      target: addressOf(target).value,
    } as const;
    const { answers } = answersArp(hostWith(sysctls), request, { device: 'a0', mark: 0 });
    expect(answers).toBe(shown.includes('lladdr'));
    expect(answers).toBe(value === '1');
  });
});
