// Captures in both formats, at once or as a stream: frame after frame, in bounded memory.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import { concat, viewOf } from './bytes.ts';
import type { RecordReader } from './capture-format.ts';
import { readLink } from './capture-link.ts';
import type { CapturedFrame, CapturedLink } from './captured.ts';
import { decodePacket } from './decode.ts';
import { decodeFrame } from './frame-bytes.ts';
import type { LogHead } from './log-head.ts';
import type { Injection, Packet } from './packet.ts';
import { isPcap, pcapHeader, pcapReader } from './pcap.ts';
import { pcapngReader, sectionHeader } from './pcapng.ts';

/** One frame of a capture as a packet to trace, or why it is none. */
export interface CapturedPacket {
  /** From 1, as tcpdump and wireshark count. */
  readonly number: number;
  readonly packet: Outcome<Injection>;
  /** When it was captured, in nanoseconds since 1970; absent where the capture does not say. */
  readonly time?: bigint;
  /** The rule's prefix, of a capture of NFLOG. */
  readonly head?: LogHead;
  /** Whether it came in or was sent; absent where the capture does not say. */
  readonly direction?: Injection['direction'];
  /** The interface that it was seen on; absent where nobody said. */
  readonly device?: string;
}

/** The names of interfaces, which few captures have. */
export interface CaptureDevices {
  /** Where nothing else is known. */
  readonly usual?: string;
  /** By the number that the kernel gave them. */
  readonly byIndex: ReadonlyMap<number, string>;
}

/** What a part of a capture holds; `problem` says why nothing behind it can be read. */
export interface CapturePart {
  readonly packets: readonly CapturedPacket[];
  readonly problem?: Diagnostic;
}

/** Takes a capture in parts. */
export interface CaptureReader {
  readonly push: (bytes: Uint8Array) => CapturePart;
  /** Behind the last part: what is missing, if the capture ends within a frame. */
  readonly end: () => Diagnostic | undefined;
}

/** What the reader has before it. */
interface State {
  rest: Uint8Array;
  /** Of `rest` in the file. */
  offset: number;
  reader: RecordReader | undefined;
  frames: number;
  broken: boolean;
}

/** A reader at the beginning of a capture. */
export function openCapture(devices: CaptureDevices): CaptureReader {
  const state: State = { rest: new Uint8Array(), offset: 0, reader: undefined, frames: 0, broken: false };
  return {
    push: (bytes) => {
      if (state.broken) return { packets: [] };
      state.rest = state.rest.length === 0 ? bytes : concat(state.rest, bytes);
      return readAll(state, devices);
    },
    end: () => (state.broken ? undefined : missing(state)),
  };
}

function readAll(state: State, devices: CaptureDevices): CapturePart {
  const packets: CapturedPacket[] = [];
  for (;;) {
    const read = state.reader ? state.reader(state.rest) : begin(state);
    if (read === 'more') return { packets };
    if ('problem' in read) {
      state.broken = true;
      return { packets, problem: malformed(`at byte ${state.offset}: ${read.problem}`) };
    }
    if (read.frame) packets.push(packetOf(read.frame, ++state.frames, devices));
    state.rest = state.rest.subarray(read.size);
    state.offset += read.size;
  }
}

/** gzip's magic number. */
const compressed = 0x1f8b;

function begin(state: State): ReturnType<RecordReader> {
  const { rest } = state;
  if (rest.length < 4) return 'more';
  const magic = viewOf(rest).getUint32(0);
  if (magic === sectionHeader) {
    state.reader = pcapngReader();
    return { size: 0 };
  }
  if (magic >>> 16 === compressed) return { problem: 'the file is compressed: unpack it first' };
  if (!isPcap(magic)) return { problem: 'the file does not begin like a capture' };
  if (rest.length < pcapHeader) return 'more';
  state.reader = pcapReader(rest.subarray(0, pcapHeader));
  return { size: pcapHeader };
}

function missing({ rest, offset, reader, frames }: State): Diagnostic | undefined {
  if (!reader) return malformed('the file is too short for a capture');
  if (rest.length === 0) return undefined;
  return diagnostic(
    'HK6064',
    `the capture ends at byte ${offset + rest.length}, within what follows frame ${frames} at byte ${offset}`,
  );
}

function malformed(message: string): Diagnostic {
  return diagnostic('HK6060', message);
}

function packetOf(frame: CapturedFrame, number: number, devices: CaptureDevices): CapturedPacket {
  const link = readLink(frame);
  const time = (typeof link === 'object' ? link.time : undefined) ?? frame.time;
  const packet = typeof link === 'string' ? refused(link) : injectionOf(frame, link, devices);
  const { prefix } = typeof link === 'object' ? link : {};
  return {
    number,
    packet,
    ...(time !== undefined && { time }),
    ...(prefix !== undefined && { head: { prefix } }),
    ...(typeof link === 'object' && seenAs(frame, link, devices)),
  };
}

function seenAs(
  { isSent, device: named }: CapturedFrame,
  link: CapturedLink,
  devices: CaptureDevices,
): Pick<CapturedPacket, 'direction' | 'device'> {
  const device = nameOf(devices, link.seenOn ?? link.iif) ?? named ?? devices.usual;
  const sent = isSent ?? (link.isTold ? link.direction === 'out' : undefined);
  return {
    ...(sent !== undefined && { direction: sent ? ('out' as const) : ('in' as const) }),
    ...(device !== undefined && { device }),
  };
}

function nameOf({ byIndex }: CaptureDevices, index: number | undefined): string | undefined {
  return index === undefined ? undefined : byIndex.get(index);
}

function refused(why: string): Outcome<Injection> {
  return { value: undefined, diagnostics: [malformed(why)] };
}

function injectionOf(frame: CapturedFrame, link: CapturedLink, devices: CaptureDevices): Outcome<Injection> {
  const { value: packet, diagnostics } = packetIn(link, frame.isCut || link.isCut === true);
  if (!packet) return { value: undefined, diagnostics };
  const device = nameOf(devices, link.iif) ?? frame.device ?? devices.usual;
  const oif = nameOf(devices, link.oif);
  const ttl = link.isRouted ? Math.min(packet.ttl + 1, 255) : packet.ttl;
  const sent = link.direction === 'out' || frame.isSent === true;
  const way = sent
    ? { direction: 'out' as const }
    : { direction: 'in' as const, ...(device !== undefined && { iif: device }) };
  const { mark, skuid, skgid, pkttype, local } = link;
  const value: Injection = {
    packet: { ...packet, ttl, ...(link.ends && { link: link.ends }), ...(link.tags && { tags: link.tags }) },
    ...way,
    ...(oif !== undefined && { oif }),
    ...(local && { local }),
    ...(mark !== undefined && { mark }),
    ...(skuid !== undefined && { skuid }),
    ...(skgid !== undefined && { skgid }),
    ...(pkttype && !sent && { pkttype }),
  };
  return { value, diagnostics };
}

function packetIn({ data, kind, type }: CapturedLink, isCut: boolean): Outcome<Packet> {
  if (type === undefined) return decodePacket(data, kind, isCut);
  const read = decodeFrame(data, type, {}, isCut);
  return typeof read === 'string'
    ? { value: undefined, diagnostics: [malformed(read)] }
    : { value: read, diagnostics: [] };
}
