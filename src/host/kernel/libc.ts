// The few C functions that raw packets, netlink and namespaces need and Node does not have. koffi, which calls them, is
// an optional dependency: whatever leads here is imported when it is needed.
import koffi from 'koffi';
import { SystemError } from './system-error.ts';

const libc = koffi.load('libc.so.6');
const openFile: (path: string, flags: number) => number = libc.func('int open(const char *, int)');
const control: (fd: number, request: number, argument: Buffer) => number = libc.func(
  'int ioctl(int, unsigned long, void *)',
);
const writeTo: (fd: number, buffer: Buffer, size: number) => number = libc.func(
  'long write(int, void *, size_t)',
);
const readFrom: (fd: number, buffer: Buffer, size: number) => number = libc.func(
  'long read(int, void *, size_t)',
);
const closeFile: (fd: number) => number = libc.func('int close(int)');
const leaveNamespaces: (flags: number) => number = libc.func('int unshare(int)');
const newSocket: (domain: number, type: number, protocol: number) => number =
  libc.func('int socket(int, int, int)');
const bindTo: (fd: number, address: Buffer, size: number) => number = libc.func('int bind(int, void *, int)');
const setOption: (fd: number, level: number, name: number, value: Buffer, size: number) => number = libc.func(
  'int setsockopt(int, int, int, void *, int)',
);
const receiveFrom: (fd: number, buffer: Buffer, size: number, flags: number) => number = libc.func(
  'long recv(int, void *, size_t, int)',
);
const sendTo: (
  fd: number,
  buffer: Buffer,
  size: number,
  flags: number,
  address: Buffer,
  length: number,
) => number = libc.func('long sendto(int, void *, size_t, int, void *, int)');

/** asm-generic/errno.h. */
const again = 11;
const noBuffers = 105;

const family = { internet: 2, internet6: 10, netlink: 16 } as const;
const rawSocket = 3;

function must(result: number, what: string): number {
  if (result < 0) throw new SystemError(what, koffi.errno());
  return result;
}

/**
 * Moves this process into an empty network namespace, with everything that it starts from now on; the namespace is gone
 * with the last of them. Only the main thread of Node moves: asynchronous work on files does not.
 */
export function enterNewNamespace(): void {
  const newNetwork = 0x40000000;
  must(leaveNamespaces(newNetwork), 'a network namespace');
}

/** Creates a tap device in the caller's network namespace; it lives as long as its descriptor. */
export function openTap(name: string): number {
  const [readWrite, nonBlocking, setInterface, tapWithoutHeader] = [2, 0o4000, 0x400454ca, 0x1002];
  const fd = must(openFile('/dev/net/tun', readWrite | nonBlocking), '/dev/net/tun');
  const request = Buffer.alloc(40);
  request.write(name, 'latin1');
  request.writeUInt16LE(tapWithoutHeader, 16);
  must(control(fd, setInterface, request), `tap ${name}`);
  return fd;
}

/** Closes a descriptor; a tap device is gone with it. */
export function close(fd: number): void {
  closeFile(fd);
}

/** Hands a frame to the kernel as received; it is processed to its end when this returns. */
export function inject(fd: number, frame: Buffer): void {
  must(writeTo(fd, frame, frame.length), 'write');
}

const room = Buffer.alloc(1 << 17);

/** The frames that the kernel sent by the device since the last call. */
export function sentFrames(fd: number): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let size = readFrom(fd, room, room.length); size > 0; size = readFrom(fd, room, room.length))
    frames.push(Buffer.from(room.subarray(0, size)));
  return frames;
}

/** A socket that sends IPv4 packets with the header that they come with, also to everybody on a link. */
export function openRawSocket(): number {
  const [withHeader, socketLevel, broadcast] = [255, 1, 6];
  const fd = must(newSocket(family.internet, rawSocket, withHeader), 'raw socket');
  must(setOption(fd, socketLevel, broadcast, uint32(1), 4), 'broadcast');
  return fd;
}

/** Such a socket for IPv6. */
export function openRawSocket6(): number {
  const withHeader = 255;
  return must(newSocket(family.internet6, rawSocket, withHeader), 'raw socket');
}

/**
 * Sends an IPv4 packet as a program of this host would; whether the kernel took it. Routing learns the source from what the
 * socket is bound to, not from the header (net/ipv4/raw.c: raw_sendmsg).
 */
export function sendRaw(fd: number, packet: Buffer): boolean {
  const source = internetAddress(packet.subarray(12, 16));
  if (bindTo(fd, source, source.length) < 0) bindTo(fd, anyAddress, anyAddress.length);
  const destination = internetAddress(packet.subarray(16, 20));
  return sendTo(fd, packet, packet.length, 0, destination, destination.length) >= 0;
}

function internetAddress(bytes: Buffer): Buffer {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(family.internet, 0);
  bytes.copy(address, 4);
  return address;
}

const anyAddress = internetAddress(Buffer.alloc(4));

/** Sends an IPv6 packet so. */
export function sendRaw6(fd: number, packet: Buffer): boolean {
  const address = Buffer.alloc(28);
  address.writeUInt16LE(family.internet6, 0);
  packet.copy(address, 8, 24, 40);
  return sendTo(fd, packet, packet.length, 0, address, address.length) >= 0;
}

/** A netlink socket of netfilter in the caller's network namespace, which hears the messages of a group if one is named. */
export function openNetlink(group?: number): number {
  const [netfilter, joinGroup, netlinkLevel, socketLevel, forcedReceiveBuffer] = [12, 1, 270, 1, 33];
  const fd = must(newSocket(family.netlink, rawSocket, netfilter), 'socket');
  const address = Buffer.alloc(12);
  address.writeUInt16LE(family.netlink, 0);
  must(bindTo(fd, address, address.length), 'bind');
  setOption(fd, socketLevel, forcedReceiveBuffer, uint32(16 << 20), 4);
  if (group !== undefined)
    must(setOption(fd, netlinkLevel, joinGroup, uint32(group), 4), `join group ${group}`);
  return fd;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A netlink socket that hears the nft traces of the caller's network namespace. */
export function openTraceSocket(): number {
  const traceGroup = 9;
  return openNetlink(traceGroup);
}

/** Sends a message to the kernel, which has done what it asks for when this returns. */
export function sendMessage(fd: number, message: Buffer): void {
  const kernel = Buffer.alloc(12);
  kernel.writeUInt16LE(family.netlink, 0);
  must(sendTo(fd, message, message.length, 0, kernel, kernel.length), 'send');
}

/** The kernel had more to say than the socket could hold: what was observed is not all that happened. */
export class LostMessages extends Error {
  override readonly name = 'LostMessages';
}

/** The messages that came since the last call; throws {@link LostMessages}. */
export function receivedMessages(fd: number): readonly Buffer[] {
  const dontWait = 0x40;
  const messages: Buffer[] = [];
  for (;;) {
    const size = receiveFrom(fd, room, room.length, dontWait);
    if (size < 0 && koffi.errno() === again) return messages;
    if (size < 0 && koffi.errno() === noBuffers) throw new LostMessages('netlink messages were lost');
    must(size, 'recv');
    messages.push(Buffer.from(room.subarray(0, size)));
  }
}
