// The names that `trace --json` promises, on real traces. Programs rely on them: they may grow in number only.
import { describe, expect, test } from 'vitest';
import { example, folderWith, hookline } from './support/hookline.ts';

function traced(packet: string, policy = example, ...options: string[]) {
  const { status, stdout, stderr } = hookline(['trace', policy, packet, '--json', ...options]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** The example without its host block: nothing is known of routing. */
const withoutHost =
  'table ip filter {\n  chain FORWARD policy drop { iif "a" accept }\n  chain INPUT policy drop { }\n}\n';

describe('a translated and forwarded packet', () => {
  const answer = traced('in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:8080 syn');
  const source = { file: example, line: 24, column: 5 };

  test('has its verdict, its fate and the packet as it left', () => {
    expect(answer).toMatchObject({
      schema: 'hookline.trace/1',
      verdict: 'accept',
      fate: 'forwarded',
      out: 'lan0',
      packet: {
        source: '198.51.100.9',
        destination: '10.0.0.2',
        protocol: 6,
        sport: 40000,
        dport: 80,
        ttl: 63,
      },
    });
  });

  test('has the rule that decided', () => {
    expect(answer.deciding).toEqual({
      by: 'rule',
      family: 'inet',
      table: 'filter',
      chain: 'forward',
      rule: 4,
      index: 4,
      source,
    });
  });

  test('has its connection with both tuples and the status', () => {
    expect(answer.conntrack).toMatchObject({
      state: 'new',
      original: {
        protocol: 6,
        source: '198.51.100.9',
        destination: '203.0.113.1',
        sport: 40000,
        dport: 8080,
      },
      reply: { protocol: 6, source: '10.0.0.2', destination: '198.51.100.9', sport: 80, dport: 40000 },
      status: expect.arrayContaining(['dnat', 'confirmed']),
    });
  });

  test('has its steps in order', () => {
    expect(answer.steps.map(({ kind, hook }: { kind: string; hook?: string }) => [kind, hook])).toEqual([
      ['capture', undefined],
      ['hook', 'prerouting'],
      ['conntrack', 'prerouting'],
      ['chain', 'prerouting'],
      ['rule', 'prerouting'],
      ['nat', 'prerouting'],
      ['routing', undefined],
      ['hook', 'forward'],
      ['chain', 'forward'],
      ...Array.from({ length: 4 }, () => ['rule', 'forward']),
      ['hook', 'postrouting'],
      ['chain', 'postrouting'],
      ['rule', 'postrouting'],
      ['policy', 'postrouting'],
      ['nat', 'postrouting'],
      ['capture', undefined],
    ]);
  });

  test('says what captures see, and where', () => {
    expect(answer.steps[0]).toEqual({
      kind: 'capture',
      device: 'wan0',
      direction: 'in',
      packet: 'tcp 198.51.100.9:40000 -> 203.0.113.1:8080 syn',
    });
    expect(answer.steps.at(-1)).toEqual({
      kind: 'capture',
      device: 'lan0',
      direction: 'out',
      packet: 'tcp 198.51.100.9:40000 -> 10.0.0.2:80 syn ttl 63',
    });
  });

  test('says of each rule where it stands, whether it matched, and what failed', () => {
    const rules = answer.steps.filter(({ kind }: { kind: string }) => kind === 'rule');
    const forward = { kind: 'rule', hook: 'forward', family: 'inet', table: 'filter', chain: 'forward' };
    expect(rules).toHaveLength(6);
    expect(rules[3]).toMatchObject({
      ...forward,
      index: 3,
      source: { ...source, line: 23 },
      matched: false,
      failed: { condition: 'iifname "lan0"', actual: '"wan0"' },
    });
    expect(rules[4]).toMatchObject({ ...forward, index: 4, source, matched: true, verdict: 'accept' });
    for (const rule of rules) expect('failed' in rule).toBe(!rule.matched);
  });

  test('says what its routing decision was, and why', () => {
    expect(answer.steps).toContainEqual({
      kind: 'routing',
      decision: 'onward by lan0',
      out: 'lan0',
      why: expect.any(String),
    });
  });
});

test.each([
  ['in wan0 tcp 198.51.100.9:40001 -> 203.0.113.1:22 syn', 'drop', 'dropped', 'policy'],
  ['in lan0 tcp 10.0.0.5:51001 -> 198.51.100.25:25 syn', 'reject', 'rejected', 'rule'],
  ['in lan0 udp 10.0.0.5:5000 -> 10.0.0.1:53', 'accept', 'delivered-local', 'rule'],
  ['out udp 203.0.113.1:5000 -> 198.51.100.7:53', 'accept', 'sent', undefined],
])('%s: %s', (packet, verdict, fate, by) => {
  const answer = traced(packet);
  expect(answer).toMatchObject({ verdict, fate });
  if (by !== undefined) expect(answer.deciding).toMatchObject({ by, family: 'inet', table: 'filter' });
});

test('a reason where the stack decided', () => {
  const host =
    'host h {\n  interface "a" { address 10.0.0.1/24 }\n  interface "b" { address 10.1.0.1/24 }\n}\ntable ip t { }\n';
  const policy = `${folderWith({ 'host.hook': host })}/host.hook`;
  expect(traced('in a udp 10.0.0.2:1 -> 10.1.0.2:2', policy)).toMatchObject({
    verdict: 'drop',
    fate: 'dropped',
    reason: 'forwarding-off',
  });
  expect(traced('out udp 10.0.0.1:1 -> 192.0.2.1:2', policy)).toMatchObject({
    verdict: 'drop',
    fate: 'dropped',
    reason: 'no-route',
  });
});

test('`depends` has what would decide and each outcome', () => {
  const policy = `${folderWith({ 'policy.hook': withoutHost })}/policy.hook`;
  const answer = traced('in a udp 10.0.0.2:1 -> 10.1.0.2:2', policy);
  expect(answer).toMatchObject({ verdict: 'depends', fate: 'depends' });
  const verdicts = answer.depends.map(
    ({ verdict, fate }: { verdict: string; fate: string }) => `${verdict} ${fate}`,
  );
  expect(verdicts).toEqual(expect.arrayContaining(['accept forwarded', 'drop dropped']));
  for (const { when } of answer.depends)
    expect(when).toContainEqual({ question: expect.any(String), answer: expect.any(String) });
});

test('`unknowns` has each thing that is not known, and what follows from each answer', () => {
  const policy = `${folderWith({ 'policy.hook': withoutHost })}/policy.hook`;
  const { unknowns } = traced('in a udp 10.0.0.2:1 -> 10.1.0.2:2', policy);
  expect(unknowns).toEqual([
    {
      question: expect.stringContaining('routing decision'),
      outcomes: [
        { answer: 'to this host', verdicts: ['drop'] },
        { answer: 'onward', verdicts: ['accept'] },
      ],
    },
  ]);
});

describe('--why', () => {
  const { why } = traced('in wan0 tcp 198.51.100.9:40001 -> 203.0.113.1:22 syn', example, '--why');

  test('has the shortest changes of the packet', () => {
    expect(why.packet.shortest).toBe(true);
    expect(why.packet.flips[0]).toEqual({
      verdict: 'accept',
      changes: [{ field: 'destination port', from: '22', to: '8080' }],
      packet: 'in wan0 tcp 198.51.100.9:40001 -> 203.0.113.1:8080 syn',
      deciding: expect.objectContaining({ chain: 'forward', rule: 4 }),
    });
  });

  test('has the shortest lists of edits of the rules', () => {
    expect(why.rules.shortest).toBe(true);
    expect(why.rules.flips[0]).toMatchObject({
      verdict: 'accept',
      edits: [
        {
          kind: 'insert',
          text: 'at the end of inet filter input',
          command: 'iifname "wan0" ip saddr 198.51.100.9 ip daddr 203.0.113.1 tcp dport 22 accept',
          source: { file: example, line: 10 },
        },
      ],
    });
  });

  test('is one packet at once for a packet alone without the option', () => {
    const { why: hint } = traced('in wan0 tcp 198.51.100.9:40001 -> 203.0.113.1:22 syn');
    expect(hint.packet.flips).toHaveLength(1);
    expect(hint).not.toHaveProperty('rules');
  });
});

const inTable = (kind: string, object: object) => ({ [kind]: { family: 'ip', table: 't', ...object } });

test('the handle of an imported rule', () => {
  const nftables = [
    { metainfo: { json_schema_version: 1 } },
    { table: { family: 'ip', name: 't', handle: 1 } },
    inTable('chain', { name: 'c', handle: 1, type: 'filter', hook: 'input', prio: 0, policy: 'accept' }),
    inTable('rule', { chain: 'c', handle: 7, expr: [{ drop: null }] }),
  ];
  const policy = `${folderWith({ 'rules.json': JSON.stringify({ nftables }) })}/rules.json`;
  const { deciding, steps } = traced('in a local udp 10.0.0.2:1 -> 10.1.0.2:2', policy);
  expect(deciding).toMatchObject({ by: 'rule', table: 't', chain: 'c', rule: 1, handle: 7 });
  expect(steps).toContainEqual(expect.objectContaining({ kind: 'rule', handle: 7, verdict: 'drop' }));
});

describe('many packets', () => {
  const syn = 'in lan0 tcp 10.0.0.5:51000 -> 198.51.100.7:443 syn';
  const answered = 'in wan0 tcp 198.51.100.7:443 -> 203.0.113.1:51000 syn,ack';
  const packets = `# the answer comes in only if the connection is known\n${syn}\n\n${answered}\n`;

  const verdicts = (...options: string[]) => {
    const { stdout, stderr } = hookline(['trace', example, '--packets', '-', '--json', ...options], {
      input: packets,
    });
    expect(stderr).toBe('');
    return stdout
      .trimEnd()
      .split('\n')
      .map((line): string => JSON.parse(line).verdict);
  };

  test('are one line of JSON each', () => {
    expect(verdicts()).toEqual(['accept', 'drop']);
  });

  test('are one history with --sequence', () => {
    expect(verdicts('--sequence')).toEqual(['accept', 'accept']);
  });

  test('say what would flip their verdict only with --why', () => {
    const words = ['trace', example, '--packets', '-', '--json'];
    expect(hookline(words, { input: packets }).stdout).not.toContain('"tried"');
    expect(hookline([...words, '--why'], { input: packets }).stdout).toContain('"tried"');
  });

  test('come from a journal that has other lines too', () => {
    const logged =
      'IN=wan0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=198.51.100.9 DST=203.0.113.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0';
    const input = `kernel: usb 1-1: new device\nkernel: in-drop: ${logged}\n`;
    const { stdout } = hookline(['trace', example, '--log', '-', '--json'], { input });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'drop', packet: { dport: 22 } });
  });

  test('know the connections of a listing', () => {
    const state =
      'tcp 6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=51000 dport=443 src=198.51.100.7 dst=203.0.113.1 sport=443 dport=51000 [ASSURED] mark=0 use=1\n';
    const { stdout } = hookline(
      ['trace', example, '--state', '-', '--json', answered.replace('syn,ack', 'ack')],
      { input: state },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'accept',
      fate: 'forwarded',
      out: 'lan0',
      packet: { destination: '10.0.0.5', dport: 51000 },
      conntrack: { state: 'established', direction: 'reply' },
    });
  });

  test('know what a listing says is expected, and of what its connection is missing', () => {
    const control =
      'tcp 6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=51000 dport=21 src=198.51.100.7 dst=203.0.113.1 sport=21 dport=51000 [ASSURED] mark=3 helper=ftp use=1\n';
    const expected =
      '290 proto=6 src=198.51.100.7 dst=203.0.113.1 sport=0 dport=4001 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.0.5 master-dst=198.51.100.7 sport=51000 dport=21 class=0 helper=ftp\n';
    const packet = 'in wan0 tcp 198.51.100.7:20 -> 203.0.113.1:4001 syn';
    const withState = (input: string) =>
      hookline(['trace', example, '--state', '-', '--json', packet], { input });
    expect(JSON.parse(withState(control + expected).stdout)).toMatchObject({
      packet: { destination: '10.0.0.5', dport: 4001 },
      conntrack: { state: 'related', mark: 3, status: expect.arrayContaining(['expected', 'dnat']) },
    });
    const alone = withState(expected);
    expect(JSON.parse(alone.stdout)).toMatchObject({ conntrack: { state: 'new' } });
    expect(alone.stderr).toContain('HK7003');
  });
});
