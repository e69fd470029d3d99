// `trace --log` of a whole journal: summarised by what decides, with the rules that logged; and of single lines.
import { expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline } from './support/hookline.ts';

const policy = `host gw {
  interface "wan0" { address 203.0.113.1/24 }
  interface "lan0" { address 10.0.0.1/24 }
  route default via 203.0.113.254
  sysctl net.ipv4.ip_forward = 1
}

table inet filter {
  chain input hook input priority filter policy drop {
    tcp dport 22 accept
    log prefix "in-drop: "
  }

  chain forward hook forward priority filter policy accept {
    ip ttl < 10 log prefix "[UFW BLOCK] " drop
  }
}
`;

function line(prefix: string, ends: string, { way = 'IN=wan0 OUT=', port = 23, ttl = 64 } = {}): string {
  return `${prefix}${way} MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 ${ends} LEN=60 TOS=0x00 PREC=0x00 TTL=${ttl} ID=1 DF PROTO=TCP SPT=40000 DPT=${port} WINDOW=64240 RES=0x00 SYN URGP=0 `;
}

const toUs = (source: string) => `SRC=${source} DST=203.0.113.1`;
const journal = [
  'Mar  3 10:00:00 gw systemd[1]: Started a session.',
  `Mar  3 10:00:01 gw kernel: ${line('in-drop: ', toUs('198.51.100.9'))}`,
  `Mar  3 10:00:02 gw kernel: ${line('in-drop: ', toUs('198.51.100.9'))}`,
  `Mar  3 10:00:03 gw kernel: [  123.4] ${line('in-drop: ', toUs('198.51.100.7'))}\r`,
  `Mar  3 10:00:04 gw kernel: ${line('in-drop: ', toUs('198.51.100.7'), { port: 22 })}`,
  `Mar  3 10:00:05 gw kernel: ${line('old: ', toUs('198.51.100.7'))}`,
  'Mar  3 10:00:06 gw kernel: in-drop: IN=wan0 OUT= SRC=1.1.1.1 DST=2.2.',
  `Mar  3 10:00:07 gw kernel: ${line('in-drop: ', toUs('198.51.100.7'), { way: 'IN=eth7 OUT=' })}`,
  '',
].join('\n');

function traced(input: string, ...options: readonly string[]) {
  const cwd = folderWith({ 'policy.hook': policy });
  return hookline(['trace', 'policy.hook', '--log', ...options], { cwd, input });
}

test('a journal is summarised by what decides; what cannot be followed is named with its line', () => {
  const { status, stdout, stderr } = traced(journal, '-');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `5 packets, 2 passed over

        4 drop  the policy of inet filter input
          from Mar  3 10:00:01 to Mar  3 10:00:05
          2 sources: 198.51.100.9 (2), 198.51.100.7 (2)
          2: ${journal.split('\n')[1]?.trim()}

        1 accept  rule 1 of inet filter input (policy.hook:10): tcp dport 22 accept
          from Mar  3 10:00:04 to Mar  3 10:00:04
          1 source: 198.51.100.7 (1)
          5: ${journal.split('\n')[4]?.trim()}

logged by
        4 "in-drop: "  rule 2 of inet filter input (policy.hook:11): log prefix "in-drop: "
          not reached by 1 of them
        1 "old: "  no rule has this prefix
`,
  });
  expect(stderr).toContain('warning[HK6063]: line 7: `DST=` is missing');
  expect(stderr).toContain('warning[HK6063]: line 8: host `gw` has no interface `eth7`');
});

test('the summary as JSON', () => {
  const { stdout } = traced(journal, '-', '--summary', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'hookline.trace-summary/1',
    packets: 5,
    passedOver: 2,
    decisions: [
      {
        packets: 4,
        verdict: 'drop',
        deciding: { by: 'policy', chain: 'input' },
        first: 'Mar  3 10:00:01',
        last: 'Mar  3 10:00:05',
        sources: [
          { address: '198.51.100.9', packets: 2 },
          { address: '198.51.100.7', packets: 2 },
        ],
        differentSources: 2,
        example: { number: 2 },
      },
      { packets: 1, verdict: 'accept', deciding: { by: 'rule', rule: 1 } },
    ],
    logged: [
      { prefix: 'in-drop: ', packets: 4, reached: 3, depends: 0, notReached: 1, rules: [{ rule: 2 }] },
      { prefix: 'old: ', packets: 1, rules: [] },
    ],
  });
});

test('each line of a journal is a line of JSON, or with --each a trace', () => {
  const answers = traced(journal, '-', '--json').stdout.trimEnd().split('\n');
  expect(answers.map((text) => JSON.parse(text).logged.reach)).toEqual([
    'reached',
    'reached',
    'reached',
    'not-reached',
    'unknown-prefix',
  ]);
  expect(traced(journal, '-', '--each').stdout.match(/^packet {2}/gm)).toHaveLength(5);
});

test('a line in the journal of systemd has its time', () => {
  const entry = {
    MESSAGE: line('in-drop: ', toUs('198.51.100.9')),
    __REALTIME_TIMESTAMP: '1763752957123456',
  };
  const input = `${JSON.stringify(entry)}\n`.repeat(2);
  expect(traced(input, '-').stdout).toContain('from 2025-11-21T19:22:37.123Z to 2025-11-21T19:22:37.123Z');
});

test.each([
  ['in-drop: ', 23, 'the packet comes to this rule'],
  ['in-drop: ', 22, 'the packet does not come to this rule'],
  ['gone: ', 23, 'no rule has the prefix "gone:"'],
  ['', 23, 'without a prefix'],
])('a line with the prefix %j to port %i: %s', (prefix, port, said) => {
  expect(traced('', line(prefix, toUs('198.51.100.9'), { port })).stdout).toContain(said);
});

test('a forwarded packet had more time to live before it was logged', () => {
  const ends = 'SRC=10.0.0.2 DST=198.51.100.9';
  const { stdout } = traced('', line('[UFW BLOCK] ', ends, { way: 'IN=lan0 OUT=wan0', ttl: 9 }));
  expect(stdout).toContain('ttl 10');
  expect(stdout).toContain('the packet comes to this rule');
  expect(stdout).toContain('because  rule 1 of inet filter forward (policy.hook:15)');
});

test('a journal without packets, or with lines that are none, is refused', () => {
  expectRefusal(traced('Mar  3 10:00:00 gw systemd[1]: Started.\n', '-'), 'HK0006');
  expectRefusal(traced('IN=wan0 OUT= SRC=1\n', '-'), 'HK0006');
});

test('specs have a summary, too', () => {
  const cwd = folderWith({
    'policy.hook': policy,
    'packets.txt':
      'in wan0 tcp 198.51.100.9:1 -> 203.0.113.1:22 syn\nin wan0 tcp 198.51.100.8:1 -> 203.0.113.1:22 syn\n',
  });
  const { stdout } = hookline(['trace', 'policy.hook', '--packets', 'packets.txt', '--summary'], { cwd });
  expect(stdout).toBe(`2 packets

        2 accept  rule 1 of inet filter input (policy.hook:10): tcp dport 22 accept
          2 sources: 198.51.100.9 (1), 198.51.100.8 (1)
          in wan0 tcp 198.51.100.9:1 -> 203.0.113.1:22 syn
`);
});

test.each([
  ['export', (text: string) => `__CURSOR=s=1\n__REALTIME_TIMESTAMP=1772532001000000\nMESSAGE=${text}\n\n`],
  [
    'verbose',
    (text: string) => `Tue 2026-03-03 10:00:01 UTC [s=a1;i=2]\n    PRIORITY=4\n    MESSAGE=${text}\n`,
  ],
  [
    'json-pretty',
    (text: string) =>
      `{\n\t"__REALTIME_TIMESTAMP" : "1772532001000000",\n\t"MESSAGE" : ${JSON.stringify(text)},\n\t"PRIORITY" : "4"\n}\n`,
  ],
  [
    'json',
    (text: string) =>
      `${JSON.stringify({ MESSAGE: [...Buffer.from(text)], __REALTIME_TIMESTAMP: '1772532001000000' })}\n`,
  ],
])('entries of journalctl -o %s have the time that stands beside the message', (_name, entry) => {
  const input = [toUs('198.51.100.9'), toUs('198.51.100.7')]
    .map((ends) => entry(line('in-drop: ', ends)))
    .join('');
  const { stdout } = traced(input, '-', '--summary', '--json');
  const { packets, decisions, logged } = JSON.parse(stdout);
  expect({ packets, first: decisions[0].first, logged }).toMatchObject({
    packets: 2,
    first: expect.stringMatching(/2026-03-03.10:00:01/),
    logged: [expect.objectContaining({ prefix: 'in-drop: ' })],
  });
});
