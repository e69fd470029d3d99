// The frames of two captures that were made on one host: which came in, and are to be traced, and which left it.
import type { Injection, Packet } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';

/** Both, the one with the packets before. */
export const whichCaptures = ['first', 'second'] as const;

export type Which = (typeof whichCaptures)[number];

/** A frame of a capture, as it is read. */
export interface GivenFrame {
  /** From 1, as tcpdump and wireshark count. */
  readonly number: number;
  readonly injection: Injection;
  /** Nanoseconds since 1970; absent where the capture does not say. */
  readonly time?: bigint | undefined;
  /** Whether it came in or left, where the capture says that. */
  readonly direction?: Injection['direction'] | undefined;
  readonly device?: string | undefined;
}

/** A capture. */
export interface GivenCapture {
  readonly frames: readonly GivenFrame[];
  /** The interfaces that it was made on, as far as they were said. */
  readonly devices: readonly string[];
}

/** A frame that came in. */
export interface Arrival {
  readonly which: Which;
  readonly number: number;
  readonly injection: Injection;
  readonly time?: bigint | undefined;
}

/** A frame that left. */
export interface Departure {
  readonly which: Which;
  readonly number: number;
  readonly packet: Packet;
  readonly device: string;
  readonly time?: bigint | undefined;
}

/** What is to be compared. */
export interface BothWays {
  /** In the order of their times. */
  readonly arrivals: readonly Arrival[];
  readonly departures: readonly Departure[];
  /** What leaves by these is in a capture. */
  readonly watched: ReadonlySet<string>;
  /** Only what came in by the interfaces of the first is in them. */
  readonly oneSided: boolean;
}

/**
 * Sorts the frames. Where neither the capture nor an Ethernet address tells, those of the first came in and those of the
 * second left. What came in by an interface of the second is traced, too: connections need both sides. An interface that
 * both captures have counts for one of them.
 */
export function sortFrames(first: GivenCapture, second: GivenCapture, host: Host): BothWays {
  const [one, other] = [directed(first, host, 'in'), directed(second, host, 'out')];
  const [firstDevices, secondDevices] = [devicesOf(first), devicesOf(second)];
  const leftFirst = one.filter(({ way, frame }) => way === 'out' && !isOn(secondDevices, frame));
  const cameSecond = other.filter(({ way, frame }) => way === 'in' && !isOn(firstDevices, frame));
  return {
    arrivals: inTime([
      ...one.flatMap(({ way, frame }) => (way === 'in' ? arrival('first', frame) : [])),
      ...cameSecond.flatMap(({ frame }) => arrival('second', frame)),
    ]),
    departures: [
      ...other.flatMap(({ way, frame }) => (way === 'out' ? departure('second', frame) : [])),
      ...leftFirst.flatMap(({ frame }) => departure('first', frame)),
    ],
    oneSided: cameSecond.length === 0,
    watched: new Set([...secondDevices, ...(leftFirst.length > 0 ? firstDevices : [])]),
  };
}

interface Directed {
  readonly frame: GivenFrame;
  readonly way: Injection['direction'];
}

function directed({ frames }: GivenCapture, host: Host, usual: Directed['way']): readonly Directed[] {
  return frames.map((frame) => ({ frame, way: frame.direction ?? wayByAddress(frame, host) ?? usual }));
}

/** What an interface itself sends has its address. Bridges send with those of others by their ports. */
function wayByAddress({ injection, device }: GivenFrame, { interfaces }: Host): Directed['way'] | undefined {
  const { mac, master } = interfaces.find(({ name }) => name === device) ?? {};
  const { link } = injection.packet;
  if (mac === undefined || master !== undefined || !link) return undefined;
  return link.source === mac ? 'out' : 'in';
}

function devicesOf({ frames, devices }: GivenCapture): ReadonlySet<string> {
  return new Set([...devices, ...frames.flatMap(({ device }) => device ?? [])]);
}

function isOn(devices: ReadonlySet<string>, { device }: GivenFrame): boolean {
  return device !== undefined && devices.has(device);
}

function arrival(which: Which, { number, injection, time, device }: GivenFrame): Arrival {
  const { oif: _oif, ...rest } = injection;
  return {
    which,
    number,
    injection: { ...rest, direction: 'in', ...(device !== undefined && { iif: device }) },
    time,
  };
}

/** libpcap leaves out what leaves by lo. */
function departure(which: Which, { number, injection, time, device }: GivenFrame): readonly Departure[] {
  return device === undefined ? [] : [{ which, number, packet: injection.packet, device, time }];
}

/** Those without a time stay behind the one before. */
function inTime(arrivals: readonly Arrival[]): readonly Arrival[] {
  if (arrivals.some(({ time }) => time === undefined)) return arrivals;
  return arrivals.toSorted((a, b) => Number((a.time ?? 0n) - (b.time ?? 0n)));
}
