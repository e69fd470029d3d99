// `conntrack watch` counts the lines of the kernel's log by the rule that writes them. The kernel logs nothing of other
// network namespaces than the machine's own, and the machine is not touched: what tells the log is a program that prints
// lines in the forms of dmesg and journalctl.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, folderWith } from '../cli/support/hookline.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';
import { openTerminal, watchJson } from './support/watching.ts';

const policy = `table inet filter {
  chain input hook input priority filter policy drop {
    tcp dport 22 log prefix "ssh: " level info drop
    udp dport 53 log prefix "[dns] drop: " drop
    log prefix "rest " drop
  }
}
`;

const tcp =
  'LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=54321 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0';
const udp = 'LEN=71 TOS=0x00 PREC=0x00 TTL=63 ID=7 DF PROTO=UDP SPT=5353 DPT=53 LEN=51';
const from = 'IN=wan0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=198.51.100.9 DST=203.0.113.1';
const six =
  'IN=wan0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:86:dd SRC=2001:0db8:0000:0000:0000:0000:0000:0009 DST=2001:0db8:0000:0000:0000:0000:0000:0001 LEN=80 TC=0 HOPLIMIT=63 FLOWLBL=395203 PROTO=TCP SPT=40000 DPT=22 WINDOW=64800 RES=0x00 SYN URGP=0';

/** What the kernel says: packets, other things, and what another program's rules log. */
const messages = [
  `ssh: ${from} ${tcp}`,
  'wan0: entered promiscuous mode',
  `ssh: ${six}`,
  `[dns] drop: ${from} ${udp}`,
  `[UFW BLOCK] ${from} ${tcp}`,
  `ssh: ${from} ${tcp}`,
];

const asDmesg = messages.map((text, at) => `[70445.4335${at}0] ${text}\n`).join('');

const refusing = '#!/bin/sh\necho "$0: unrecognized option \'--follow-new\'" >&2\nexit 1\n';

/** A program that prints lines where it is asked as it should be, and goes on. */
function telling(asked: string, text: string): string {
  return `#!/bin/sh\n[ "$*" = '${asked}' ] || exit 1\ncat <<'END'\n${text}END\nexec sleep 1000\n`;
}

const journal = telling(
  '--dmesg --follow --lines=0 --output=cat',
  messages.map((text) => `${text}\n`).join(''),
);

const rows = [
  { name: expect.stringContaining('tcp dport 22'), lines: 3 },
  { name: expect.stringContaining('udp dport 53'), lines: 1 },
];

describeKernel('what rules log, in conntrack watch', ['conntrack', 'script', 'stty'], () => {
  let space: Namespace;
  beforeAll(async () => {
    space = await createNamespace('watchlog');
  });
  afterAll(() => space?.close());

  /** The command, for which these are the programs that tell the log. */
  function words(programs: Readonly<Record<string, string>>): readonly [string, ...string[]] {
    const folder = folderWith({ 'policy.hook': policy, ...programs });
    for (const name of Object.keys(programs)) chmodSync(join(folder, name), 0o755);
    const path = `PATH=${folder}:${process.env['PATH']}`;
    const watch = [...command, 'conntrack', 'watch', join(folder, 'policy.hook'), '--interval', '0.3'];
    return ['ip', 'netns', 'exec', space.name, 'env', path, ...watch];
  }

  test.each([
    ['dmesg', { dmesg: telling('--follow-new', asDmesg) }],
    ['journalctl, where dmesg is too old', { dmesg: refusing, journalctl: journal }],
  ])('as %s tells it', async (_, programs) => {
    await using watched = await watchJson([...words(programs), '--json']);
    const { logged } = await watched.summary(
      ({ logged: so }) => so.kind === 'counted' && so.rows.reduce((sum, { lines }) => sum + lines, 0) >= 4,
    );
    expect(logged).toMatchObject({ kind: 'counted', rows });
  });

  test('that nobody tells it is said', async () => {
    await using watched = await watchJson([...words({ dmesg: refusing, journalctl: refusing }), '--json']);
    const { logged } = await watched.summary(({ logged: so }) => so.kind === 'unreadable');
    expect(logged).toMatchObject({ reason: expect.stringContaining("unrecognized option '--follow-new'") });
  });

  test('on the screen', async () => {
    const terminal = openTerminal(words({ dmesg: telling('--follow-new', asDmesg) }));
    const screen = await terminal.shows(/^ +3 .*rule 1 of inet filter input/m);
    expect(screen).toMatch(/^ +packets +a second {2}logged by/m);
    terminal.type('q');
    expect(await terminal.ended).toEqual({ code: 0, isRestored: true });
  });
});
