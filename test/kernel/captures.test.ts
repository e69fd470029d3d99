// What only tcpdump itself shows of where captures see packets; on every host of fixtures/wire the other kernel tests of what
// goes over the wire hold the steps of traces against it.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { describeKernel } from './support/require.ts';

describeKernel('what tcpdump sees', ['unshare', 'tcpdump', 'bash'], () => {
  test('what leaves by lo is seen there, though tcpdump leaves it out', () => {
    // A datagram and the answer of the closed port.
    expect(printed(onLoopback)).toContain(
      '2 packets captured\n4 packets received by filter\n0 packets dropped by kernel\n',
    );
  });

  test('what a bridge passes on is seen on the bridge because tcpdump has it take all frames', () => {
    expect(printed(onBridge(''))).toMatch(/^1 packet captured$/m);
    expect(printed(onBridge('-p'))).toMatch(/^0 packets captured$/m);
  });
});

function printed(script: string): string {
  return spawnSync('unshare', ['-n', 'bash', '-c', script], { encoding: 'utf8', timeout: 240_000 }).stdout;
}

const onLoopback = `
ip link set lo up
file=$(mktemp)
coproc dump { exec timeout 200 tcpdump -i lo -n --immediate-mode -U -Z root -w "$file" 2>&1; }
said=\${dump[0]}
read -r -u "$said"
echo -n x > /dev/udp/127.0.0.1/9
until [ "$(tcpdump -nr "$file" 2>/dev/null | wc -l)" = 2 ]; do sleep 0.1; done
rm "$file"
kill -INT "$dump_PID"
cat <&"$said"
`;

const onBridge = (option: string) => `
ip link add br0 type bridge forward_delay 0
for n in 0 1; do
  ip link add v$n type veth peer name p$n
  ip link set p$n master br0 up
  ip link set v$n up
done
ip link set br0 up
ip address add 10.9.0.1/24 dev v0
ip neighbour add 10.9.0.2 lladdr 02:00:00:00:00:99 dev v0
until ip -oneline link show br0 | grep -q 'state UP'; do sleep 0.1; done
coproc dump { exec timeout 200 tcpdump ${option} -i br0 -n --immediate-mode -w /dev/null udp port 7777 2>&1; }
said=\${dump[0]}
read -r -u "$said"
echo -n x > /dev/udp/10.9.0.2/7777
sleep 1
kill -INT "$dump_PID"
cat <&"$said"
`;
