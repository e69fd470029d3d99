// A host with two tap devices for tests that inject raw packets: `a0` 10.0.1.1/24 and fd00:1::1/64, `b0` 10.0.2.1/24
// and fd00:2::1/64, forwarding.
// This file is both sides: imported it starts the host; run inside a network namespace it is the host, and answers each
// line of JSON on its standard input with one on its standard output.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { inject, openTap, sentFrames } from '../../../src/host/kernel/libc.ts';

const devices = {
  a0: { ipv4: '10.0.1.', ipv6: 'fd00:1::' },
  b0: { ipv4: '10.0.2.', ipv6: 'fd00:2::' },
} as const;

type Device = keyof typeof devices;

const deviceMac: Readonly<Record<Device, string>> = { a0: '02000000000a', b0: '02000000000b' };
const peerMac = '0200000000ff';

type Request =
  | { readonly kind: 'load'; readonly nftJson: string }
  | { readonly kind: 'send'; readonly device: Device; readonly packet: string }
  | { readonly kind: 'deliver'; readonly device: Device; readonly frame: string }
  | {
      readonly kind: 'run';
      readonly program: string;
      readonly args: readonly string[];
      readonly input: string;
    };

/** What one packet caused. */
interface Observed {
  /** IP packets that left, as hexadecimal digits. */
  readonly frames: readonly { readonly device: string; readonly packet: string }[];
}

/** A running host in a namespace of its own. */
export interface DeviceUnderTest extends AsyncDisposable {
  /** Replaces the rule set and forgets all connections. */
  load(nftJson: string): Promise<void>;
  /** Runs a program on the host, and gives what it prints. */
  run(program: string, args: readonly string[], input?: string): Promise<string>;
  /** Received by a device. */
  send(device: Device, packet: Uint8Array): Promise<Observed>;
  /** A whole frame, received by a device. */
  deliver(device: Device, frame: Uint8Array): Promise<void>;
}

/** Starts the host, with further lines for `ip -batch`; it is gone with its process. */
export function startDevice(setup: readonly string[] = []): DeviceUnderTest {
  const child = spawn('unshare', ['-n', process.execPath, import.meta.filename, ...setup], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ask = conversation(child, createInterface({ input: child.stdout }));
  return {
    load: (nftJson) => ask({ kind: 'load', nftJson }),
    run: (program, args, input = '') => ask({ kind: 'run', program, args, input }),
    send: (device, packet) => ask({ kind: 'send', device, packet: Buffer.from(packet).toString('hex') }),
    deliver: (device, frame) => ask({ kind: 'deliver', device, frame: Buffer.from(frame).toString('hex') }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.stdin.end();
      }),
  };
}

/** One question at a time: the next line is the answer. */
function conversation(child: ChildProcess, lines: Interface) {
  const answers = lines[Symbol.asyncIterator]();
  return async <Answer>(request: Request): Promise<Answer> => {
    child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the device under test ended');
    const { error, answer } = JSON.parse(value);
    if (error !== undefined) throw new Error(error);
    return answer;
  };
}

function setSysctls(): void {
  const values = {
    'ipv4/ip_forward': 1,
    'ipv4/conf/all/rp_filter': 0,
    'ipv4/conf/default/rp_filter': 0,
    'ipv4/icmp_ratemask': 0,
    // No traffic of the host's own: no link-local addresses, no detection of duplicates.
    'ipv6/conf/default/addr_gen_mode': 1,
    'ipv6/conf/default/accept_dad': 0,
    'ipv6/conf/default/accept_ra': 0,
    'ipv6/conf/default/router_solicitations': 0,
    'ipv6/conf/all/forwarding': 1,
    'ipv6/icmp/ratelimit': 0,
  };
  for (const [name, value] of Object.entries(values)) writeFileSync(`/proc/sys/net/${name}`, `${value}`);
}

function colons(mac: string): string {
  return mac.replace(/..(?!$)/g, '$&:');
}

function setUp(): Record<Device, number> {
  setSysctls();
  const taps = { a0: openTap('a0'), b0: openTap('b0') };
  const lines = ['link set lo up'];
  for (const name of ['a0', 'b0'] as const) {
    lines.push(`link set ${name} address ${colons(deviceMac[name])} txqueuelen 10000`);
    const { ipv4, ipv6 } = devices[name];
    lines.push(
      `addr add ${ipv4}1/24 dev ${name}`,
      `addr add ${ipv6}1/64 dev ${name} nodad`,
      `link set ${name} up`,
    );
    for (let host = 2; host < 100; host++)
      for (const network of [ipv4, ipv6])
        lines.push(`neigh replace ${network}${host} lladdr ${colons(peerMac)} dev ${name} nud permanent`);
  }
  const all = [...lines, ...process.argv.slice(2)];
  execFileSync('ip', ['-batch', '-'], { input: `${all.join('\n')}\n` });
  return taps;
}

/** What the host itself would answer is dropped before conntrack sees it: tests are about the packets that they send. */
const surroundings = `table inet hookline_surroundings {
  chain out {
    type filter hook output priority -2147483648
    drop
  }
}
`;

const rulesFile = join(tmpdir(), `hookline-rules-${process.pid}.json`);

function load(nftJson: string): void {
  execFileSync('nft', ['flush', 'ruleset']);
  execFileSync('conntrack', ['-F'], { stdio: 'ignore' });
  execFileSync('nft', ['-f', '-'], { input: surroundings });
  // A file, because nft opens /dev/stdin by its name, which fails for the sockets that Node gives as pipes.
  writeFileSync(rulesFile, nftJson);
  execFileSync('nft', ['-j', '-f', rulesFile], { stdio: 'pipe' });
}

function serve(): void {
  const taps = setUp();
  const drain = () => [sentFrames(taps.a0), sentFrames(taps.b0)] as const;
  const send = (device: Device, packet: string): Observed => {
    drain();
    const protocol = packet.startsWith('6') ? '86dd' : '0800';
    inject(taps[device], Buffer.from(`${deviceMac[device]}${peerMac}${protocol}${packet}`, 'hex'));
    const [a0, b0] = drain();
    const frames = Object.entries({ a0, b0 }).flatMap(([name, list]) =>
      list.map((frame) => ({ device: name, packet: frame.subarray(14).toString('hex') })),
    );
    return { frames };
  };
  const answer = (request: Request) => {
    if (request.kind === 'load') return load(request.nftJson);
    if (request.kind === 'deliver') return inject(taps[request.device], Buffer.from(request.frame, 'hex'));
    if (request.kind === 'send') return send(request.device, request.packet);
    return execFileSync(request.program, request.args, { input: request.input, encoding: 'utf8' });
  };
  process.on('exit', () => rmSync(rulesFile, { force: true }));
  createInterface({ input: process.stdin }).on('line', (line) => {
    try {
      process.stdout.write(`${JSON.stringify({ answer: answer(JSON.parse(line)) })}\n`);
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
    }
  });
}

if (import.meta.main) serve();
