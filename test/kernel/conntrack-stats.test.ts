// What makes the kernel count, and when it refuses: each counter is provoked in a namespace of its own, and the chances
// that `conntrack stats` tells are held against what the kernel does. A chain that is too long and a lookup that begins
// again are not provoked: the hash has a key that nobody knows, and only the machine itself may resize the table.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Counters, readStatistics, totalOf } from '../../src/core/conntrack/statistics.ts';
import { refusalChance } from '../../src/core/conntrack-stats/refusal.ts';
import { command } from '../cli/support/hookline.ts';
import { isSkipped } from '../support/skipped.ts';
import { describeKernel } from './support/require.ts';

/** Runs a script in a namespace; what it wrote. `files` are there by their names in `$DIR`. */
function inNamespace(script: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-stats-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-e'], {
    input: `ip link set lo up\n${script}`,
    encoding: 'utf8',
    timeout: 240_000,
    maxBuffer: 2 ** 26,
    env: { ...process.env, DIR: folder, NODE: process.execPath },
  });
  if (status !== 0) throw new Error(`${status}: ${stderr}\n${stdout.slice(-2000)}`);
  return stdout;
}

/** The counters at the end of what a script wrote. */
function countersIn(output: string): Counters {
  const { value } = readStatistics(output.slice(output.lastIndexOf('cpu=0')));
  if (!value) throw new Error(`no counters: ${output}`);
  return totalOf(value);
}

const counting =
  'nft "table ip t { chain c { type filter hook output priority 0; ct state new counter; }; }"\n';

/** Sends datagrams to so many ports of this host, or always to one of a neighbour; prints how many were refused. */
const sender = `
const [number, to, port] = process.argv.slice(2);
const socket = require('dgram').createSocket('udp4');
let [sent, refused] = [0, 0];
const next = () => {
  if (sent === Number(number)) { console.log('refused ' + refused); socket.close(); return; }
  socket.send('x', port === undefined ? 3000 + sent : Number(port), to, (error) => { if (error) refused++; next(); });
  sent++;
};
socket.bind(20000, next);
`;

/** Starts the command in a script. */
const hooklineWords = command.map((word) => `'${word}'`).join(' ');

function refusedIn(output: string): number {
  return Number(/refused (\d+)/.exec(output)?.[1] ?? Number.NaN);
}

const maximum = Number(readFileOr('/proc/sys/net/netfilter/nf_conntrack_max'));
const buckets = Number(readFileOr('/proc/sys/net/netfilter/nf_conntrack_buckets'));

function readFileOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'unknown';
  }
}

/** Larger tables take too long to fill. */
const tooLarge = maximum <= 600_000 ? [] : [`nf_conntrack_max of at most 600000: it is ${maximum}`];
const oneProcessor = availableParallelism() > 1 ? [] : ['two processors'];

const filled = 'a full table drops, or gives up what is not ASSURED';
const clashed = 'two first packets of a connection at once are one connection, and both pass';

/** Lines for `conntrack -R` with so many connections to a port. */
function additions(number: number, port: number, flags: string): string {
  const line = (at: number) =>
    `-A -s 10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255} -d 192.0.2.1 -p udp --sport 1000 --dport ${port} -t 600 -u ${flags}\n`;
  return Array.from({ length: number }, (_, at) => line(at)).join('');
}

describeKernel('counters of conntrack', ['nft', 'conntrack', 'unshare'], () => {
  test.skipIf(isSkipped(filled, tooLarge))(filled, { timeout: 260_000 }, () => {
    const given = Math.floor(maximum / 10);
    const output = inNamespace(
      `${counting}conntrack -R $DIR/kept.txt >&2
conntrack -R $DIR/given.txt >&2
$NODE $DIR/send.cjs 200 127.0.0.2
conntrack -S
conntrack -D -p udp --dport 2001 >/dev/null 2>&1 || true
conntrack -D -d 127.0.0.2 >/dev/null 2>&1 || true
conntrack -R $DIR/assured.txt >&2
$NODE $DIR/send.cjs 200 127.0.0.1
conntrack -S`,
      {
        'kept.txt': additions(maximum - given, 2000, 'SEEN_REPLY,ASSURED'),
        'given.txt': additions(given, 2001, 'SEEN_REPLY'),
        'assured.txt': additions(given, 2002, 'SEEN_REPLY,ASSURED'),
        'send.cjs': sender,
      },
    );
    const [first = '', second = ''] = output.split(/(?<=\n)(?=refused )/).slice(0, 2);
    const some = countersIn(first);
    const refused = refusedIn(first);
    expect(some['drop']).toBe(refused);
    expect(some['early_drop']).toBeGreaterThan(0);
    // 8 chains, in which each of those that may go stands twice; the kernel's own clearing up only makes room.
    const chance = Math.exp((-8 * 2 * given) / buckets);
    expect(refused).toBeLessThanOrEqual(200 * chance + 6 * Math.sqrt(200 * chance * (1 - chance)) + 1);
    const full = countersIn(second);
    expect(refusedIn(second)).toBe(200);
    expect(full).toMatchObject({ drop: refused + 200, insert: maximum + given, insert_failed: 0 });
    expect(full['early_drop']).toBe(some['early_drop']);
  });

  test('packets of a connection that conntrack does not know are invalid, and not dropped by it', () => {
    const output = inNamespace(
      `${counting}sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
$NODE $DIR/talk.cjs
conntrack -S`,
      {
        'talk.cjs': `
const net = require('net');
const server = net.createServer((socket) => socket.on('data', () => process.exit(0)));
server.listen(7000, '127.0.0.1', () => {
  const client = net.connect(7000, '127.0.0.1', () => {
    require('child_process').execFileSync('conntrack', ['-F'], { stdio: 'ignore' });
    client.write('x');
  });
});
`,
      },
    );
    const counters = countersIn(output);
    expect(counters['invalid']).toBeGreaterThan(0);
    expect(counters).toMatchObject({ drop: 0, insert_failed: 0, error: 0 });
  });

  test('ICMP about a connection that conntrack does not know is an error, and not invalid', () => {
    const output = inNamespace(
      `${counting}nft "add chain ip t r { type filter hook output priority raw; }"
nft add rule ip t r udp dport 3000 notrack
$NODE $DIR/send.cjs 1 127.0.0.1
conntrack -S`,
      { 'send.cjs': sender },
    );
    const counters = countersIn(output);
    expect(counters['error']).toBeGreaterThan(0);
    expect(counters).toMatchObject({ drop: 0, insert_failed: 0, invalid: 0 });
  });

  test.skipIf(isSkipped(clashed, oneProcessor))(clashed, { timeout: 260_000 }, () => {
    const slow = Array.from({ length: 20_000 }, (_, at) => `udp dport ${40_000 + at} counter`).join('\n');
    const output = inNamespace('nft -f $DIR/slow.nft\n$NODE $DIR/clash.cjs\nconntrack -C\nconntrack -S', {
      'slow.nft': `table ip t { chain c { type filter hook output priority 0; ct state new counter\n${slow}\n}; }\n`,
      'clash.cjs': clashing,
    });
    const { clash_resolve: resolved, ...others } = countersIn(output);
    expect(resolved).toBeGreaterThan(0);
    expect(others).toMatchObject({ drop: 0, insert_failed: 0 });
    expect(output).toMatch(/^refused 0$/m);
    const [, pairs, entries] = /^pairs (\d+)\n(\d+)$/m.exec(output) ?? [];
    expect(entries).toBe(pairs);
  });
});

/** Two threads send from the same address and port to the same one, until the kernel had to tell two apart. */
const clashing = `
const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');
const { execFileSync } = require('child_process');
const dgram = require('dgram');
const pairs = 100;
if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const workers = [0, 1].map(() => new Worker(__filename, { workerData: shared }));
  let [ready, batch, refused] = [0, 0, 0];
  const clashes = () => [...execFileSync('conntrack', ['-S'], { encoding: 'utf8' }).matchAll(/clash_resolve=(\\d+)/g)]
    .reduce((sum, [, number]) => sum + Number(number), 0);
  const go = () => { Atomics.store(shared, 0, 0); for (const one of workers) one.postMessage(batch); batch++; };
  for (const one of workers) one.on('message', (failed) => {
    refused += failed;
    if (++ready % 2 === 1) return;
    if (batch < 200 && clashes() === 0) return go();
    console.log('refused ' + refused);
    console.log('pairs ' + batch * pairs);
    process.exit(0);
  });
} else {
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  let failed = 0;
  const send = (batch, at) => {
    if (at === pairs) { parentPort.postMessage(failed); return; }
    Atomics.add(workerData, 0, 1);
    while (Atomics.load(workerData, 0) < 2 * (at + 1));
    const number = batch * pairs + at;
    const to = '127.0.' + (number >> 8) + '.' + (number & 255);
    socket.send('x', 30000, to === '127.0.0.0' ? '127.1.0.0' : to, (error) => { if (error) failed++; send(batch, at + 1); });
  };
  parentPort.on('message', (batch) => send(batch, 0));
  socket.bind(20000, '127.0.0.1', () => parentPort.postMessage(0));
}
`;

/** Sends to new ports, one every 10 ms, until it is ended. */
const trickle = `
const socket = require('dgram').createSocket('udp4');
let port = 1024;
socket.bind(20000, () => setInterval(() => socket.send('x', port++, '127.0.0.1'), 10));
`;

describeKernel('new connections', ['nft', 'conntrack', 'unshare'], () => {
  test('are counted while they come, with how long they stay', () => {
    const output = inNamespace(
      `${counting}$NODE $DIR/trickle.cjs &
trap "kill $!" EXIT
until [ "$(conntrack -C)" -gt 0 ]; do :; done
${hooklineWords} conntrack stats live --interval 2 --json`,
      { 'trickle.cjs': trickle },
    );
    const { load, counters } = JSON.parse(output);
    const [{ perSecond, connections, seconds }] = load.stays;
    expect(load.arrivals).toMatchObject({ from: 'events', byProtocol: { udp: perSecond } });
    expect(perSecond).toBeGreaterThan(0);
    expect(seconds).toBeCloseTo(connections / perSecond, 6);
    expect(counters.interval).toBeGreaterThanOrEqual(2);
  });
});

/** A host whose UDP to port 53 is translated to ports 3000 to 3999, of which all but some are taken. */
function translating(free: ReadonlySet<number>, rest: string): string {
  const [lo, hi] = [3000, 3999];
  const taken = Array.from({ length: hi - lo + 1 }, (_, at) => lo + at).filter((port) => !free.has(port));
  const lines = taken.map(
    (port) =>
      `-A -s 10.0.0.5 -d 10.9.0.9 -p udp --sport ${port} --dport 53 -r 10.9.0.9 -q 10.9.0.1 --reply-port-src 53 --reply-port-dst ${port} -t 600 -u SEEN_REPLY,ASSURED\n`,
  );
  return inNamespace(
    `ip link add d0 type veth peer name d1
ip link set d0 up
ip link set d1 up
ip addr add 10.9.0.1/24 dev d0
ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev d0
nft "table ip n { chain p { type nat hook postrouting priority srcnat; udp dport 53 snat to 10.9.0.1:${lo}-${hi}; }; }"
conntrack -R $DIR/taken.txt >&2
${rest}`,
    { 'taken.txt': lines.join(''), 'send.cjs': sender, 'policy.hook': policy },
  );
}

const policy = `table ip n {
  chain p hook postrouting priority srcnat { udp dport 53 snat to 10.9.0.1:3000-3999 }
}
`;

describeKernel('ports of source NAT', ['nft', 'conntrack', 'unshare', 'ip'], () => {
  test('a full range refuses, which drop and insert_failed count and the command tells', () => {
    const output = translating(
      new Set(),
      `$NODE $DIR/send.cjs 5 10.9.0.9 53
${hooklineWords} conntrack stats live --policy $DIR/policy.hook --json || [ $? = 1 ]
conntrack -S`,
    );
    expect(refusedIn(output)).toBe(5);
    const counters = countersIn(output);
    expect(counters).toMatchObject({ drop: 5, insert_failed: 5, early_drop: 0 });
    expect(counters['found']).toBeGreaterThan(5 * 128);
    const told = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
    expect(told).toMatchObject({
      level: 'bad',
      pressure: { count: 1000, max: maximum },
      counters: { causes: { full: 0, taken: 5, chain: 0 } },
      ports: [{ address: '10.9.0.1', destination: '10.9.0.9:53', taken: 1000, share: 1, refusal: 1 }],
    });
  });

  const tries = 4000;
  const cases = {
    'spread ports': [3100, 3333, 3500, 3700, 3999],
    'ports side by side': [3100, 3101, 3102, 3103, 3104],
    'a block at the beginning': Array.from({ length: 21 }, (_, at) => 3000 + at),
  };

  test.each(Object.entries(cases))('%s that are free are found as often as foretold', (_name, ports) => {
    const free = new Set(ports);
    // Nothing is confirmed: those that found a port, and those that did not, are told apart and dropped behind NAT.
    const output = translating(
      free,
      `nft "add chain ip n q { type filter hook postrouting priority 110; }"
nft "add rule ip n q udp dport 53 udp sport { ${ports.join(', ')} } drop"
nft "add rule ip n q udp dport 53 counter drop"
$NODE $DIR/send.cjs ${tries} 10.9.0.9 53
nft list chain ip n q`,
    );
    expect(refusedIn(output)).toBe(tries);
    const refused = Number(/counter packets (\d+)/.exec(output)?.[1]);
    const taken = Array.from({ length: 1000 }, (_, at) => 3000 + at).filter((port) => !free.has(port));
    const chance = refusalChance(taken, { lo: 3000, hi: 3999 });
    expect(Math.abs(refused - tries * chance)).toBeLessThan(6 * Math.sqrt(tries * chance * (1 - chance)));
  });
});
