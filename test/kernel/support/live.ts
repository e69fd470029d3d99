// `trace --live` at work in a namespace, with a second one that sends to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { liveLine, liveSummary } from '../../../src/cli/report/live-json.ts';
import { compile } from '../../../src/core/compile.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import { command, folderWith } from '../../cli/support/hookline.ts';
import { isAsPublished } from '../../support/published.ts';
import { createNamespace, type Namespace } from './namespace.ts';

/** A host with one neighbour, 10.5.0.2 and fd00:5::2, behind `wan0`; further networks are routed to it. */
export interface Pair extends AsyncDisposable {
  readonly host: Namespace;
  readonly peer: Namespace;
}

/** Makes both, with the sysctls that forwarding needs. */
export async function makePair(): Promise<Pair> {
  const host = await createNamespace('live');
  const peer = await createNamespace('peer');
  const commands: readonly (readonly [Namespace, string])[] = [
    [host, 'ip link set lo up'],
    [peer, 'ip link set lo up'],
    [host, `ip link add wan0 type veth peer name eth0 netns ${peer.name}`],
    [host, `ip link add lan0 type veth peer name eth1 netns ${peer.name}`],
    [host, 'ip address add 10.5.0.1/24 dev wan0'],
    [host, 'ip address add fd00:5::1/64 dev wan0 nodad'],
    [host, 'ip address add 10.6.0.1/24 dev lan0'],
    [peer, 'ip address add 10.5.0.2/24 dev eth0'],
    [peer, 'ip address add fd00:5::2/64 dev eth0 nodad'],
    [host, 'ip link set wan0 up'],
    [host, 'ip link set lan0 up'],
    [peer, 'ip link set eth0 up'],
    [peer, 'ip link set eth1 up'],
    // Nobody answers for the hosts behind lan0.
    [host, 'ip neighbour add 10.6.0.7 lladdr 02:00:00:00:00:07 dev lan0'],
    [peer, 'ip route add 10.6.0.0/24 via 10.5.0.1'],
    [host, 'sysctl -qw net.ipv4.ip_forward=1'],
  ];
  for (const [namespace, line] of commands) {
    const [program = '', ...args] = line.split(' ');
    await namespace.run(program, args);
  }
  return {
    host,
    peer,
    [Symbol.asyncDispose]: async () => {
      await host.close();
      await peer.close();
    },
  };
}

/** Sends a datagram, or begins a connection and waits until it is there or refused. */
const sender = `
const [protocol, address, port] = process.argv.slice(1);
if (protocol === 'udp') {
  const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.send('x', Number(port), address, () => socket.close());
} else {
  const one = require('node:net').connect({ host: address, port: Number(port) });
  one.on('error', () => {}).on('connect', () => one.end());
  setTimeout(() => one.destroy(), 200);
}
`;

/** `udp 10.5.0.1 53`. */
export async function send(from: Namespace, ...packets: readonly string[]): Promise<void> {
  for (const packet of packets) await from.run(process.execPath, ['-e', sender, ...packet.split(' ')]);
}

export type LiveLine = z.infer<typeof liveLine>;
export type LiveSummary = z.infer<typeof liveSummary>;

/** The command at work. */
export interface LiveTrace {
  readonly pid: number;
  /** Those that it has printed so far. */
  readonly packets: () => readonly LiveLine[];
  /** Waits for a packet of which this is true. */
  readonly seen: (isMeant: (line: LiveLine) => boolean) => Promise<LiveLine>;
  /** All that it prints until it ends, and how it ends. */
  readonly end: () => Promise<LiveEnd>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** What came of a run. */
export interface LiveEnd {
  readonly code: number | null;
  readonly packets: readonly LiveLine[];
  readonly summary: LiveSummary | undefined;
  readonly stderr: string;
}

/** Starts the command in a namespace; when this returns packets are traced. */
export async function startLive(
  namespace: Namespace,
  words: readonly [string, ...string[]],
): Promise<LiveTrace> {
  const child = spawn('ip', ['netns', 'exec', namespace.name, ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const closed = once(child, 'close');
  while (child.exitCode === null && !stderr().includes('Ctrl-C')) await sleep(10);
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    packets: () => packetsIn(stdout()),
    seen: async (isMeant) => {
      for (;;) {
        const found = packetsIn(stdout()).find(isMeant);
        if (found) return found;
        if (child.exitCode !== null) throw new Error(`the command ended: ${stderr()}`);
        await sleep(20);
      }
    },
    end: async () => {
      await closed;
      const lines = stdout().split('\n').filter(Boolean);
      const documents = lines.map((line): unknown => JSON.parse(line));
      const odd = documents.find((one) => !isAsPublished(one));
      if (odd !== undefined) throw new Error(`not as docs/schema says: ${JSON.stringify(odd)}`);
      return {
        code: child.exitCode,
        packets: packetsIn(stdout()),
        summary: documents.map((one) => liveSummary.safeParse(one).data).at(-1),
        stderr: stderr(),
      };
    },
  };
}

/** Those of whole lines. */
function packetsIn(stdout: string): readonly LiveLine[] {
  const lines = stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  return lines.flatMap((line) => liveLine.safeParse(JSON.parse(line)).data ?? []);
}

function textOf(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return () => text;
}

/** The same for a policy. */
export function traceLive(
  namespace: Namespace,
  policy: string,
  ...words: readonly string[]
): Promise<LiveTrace> {
  return startLive(namespace, [...command, 'trace', policyFile(policy), '--live', ...words]);
}

/** A file with a policy, which is gone after the test. */
export function policyFile(policy: string): string {
  return `${folderWith({ 'p.hook': policy })}/p.hook`;
}

/** Gives a namespace the rules of a policy, and no others. */
export async function loadRules(namespace: Namespace, policy: string): Promise<void> {
  const { value } = loadPolicy({ name: 'p.hook', text: policy });
  const text = value && compile(value.ruleSet, 'nft').value;
  await namespace.run('nft', ['-f', '-'], { input: `flush ruleset\n${text}` });
}

/** The process with this word that hookline started; `ip netns exec` becomes the command itself. */
export function childOf(pid: number, word: string): number {
  const found = childrenOf(pid).find((one) =>
    readFileSync(`/proc/${one}/cmdline`, 'utf8').split('\0').includes(word),
  );
  if (found === undefined) throw new Error(`no child has ${word}`);
  return found;
}

/** The processes that one has started. */
export function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Waits until no table of hookline is left. */
export async function untilGone(namespace: Namespace): Promise<void> {
  while ((await namespace.run('nft', ['list', 'tables'])).includes('hookline_live_')) await sleep(20);
}
