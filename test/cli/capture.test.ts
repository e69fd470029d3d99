// `trace --pcap`: the packets of a capture as one history; frames that are no packets are passed over with a warning.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline, repository } from './support/hookline.ts';

/** Ethernet frames, in pcap as tcpdump writes it. */
function capture(...frames: readonly string[]): Buffer {
  const header = 'd4c3b2a1020004000000000000000000ffff000001000000';
  const records = frames.map((frame) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(frame.length / 2);
    return `0000000000000000${length.toString('hex').repeat(2)}${frame}`;
  });
  return Buffer.from(header + records.join(''), 'hex');
}

const macs = '020000000001020000000002';
const brokenOff = `${macs}080045000028`;
const request = `${macs}08004500001c000000004011000a0a0000010a0000020035003500080000`;
const answer = `${macs}08004500001c000000004011000a0a0000020a0000010035003500080000`;
const policy = `table ip filter {
  chain INPUT policy drop {
    ct state established accept
    ip saddr 10.0.0.1 accept
  }

  chain FORWARD policy drop {
    ct state established accept
    ip saddr 10.0.0.1 accept
  }
}
`;

test('the answer in a capture belongs to the connection of the request', () => {
  const cwd = folderWith({ 'policy.hook': policy, 'a.pcap': capture(request, brokenOff, answer) });
  const words = ['trace', 'policy.hook', '--pcap', 'a.pcap', '--device', 'eth0', '--json'];
  const { status, stdout, stderr } = hookline(words, { cwd });
  expect(status).toBe(0);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ conntrack }) => conntrack.state)).toEqual(['new', 'established']);
  expect(stderr).toContain('HK6061');
  expect(stderr).toContain('frame 2');
});

test('a capture of NFLOG tells the hook and the rule; numbers of interfaces are named', () => {
  const rules = policy.replace('ct state', 'log prefix "nflog in: " group 5\n    ct state');
  const cwd = folderWith({ 'policy.hook': rules });
  const pcap = join(repository, 'fixtures/capture/nflog.pcap');
  const words = ['trace', 'policy.hook', '--pcap', pcap, '--device', '2=lan0,3=wan0', '--summary', '--json'];
  const { packets, decisions, logged } = JSON.parse(hookline(words, { cwd }).stdout);
  expect(packets).toBe(60);
  expect(decisions[0].first).toBe('2026-11-21T19:22:26.201Z');
  expect(logged.find(({ prefix }: { prefix: string }) => prefix === 'nflog in: ')).toMatchObject({
    packets: 25,
    reached: 25,
    rules: [{ chain: 'INPUT', rule: 1 }],
  });
});

test('what is no capture is refused', () => {
  const cwd = folderWith({ 'policy.hook': policy });
  expectRefusal(hookline(['trace', 'policy.hook', '--pcap', 'policy.hook'], { cwd }), 'HK6060');
});
