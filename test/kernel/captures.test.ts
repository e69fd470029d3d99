// What the steps of a trace say that captures see is what tcpdump sees in the kernel: on every interface the same packets,
// in the same order, with the same headers.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capturesOf } from '../../src/core/trace/seen.ts';
import { captureText } from '../support/captures.ts';
import { readWireFixture } from '../support/wire-fixture.ts';
import { simulateWays } from '../support/wire-simulation.ts';
import { describeKernel } from './support/require.ts';
import { runOnWire } from './support/wire-host.ts';
import { scriptOf } from './support/wire-script.ts';

/**
 * What only the kernel has: a frame that is translated to another station of the bridge leaves by the bridge itself as long
 * as the kernel has not yet made a header for that station (net/bridge/br_netfilter_hooks.c: br_nf_pre_routing_finish_bridge).
 */
const besides: Readonly<Record<string, string>> = {
  'bridged-translation.hook': 'out br0  udp 10.0.0.2:5001 -> 10.0.0.4:1',
  'bridged-ipv6.hook': 'out br0  udp [2001:db8::2]:5001 -> [2001:db8::4]:1',
};

/** Those that are about the way of packets, and not only about what is remembered of them. */
const asked =
  /^(arp|bridged|captures|closed-ports|copies|echo|fragments|nat|own|redirect|reject|reset|sent|stack|vlan)/;

const folder = join(import.meta.dirname, '../../fixtures/wire');

describeKernel('what tcpdump sees', ['nft', 'conntrack', 'unshare', 'tcpdump', 'bash'], () => {
  for (const name of readdirSync(folder).filter((file) => asked.test(file))) {
    test(name, () => {
      const fixture = readWireFixture(name, readFileSync(join(folder, name), 'utf8'));
      const record = runOnWire({ ...scriptOf(fixture), listens: true });
      const seen = record.map(({ captured = [] }, at) => [
        fixture.specs[at],
        ...captured.filter((line) => line !== besides[name]),
      ]);
      const foretold = simulateWays(fixture).map((way, at) => [
        fixture.specs[at],
        // libpcap leaves out what leaves by `lo`, which comes in again (pcap-linux.c: linux_check_direction).
        ...capturesOf(way)
          .filter(({ device, direction }) => device !== 'lo' || direction === 'in')
          .map(({ device = '?', direction, packet }) => captureText(direction, device, packet)),
      ]);
      expect(foretold).toEqual(seen);
    });
  }

  test('what leaves by lo is seen there, though tcpdump leaves it out', () => {
    const { stdout } = spawnSync('unshare', ['-n', 'bash', '-c', onLoopback], { encoding: 'utf8' });
    // A datagram and the answer of the closed port.
    expect(stdout).toContain(
      '2 packets captured\n4 packets received by filter\n0 packets dropped by kernel\n',
    );
  });
});

const onLoopback = `
ip link set lo up
coproc dump { exec timeout 20 tcpdump -i lo -n --immediate-mode -w /dev/null 2>&1; }
said=\${dump[0]}
read -r -u "$said"
echo -n x > /dev/udp/127.0.0.1/9
sleep 1
kill -INT "$dump_PID"
cat <&"$said"
`;
