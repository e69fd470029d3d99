// A real host with tap devices, in a network namespace: run as a program it makes the host, loads the rules and injects
// the packets one after the other. One JSON on its standard input, one on its standard output.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  inject,
  openRawSocket,
  openRawSocket6,
  openTap,
  sendRaw,
  sendRaw6,
  sentFrames,
} from '../../../src/host/kernel/libc.ts';
import { startListening } from './listening.ts';

/** A host, its rules, and what it is sent. Packets and frames are hexadecimal digits. */
export interface WireScript {
  /** It resolves addresses by ARP; otherwise every neighbour is there at once. */
  readonly arp: boolean;
  /** Taps. */
  readonly devices: readonly string[];
  /** Arguments of `ip`, once the devices are there. */
  readonly setup: readonly string[];
  /** Files below /proc/sys with their values. */
  readonly sysctls: readonly (readonly [string, string])[];
  readonly rules: { readonly nftJson: string } | { readonly nft: string } | { readonly iptables: string };
  readonly packets: readonly WirePacket[];
  /** Whether expected connections are listed, too. */
  readonly helpers?: boolean;
  /** Whether tcpdump listens on all interfaces. */
  readonly listens?: boolean;
}

interface WirePacket {
  /** Absent: sent by the host itself. */
  readonly device?: string;
  readonly to?: 'host' | 'broadcast' | 'multicast' | 'other';
  /** An IP packet, or with `framed` a whole frame. */
  readonly packet: string;
  /** Seconds since the one before. */
  readonly after?: number;
  readonly framed?: true;
}

/** What was seen behind each packet, as whole frames. */
export type WireRecord = readonly {
  readonly frames: readonly { readonly device: string; readonly frame: string }[];
  readonly conntrack: string;
  readonly expected?: string;
  /** What tcpdump saw, as tests write it. */
  readonly captured?: readonly string[];
}[];

/** Runs a script in a namespace of its own. */
export function runOnWire(script: WireScript): WireRecord {
  const { stdout, stderr, status } = spawnSync('unshare', ['-n', process.execPath, import.meta.filename], {
    input: JSON.stringify(script),
    encoding: 'utf8',
    timeout: 240_000,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const peer = '0200000000ff';
const macs = { broadcast: 'ffffffffffff', multicast: '01005e000001', other: '0200000000ee' } as const;

/** No limits of answers, and no traffic of the host's own. */
const quiet: readonly (readonly [string, string])[] = [
  ['net/ipv4/icmp_ratemask', '0'],
  ['net/ipv4/icmp_msgs_per_sec', '100000'],
  ['net/ipv4/icmp_msgs_burst', '100000'],
  ['net/ipv4/conf/all/rp_filter', '0'],
  ['net/ipv4/conf/default/rp_filter', '0'],
  ['net/ipv6/conf/default/addr_gen_mode', '1'],
  ['net/ipv6/conf/default/accept_dad', '0'],
  ['net/ipv6/conf/default/accept_ra', '0'],
  ['net/ipv6/conf/default/router_solicitations', '0'],
  ['net/ipv6/icmp/ratelimit', '0'],
];

function write(values: WireScript['sysctls']): void {
  for (const [name, value] of values) writeFileSync(`/proc/sys/${name}`, value);
}

function sendOwn(sockets: { readonly raw: number; readonly raw6: number }, packet: Buffer): void {
  if ((packet[0] ?? 0) >> 4 === 6) sendRaw6(sockets.raw6, packet);
  else sendRaw(sockets.raw, packet);
}

function serve(script: WireScript): WireRecord {
  write(quiet);
  const taps = new Map(script.devices.map((name) => [name, openTap(name)]));
  const up = script.devices.map((name, at) => `link set ${name} address ${macOf(at)} arp off`);
  for (const line of ['link set lo up', ...up, ...script.setup]) execFileSync('ip', line.split(/ +/));
  const resolving = script.arp ? script.devices.map((name) => `link set ${name} arp on`) : [];
  for (const line of resolving) execFileSync('ip', line.split(/ +/));
  write(script.sysctls);
  loadRules(script.rules);
  const listener = script.listens ? startListening() : undefined;
  const sockets = { raw: openRawSocket(), raw6: openRawSocket6() };
  const record = script.packets.map((one) => {
    if (one.after !== undefined)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, one.after * 1000);
    for (const tap of taps.values()) sentFrames(tap);
    if (one.device === undefined) sendOwn(sockets, Buffer.from(one.packet, 'hex'));
    else deliver(script, taps.get(one.device) ?? -1, one);
    const frames = [...taps].flatMap(([device, tap]) =>
      sentFrames(tap)
        .filter((frame) => !isNoise(frame))
        .map((frame) => ({ device, frame: frame.toString('hex') })),
    );
    const listing = ['4', '6'].map((family) => conntrack(`ipv${family}`));
    const expected = script.helpers ? ['4', '6'].map((family) => conntrack(`ipv${family}`, ['expect'])) : [];
    return {
      frames,
      conntrack: listing.join(''),
      ...(script.helpers && { expected: expected.join('') }),
      ...(listener && { captured: listener.take() }),
    };
  });
  listener?.close();
  return record;
}

function conntrack(family: string, table: readonly string[] = []): string {
  const options = table.length > 0 ? [] : ['-o', 'extended'];
  return spawnSync('conntrack', ['-L', ...table, '-f', family, ...options], { encoding: 'utf8' }).stdout;
}

function macOf(at: number): string {
  return `02:00:00:00:01:${at.toString(16).padStart(2, '0')}`;
}

function deliver(
  script: WireScript,
  tap: number,
  { device = '', to = 'host', packet, framed }: WirePacket,
): void {
  if (framed) {
    inject(tap, Buffer.from(packet, 'hex'));
    return;
  }
  const own = macOf(script.devices.indexOf(device)).replaceAll(':', '');
  const type = packet.startsWith('6') ? '86dd' : '0800';
  inject(tap, Buffer.from(`${to === 'host' ? own : macs[to]}${peer}${type}${packet}`, 'hex'));
}

/** Reports of multicast listeners. */
function isNoise(frame: Buffer): boolean {
  return frame.subarray(12, 14).toString('hex') === '86dd' && frame[20] === 0;
}

function loadRules(rules: WireScript['rules']): void {
  if ('iptables' in rules) {
    execFileSync('iptables-legacy-restore', ['--wait', '20'], { input: rules.iptables, stdio: 'pipe' });
    return;
  }
  // A file, because nft opens /dev/stdin by its name, which fails for the sockets that Node gives as pipes.
  const file = join(tmpdir(), `hookline-wire-${process.pid}.json`);
  writeFileSync(file, 'nft' in rules ? rules.nft : rules.nftJson);
  execFileSync('nft', [...('nft' in rules ? [] : ['-j']), '-f', file], { stdio: 'pipe' });
  rmSync(file);
}

if (import.meta.main) process.stdout.write(JSON.stringify(serve(JSON.parse(readFileSync(0, 'utf8')))));
