// The few C functions that raw packets and netlink need and Node does not have.
import koffi from 'koffi';

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

function must(result: number, what: string): number {
  if (result < 0) throw new Error(`${what}: error ${koffi.errno()}`);
  return result;
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

/** Hands a frame to the kernel as received; it is processed to its end when this returns. */
export function inject(fd: number, frame: Buffer): void {
  must(writeTo(fd, frame, frame.length), 'write');
}

/** The frames that the kernel sent by the device since the last call. */
export function sentFrames(fd: number): readonly Buffer[] {
  const frames: Buffer[] = [];
  const buffer = Buffer.alloc(65536);
  for (let size = readFrom(fd, buffer, buffer.length); size > 0; size = readFrom(fd, buffer, buffer.length))
    frames.push(Buffer.from(buffer.subarray(0, size)));
  return frames;
}

/** A socket that sends IPv4 packets with the header that they come with. */
export function openRawSocket(): number {
  const [internet, raw, withHeader] = [2, 3, 255];
  return must(newSocket(internet, raw, withHeader), 'raw socket');
}

/** Sends an IPv4 packet as a program of this host would; whether the kernel took it. */
export function sendRaw(fd: number, packet: Buffer): boolean {
  const internet = 2;
  const address = Buffer.alloc(16);
  address.writeUInt16LE(internet, 0);
  packet.copy(address, 4, 16, 20);
  return sendTo(fd, packet, packet.length, 0, address, address.length) >= 0;
}

/** A netlink socket that hears the nft traces of the caller's network namespace. */
export function openTraceSocket(): number {
  const [netlink, raw, netfilter, joinGroup, netlinkLevel, traceGroup] = [16, 3, 12, 1, 270, 9];
  const fd = must(newSocket(netlink, raw, netfilter), 'socket');
  const address = Buffer.alloc(12);
  address.writeUInt16LE(netlink, 0);
  must(bindTo(fd, address, address.length), 'bind');
  const group = Buffer.alloc(4);
  group.writeUInt32LE(traceGroup);
  must(setOption(fd, netlinkLevel, joinGroup, group, group.length), 'join the trace group');
  return fd;
}

/** The messages that came since the last call; a loss is an error. */
export function receivedMessages(fd: number): readonly Buffer[] {
  const dontWait = 0x40;
  const messages: Buffer[] = [];
  const buffer = Buffer.alloc(1 << 17);
  for (;;) {
    const size = receiveFrom(fd, buffer, buffer.length, dontWait);
    if (size < 0 && koffi.errno() === again) return messages;
    if (size < 0 && koffi.errno() === noBuffers) throw new Error('trace events were lost');
    must(size, 'recv');
    messages.push(Buffer.from(buffer.subarray(0, size)));
  }
}
