// `explain --log`: each packet of a log with the rule that logged it and what decides about it, as it comes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { isAsPublished, schemaName } from '../support/published.ts';
import { command, expectRefusal, folderWith, hookline } from './support/hookline.ts';

const policy = `host gw {
  interface "wan0" { address 203.0.113.1/24 }
}

table inet filter {
  chain input hook input priority filter policy drop {
    tcp dport 22 accept
    log prefix "in-drop: "
  }
}
`;

/** A packet as the kernel logs it. */
function logged(prefix: string, port: number): string {
  return `${prefix}IN=wan0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=198.51.100.9 DST=203.0.113.1 LEN=60 TOS=0x00 PREC=0x00 TTL=54 ID=1 DF PROTO=TCP SPT=40000 DPT=${port} WINDOW=64240 RES=0x00 SYN URGP=0 `;
}

/** The same lines as different programs write them. */
const forms = {
  'journalctl -k': [
    'Mar  3 10:00:00 gw kernel: eth0: link is up',
    `Mar  3 10:00:01 gw kernel: ${logged('in-drop: ', 23)}`,
    'Mar  3 10:00:01 gw kernel: in-drop: IN=wan0 OUT= SRC=1.1.1.1 DST=2.2.',
    `Mar  3 10:00:02 gw kernel: ${logged('old: ', 22)}`,
  ],
  dmesg: [
    '[    0.000000] Linux version 6.18',
    `[  123.456789] ${logged('in-drop: ', 23)}`,
    '[  124.000000] in-drop: IN=wan0 OUT= SRC=1.1.1.1 DST=2.2.',
    `[  125.000000] ${logged('old: ', 22)}`,
  ],
  'journalctl -k -o json': [
    JSON.stringify({ MESSAGE: 'eth0: link is up', __REALTIME_TIMESTAMP: '1700000000000000' }),
    JSON.stringify({ MESSAGE: logged('in-drop: ', 23), __REALTIME_TIMESTAMP: '1700000001000000' }),
    JSON.stringify({ MESSAGE: 'in-drop: IN=wan0 OUT= SRC=1.1.1.1 DST=2.2.' }),
    JSON.stringify({ MESSAGE: logged('old: ', 22), __REALTIME_TIMESTAMP: '1700000002000000' }),
  ],
};

function explain(log: string, input: string, ...options: readonly string[]) {
  const cwd = folderWith({ 'policy.hook': policy, 'kernel.log': input });
  return hookline(['explain', '--policy', 'policy.hook', '--log', log, ...options], { cwd, input });
}

test.each(Object.entries(forms))('lines of %s', (_, lines) => {
  const { status, stdout, stderr } = explain('-', `${lines.join('\n')}\n`, '--json');
  const documents = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(documents.map(schemaName)).toEqual(['logged', 'logged', 'log-summary']);
  expect(documents.filter((document) => !isAsPublished(document))).toEqual([]);
  expect(documents).toMatchObject([
    {
      line: 2,
      verdict: 'drop',
      deciding: { by: 'policy', table: 'filter', chain: 'input' },
      logged: { prefix: 'in-drop: ', reach: 'reached', rules: [{ rule: 2, source: { line: 8 } }] },
    },
    { line: 4, verdict: 'accept', deciding: { by: 'rule', index: 1 }, logged: { reach: 'unknown-prefix' } },
    { packets: 2, others: 1, unreadable: 1 },
  ]);
  expect(stderr).toContain('warning[HK6063]: line 3: `DST=` is missing');
  expect(status).toBe(0);
});

test('in words, from a file', () => {
  const { status, stdout, stderr } = explain('kernel.log', `${forms.dmesg.join('\n')}\n`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `123.456789  in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:23 syn window 64240 ttl 54 ipid 1 df len 60 mac 02:00:00:00:00:02 dmac 02:00:00:00:00:01
drop  the policy of inet filter input
logged  by rule 2 of inet filter input (policy.hook:8): log prefix "in-drop: "
        the packet comes to this rule

125.000000  in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:22 syn window 64240 ttl 54 ipid 1 df len 60 mac 02:00:00:00:00:02 dmac 02:00:00:00:00:01
accept  rule 1 of inet filter input (policy.hook:7): tcp dport 22 accept
logged  no rule has the prefix "old:": the policy is another one, or was changed

`,
  });
  expect(stderr).toContain('2 packets, 1 that could not be followed, 1 other lines passed over\n');
});

test('each line is explained while the log goes on', async () => {
  const cwd = folderWith({ 'policy.hook': policy });
  const [node, ...words] = command;
  const args = [...words, 'explain', '--policy', 'policy.hook', '--log', '-', '--json'];
  const child = spawn(node, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const port of [23, 24, 22]) {
    child.stdin.write(`${logged('[  1.0] in-drop: ', port)}\n`);
    const { value } = await lines.next();
    expect(JSON.parse(value ?? '')).toMatchObject({ verdict: port === 22 ? 'accept' : 'drop' });
  }
  child.stdin.end();
  await once(child, 'close');
  expect(child.exitCode).toBe(0);
});

test('of several rules with the prefix the one whose conditions the packet meets', () => {
  const rules = `host gw { interface "wan0" { address 203.0.113.1/24 } }
table inet filter {
  chain input hook input priority filter policy drop {
    tcp dport 22 log prefix "in-drop: " drop
    tcp dport 23 log prefix "in-drop: " drop
  }
}
`;
  const cwd = folderWith({ 'policy.hook': rules });
  const line = logged('in-drop: ', 23);
  const { stdout } = hookline(['explain', '--policy', 'policy.hook', '--log', line, '--json'], { cwd });
  const [first = ''] = stdout.split('\n');
  expect(JSON.parse(first)).toMatchObject({
    deciding: { index: 2 },
    logged: { reach: 'reached', rules: [{ rule: 2 }] },
  });
});

test('refuses what is no log, and a log without packets', () => {
  expectRefusal(explain('nonsense', ''), 'HK0010');
  expectRefusal(explain('-', 'eth0: link is up\n'), 'HK0006');
  expectRefusal(hookline(['explain', '--log', logged('', 22), '--rule', 'x']), 'HK0010');
  expectRefusal(hookline(['explain', '--on', 'gw', 'HK1001']), 'HK0010');
});
