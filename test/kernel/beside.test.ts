// Rule sets of iptables-legacy, iptables-nft and nft beside each other: in each order of loading the kernel does what a
// trace says, and a trace that is not told the order says that it depends, exactly where the kernel differs.
import { expect, test } from 'vitest';
import { loadedBeside } from '../../src/core/ir/beside.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { decodePacket } from '../../src/core/packet/decode.ts';
import { encodePacket } from '../../src/core/packet/encode.ts';
import { formatPacket } from '../../src/core/packet/format.ts';
import type { Injection, Packet } from '../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { type Trace, trace } from '../../src/core/trace/trace.ts';
import { policyOf } from '../support/policy.ts';
import { type DeviceUnderTest, startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

const [host] = policyOf(`host dut {
  interface "a0" { address 10.0.1.1/24 }
  interface "b0" { address 10.0.2.1/24 }
  sysctl net.ipv4.ip_forward = 1
}`).hosts;

const programs = {
  nft: ['nft', '-f', '/dev/stdin'],
  legacy: ['iptables-legacy-restore'],
  variant: ['iptables-nft-restore'],
} as const;

interface Loaded {
  readonly by: keyof typeof programs;
  readonly text: string;
}

const dump = (table: string, ...lines: readonly string[]) => [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
const nftChain = (name: string, hook: string, ...rules: readonly string[]) =>
  `table ip ${name} {\nchain own {\ntype ${hook}\n${rules.join('\n')}\n}\n}\n`;

const marking = dump('mangle', '-A FORWARD -p udp --dport 53 -j MARK --set-mark 1');
const asking = nftChain('asking', 'filter hook forward priority mangle;', 'meta mark 0x1 drop');
const toThree = dump('nat', '-A PREROUTING -p udp -j DNAT --to-destination 10.0.2.3');
const toFour = nftChain('to_four', 'nat hook prerouting priority -100;', 'udp dport 53 dnat to 10.0.2.4');
const tracked = nftChain('tracked', 'filter hook prerouting priority -200;', 'ct state new counter');
const invalid = nftChain('early', 'filter hook prerouting priority -200;', 'ct state invalid drop');

const pairs: Readonly<Record<string, readonly [Loaded, Loaded]>> = {
  'legacy marks, nft asks': [
    { by: 'legacy', text: marking },
    { by: 'nft', text: asking },
  ],
  'the nft variant marks, nft asks': [
    { by: 'variant', text: marking },
    { by: 'nft', text: asking },
  ],
  'both translate': [
    { by: 'legacy', text: toThree },
    { by: 'nft', text: toFour },
  ],
  'conntrack and a chain at its priority': [
    { by: 'nft', text: tracked },
    { by: 'nft', text: invalid },
  ],
  'conntrack because of legacy': [
    { by: 'legacy', text: dump('filter', '-A INPUT -m conntrack --ctstate NEW') },
    { by: 'nft', text: invalid },
  ],
  'other priorities': [
    { by: 'legacy', text: dump('filter', '-A FORWARD -p udp -j DROP') },
    { by: 'nft', text: asking },
  ],
};

const injection = injectionOf('in a0 udp 10.0.1.2:5000 -> 10.0.2.2:53');

function injectionOf(text: string): Injection {
  const { value } = parsePacketSpec({ name: 'packet', text });
  if (!value) throw new Error(text);
  return value;
}

describeKernel(
  'rule sets beside each other',
  ['nft', 'iptables-legacy-restore', 'iptables-nft-restore'],
  () => {
    test.each(Object.entries(pairs))('%s', async (_, [one, other]) => {
      const seen = [await sentBy([one, other]), await sentBy([other, one])];
      expect([traced([one, other]), traced([other, one])].map(outcomes)).toEqual(seen.map((end) => [end]));
      const open = outcomes(traced([one, other], false));
      expect(open).toEqual([...new Set(seen)]);
    });
  },
);

function traced(loaded: readonly Loaded[], inOrder = true): Trace {
  const dumps = loaded.map(({ text, by }, at) => {
    const { value } = loadPolicy({ name: by === 'nft' ? `${at}.nft` : `${at}.save`, text });
    if (!value) throw new Error(text);
    return { name: `${at}`, ruleSet: value.ruleSet };
  });
  const { loads, ...ruleSet } = loadedBeside(dumps);
  return trace({ ruleSet: inOrder || !loads ? ruleSet : { ...ruleSet, loads }, injection, host });
}

/** Where the packet goes on each way: all of them differ in it. */
function outcomes({ ways }: Trace): readonly string[] {
  return [...new Set(ways.map(({ fate, packet: left }) => (fate === 'forwarded' ? endOf(left) : 'dropped')))];
}

function endOf(left: Packet): string {
  return /-> (\S+)/.exec(formatPacket(left))?.[1] ?? '';
}

/** Where the packet goes when the host has loaded these in this order. */
async function sentBy(loaded: readonly Loaded[]): Promise<string> {
  await using device: DeviceUnderTest = startDevice();
  for (const { by, text } of loaded) {
    const [program, ...args] = programs[by];
    await device.run(program, args, text);
  }
  const { frames } = await device.send('a0', encodePacket(injection.packet));
  const [frame] = frames;
  if (!frame) return 'dropped';
  const { value } = decodePacket(Buffer.from(frame.packet, 'hex'));
  return value ? endOf(value) : 'unreadable';
}
