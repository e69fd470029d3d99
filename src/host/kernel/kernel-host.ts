// A real host for raw packets: this process in a network namespace of its own, with a tap device for each interface.
// A packet goes in, and what the kernel did with it is read back at once: which rules matched, what left by which
// device, whether it reached the host itself, what the host would have answered.
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { kindOf } from '../../core/device/registry.ts';
import type { Host } from '../../core/topology/host.ts';
import { runAndWait } from '../exec.ts';
import { tapFurnishing } from '../lab/furnish.ts';
import { type Connections, watchConnections } from './connections.ts';
import { type LegacyEvent, legacyEvents, openLegacyTrace } from './legacy-events.ts';
import {
  close,
  enterNewNamespace,
  inject,
  openNetlink,
  openRawSocket,
  openRawSocket6,
  openTap,
  openTraceSocket,
  receivedMessages,
  sendRaw,
  sendRaw6,
  sentFrames,
} from './libc.ts';
import { type Load, nftLoad } from './load.ts';
import { deleteAllTables } from './netlink.ts';
import { type RulePlaces, readRulePlaces } from './rule-handles.ts';
import { SystemError } from './system-error.ts';
import { type TraceEvent, traceEvents } from './trace-events.ts';

/** What one packet caused, with what the host answered to it. */
export interface Observed {
  /** Of nftables, iptables' nft variant included: packet by packet, in the order in which they came up. */
  readonly events: readonly TraceEvent[];
  /** Of iptables' legacy variant. */
  readonly legacy: readonly LegacyEvent[];
  /** IP packets that left. */
  readonly frames: readonly Frame[];
  /** How many packets passed INPUT to its end. */
  readonly delivered: number;
}

/** A packet on the wire. */
export interface Frame {
  readonly device: string;
  readonly packet: Buffer;
}

/** How a packet comes: by a device, or without one from a program of the host. */
export interface Arriving {
  readonly device: string | undefined;
  readonly packet: Uint8Array;
  /** Ethernet addresses, if not the usual. */
  readonly link?: Uint8Array | undefined;
}

/** The namespace that this process is in, as a host. */
export interface KernelHost {
  /**
   * Loads rules, in this order, in place of all tables of nft, those of iptables' nft variant included; connections are
   * forgotten. Throws a {@link CommandError} if a program refuses them.
   */
  load(loads: readonly Load[]): void;
  /** Where each rule of nftables stands, as of now. */
  places(): RulePlaces;
  send(arriving: Arriving): Observed;
  /** What came since the last packet: nothing, if all of it was there at once. */
  late(): Observed;
  readonly connections: Connections;
  /** Whether rules of iptables' legacy variant are seen. */
  readonly seesLegacy: boolean;
  /** Takes the devices away. The process may become another host, and the namespace is gone. */
  close(): void;
}

/** Every frame from outside is from this station. */
const peer = Buffer.from('0200000000ff', 'hex');

/** The table whose rules are the harness's own. */
const ownTable = 'hookline_surroundings';

/**
 * Traces begin before every other chain, but not of reports of multicast listeners, which the host sends at any time. The
 * chain at the end of INPUT tells what got there.
 */
const surroundings = `table inet ${ownTable} {
  chain pre { type filter hook prerouting priority -2147483648; meta nftrace set 1; }
  chain in { type filter hook input priority 2147483647; }
  chain out {
    type filter hook output priority -2147483648
    icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } drop
    meta nftrace set 1
  }
}
`;

/**
 * Milliseconds in which the host has said which multicast groups it is in. While rules are loaded such a report would
 * take its turn in them.
 */
const settling = 40;

/** Moves this process into a new namespace and makes it the host. It ends with the process. */
export function becomeHost(host: Host): KernelHost {
  enterNewNamespace();
  const { taps: devices, quiet, sysctls, batches } = tapFurnishing(host);
  setSysctls(quiet);
  const taps = new Map(devices.map((name) => [name, openTap(name)]));
  setSysctls(sysctls);
  for (const { options, lines } of batches)
    run({
      program: 'ip',
      args: [...options, '-batch', '-'],
      input: lines.map((line) => `${line}\n`).join(''),
    });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, settling);
  return hostWith({
    taps,
    macs: macsOf(host.interfaces.map(({ name }) => name)),
    below: (name) => tapBelow(host, name),
  });
}

/** The tap that frames for a device come by: its own, or that of the device below it or of its first port. */
function tapBelow({ interfaces }: Pick<Host, 'interfaces'>, name: string): string {
  const one = interfaces.find((each) => each.name === name);
  const port = interfaces.find(({ master, up }) => master === name && up);
  const below = one && kindOf(one).made === 'link' ? (one.type?.lower?.device ?? port?.name) : undefined;
  return below === undefined ? name : tapBelow({ interfaces }, below);
}

interface Devices {
  readonly taps: ReadonlyMap<string, number>;
  readonly macs: ReadonlyMap<string, Buffer>;
  readonly below: (name: string) => string;
}

function setSysctls(values: readonly (readonly [string, string])[]): void {
  for (const [path, value] of values) {
    try {
      writeFileSync(`/proc/sys/net/${path}`, value);
    } catch (error) {
      const number = error instanceof Error && 'errno' in error ? Number(error.errno) : -constants.errno.EIO;
      throw new SystemError(`/proc/sys/net/${path}`, -number);
    }
  }
}

/** The kernel chooses those that nobody gave. */
function macsOf(devices: readonly string[]): ReadonlyMap<string, Buffer> {
  const listed: readonly { ifname: string; address?: string }[] = JSON.parse(
    runAndWait('ip', ['-json', 'link']),
  );
  return new Map(
    devices.map((name) => {
      const mac = listed.find(({ ifname }) => ifname === name)?.address ?? '';
      return [name, Buffer.from(mac.replaceAll(':', ''), 'hex')];
    }),
  );
}

function hostWith({ taps, macs, below }: Devices): KernelHost {
  const sockets = {
    trace: openTraceSocket(),
    legacy: openLegacyTrace(),
    netlink: openNetlink(),
    raw: openRawSocket(),
    raw6: openRawSocket6(),
  };
  const drain = (): Observed => {
    const frames = [...taps].flatMap(([device, tap]) =>
      sentFrames(tap)
        .filter(isPacket)
        .map((frame) => ({ device, packet: frame.subarray(14) })),
    );
    const legacy = sockets.legacy === undefined ? [] : receivedMessages(sockets.legacy);
    return observed(traceEvents(receivedMessages(sockets.trace)), legacyEvents(legacy), frames);
  };
  const send = ({ device, packet, link }: Arriving): void => {
    const bytes = Buffer.from(packet);
    const isIpv6 = (bytes[0] ?? 0) >> 4 === 6;
    if (device !== undefined) {
      const stations = link ?? Buffer.concat([macs.get(device) ?? peer, peer]);
      const type = Buffer.from(isIpv6 ? '86dd' : '0800', 'hex');
      inject(taps.get(below(device)) ?? -1, Buffer.concat([stations, type, bytes]));
    } else if (isIpv6) sendRaw6(sockets.raw6, bytes);
    else sendRaw(sockets.raw, bytes);
  };
  const connections = watchConnections();
  return {
    load: (loads) => {
      connections.forgetAll();
      // First away with all: what is registered again in the same turn keeps its place among equal priorities.
      deleteAllTables(sockets.netlink);
      // The harness's own table comes last, for a text may begin with `flush ruleset`.
      for (const load of [...loads, nftLoad(surroundings)]) run(load);
      drain();
    },
    places: () => readRulePlaces(sockets.netlink),
    send: (arriving) => {
      send(arriving);
      return drain();
    },
    late: drain,
    connections,
    seesLegacy: sockets.legacy !== undefined,
    close: () => {
      for (const fd of [...taps.values(), ...Object.values(sockets)]) if (fd !== undefined) close(fd);
    },
  };
}

function run({ program, args, input }: Load): void {
  runAndWait(program, args, input);
}

/** Neither what devices say to each other nor reports of multicast listeners. */
function isPacket(frame: Buffer): boolean {
  const [type, nextHeader] = [frame.readUInt16BE(12), frame[20]];
  return type === 0x0800 || (type === 0x86dd && nextHeader !== 0);
}

function observed(
  all: readonly TraceEvent[],
  legacy: readonly LegacyEvent[],
  frames: readonly Frame[],
): Observed {
  return {
    events: byPacket(all).filter(({ table }) => table !== ownTable),
    legacy,
    frames,
    delivered: all.filter(({ table, chain }) => table === ownTable && chain === 'in').length,
  };
}

/** The answer to a packet comes up before the rule that caused it is through. */
function byPacket(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const packets = new Map<number, TraceEvent[]>();
  for (const event of events) packets.set(event.id, [...(packets.get(event.id) ?? []), event]);
  return [...packets.values()].flat();
}
