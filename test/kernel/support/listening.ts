// tcpdump on all interfaces of the namespace that this process is in, asked packet by packet. Two of them: the older form of
// its headers has the VLAN tags, the newer one the interface.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, openTap } from '../../../src/host/kernel/libc.ts';
import { captureText, unreadText } from '../../support/captures.ts';
import { type Cooked, isTagged, readCooked, takeSame } from './cooked.ts';

/** What tcpdump sees. */
export interface Listener {
  /** Since the last call, as {@link captureText} writes it. */
  readonly take: () => readonly string[];
  readonly close: () => void;
}

/** Frames of this device only say that all before them has been seen. */
const marker = 'marker0';

/** Begins to listen; devices that come later are not known by name. */
export function startListening(): Listener {
  const tap = openTap(marker);
  execFileSync('ip', ['link', 'set', marker, 'arp', 'off', 'up']);
  const folder = mkdtempSync(join(tmpdir(), 'hookline-listening-'));
  const dumps = [startDump(folder, 'LINUX_SLL'), startDump(folder, 'LINUX_SLL2')] as const;
  const byIndex = deviceNames();
  let round = 0;
  const fresh = () => {
    const frame = markerFrame(++round);
    inject(tap, frame);
    return dumps.map(({ file, seen }) => {
      const packets = framesUpTo(file, frame, byIndex);
      const behind = packets.slice(seen.count);
      seen.count = packets.length;
      return behind;
    });
  };
  // One of them has begun before the other.
  fresh();
  return {
    take: () => {
      const [older = [], named = []] = fresh();
      const tagged = [...older];
      return named.filter(isOfTest).flatMap((one) => textsOf(one, takeSame(tagged, one)));
    },
    close: () => {
      for (const { child } of dumps) child.kill('SIGTERM');
      rmSync(folder, { recursive: true });
    },
  };
}

interface Dump {
  readonly file: string;
  readonly child: ChildProcess;
  /** How many of its frames were taken. */
  readonly seen: { count: number };
}

/** It ends by itself, should nobody be left to end it. */
function startDump(folder: string, headers: string): Dump {
  const [file, log] = [join(folder, `${headers}.pcap`), join(folder, `${headers}.log`)];
  const options = [
    '-i',
    'any',
    '-y',
    headers,
    '--immediate-mode',
    '--nano',
    '-U',
    '-n',
    '-Z',
    'root',
    '-w',
    file,
  ];
  const child = spawn('timeout', ['240', 'tcpdump', ...options], {
    stdio: ['ignore', 'ignore', openSync(log, 'w')],
  });
  until(() => readFileSync(log, 'utf8').includes('listening on'));
  return { file, child, seen: { count: 0 } };
}

function framesUpTo(file: string, last: Buffer, byIndex: ReadonlyMap<number, string>): readonly Cooked[] {
  const end = last.subarray(-markerSize);
  until(() => readFileSync(file).includes(end));
  return readCooked(readFileSync(file), byIndex);
}

/**
 * Of two tags the older headers have the outer one, and behind the other one's place what is behind both, so that nobody
 * can read the packet (net/packet/af_packet.c: vlan_get_protocol_dgram).
 */
function textsOf(named: Cooked, older: Cooked): readonly string[] {
  const { device = '?', direction = 'in' } = named.packet;
  const packet = older.packet.packet.value?.packet;
  if (packet) return [captureText(direction, device, packet)];
  if (!isTagged(older, named)) throw new Error(`no packet: ${older.body.toString('hex')}`);
  return [unreadText(direction, device)];
}

/** What the host says by itself may come between what both have seen, so that only one of them has it yet. */
function isOfTest({ packet: { device, packet } }: Cooked): boolean {
  return device !== marker && packet.value?.packet.nextHeader !== hopByHop;
}

/** Reports of multicast listeners begin with it. */
const hopByHop = 0;

const markerSize = 46;

/** Of an experimental type, with a number in it. */
function markerFrame(round: number): Buffer {
  const frame = Buffer.alloc(14 + markerSize, 0xa5);
  frame.write('0200000000fe0200000000fd88b5', 'hex');
  frame.writeUInt32BE(round, 14);
  return frame;
}

function deviceNames(): ReadonlyMap<number, string> {
  const listing = execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' });
  const names = listing.matchAll(/^(\d+): ([^:@]+)/gm);
  return new Map([...names].map(([, index, name = '']) => [Number(index), name]));
}

function until(isDone: () => boolean): void {
  const end = performance.now() + 120_000;
  while (!isDone()) {
    if (performance.now() > end) throw new Error('tcpdump does not come along');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}
