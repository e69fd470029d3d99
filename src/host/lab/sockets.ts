// Sockets in the network namespaces of a lab: this process steps into a namespace, opens a socket, which stays there, and
// steps into the next. koffi is an optional dependency: whatever leads here is a program of its own.
import { constants } from 'node:os';
import koffi from 'koffi';
import type { Address } from '../../core/datatype/address.ts';
import { writeUint } from '../../core/packet/bytes.ts';
import { SystemError } from '../kernel/system-error.ts';

const libc = koffi.load('libc.so.6');
const openFile: (path: string, flags: number) => number = libc.func('int open(const char *, int)');
const closeFile: (fd: number) => number = libc.func('int close(int)');
const enter: (fd: number, kind: number) => number = libc.func('int setns(int, int)');
const socket: (family: number, type: number, protocol: number) => number =
  libc.func('int socket(int, int, int)');
const bind: (fd: number, address: Buffer, size: number) => number = libc.func('int bind(int, void *, int)');
const connect: (fd: number, address: Buffer, size: number) => number = libc.func(
  'int connect(int, void *, int)',
);
const setOption: (fd: number, level: number, name: number, value: Buffer, size: number) => number = libc.func(
  'int setsockopt(int, int, int, void *, int)',
);
const getOption: (fd: number, level: number, name: number, value: Buffer, size: Buffer) => number = libc.func(
  'int getsockopt(int, int, int, void *, void *)',
);
const send: (fd: number, bytes: Buffer, size: number, flags: number) => number = libc.func(
  'long send(int, void *, size_t, int)',
);
const receive: (fd: number, bytes: Buffer, size: number, flags: number) => number = libc.func(
  'long recv(int, void *, size_t, int)',
);
const pollFor: (fds: Buffer, count: number, milliseconds: number) => number = libc.func(
  'int poll(void *, unsigned long, int)',
);

const { errno } = constants;
const socketType = { tcp: 1, udp: 2, raw: 3 } as const;
/** asm-generic/fcntl.h: SOCK_NONBLOCK, SOCK_CLOEXEC. */
const socketFlags = 0o4000 | 0o2000000;
const socketLevel = 1;

function must(result: number, what: string): number {
  if (result < 0) throw new SystemError(what, koffi.errno());
  return result;
}

/** Steps into a namespace, by its file. */
export function enterNamespace(path: string): void {
  const network = 0x40000000;
  const fd = must(openFile(path, 0), path);
  must(enter(fd, network), path);
  closeFile(fd);
}

/** A socket of a kind in the namespace that this process is in. */
export function openSocket(kind: 'tcp' | 'udp' | 'ping', family: Address['family']): number {
  const [domain, icmp] = family === 4 ? [2, 1] : [10, 58];
  const [type, protocol] = kind === 'ping' ? [socketType.raw, icmp] : [socketType[kind], 0];
  return must(socket(domain, type | socketFlags, protocol), `a socket for ${kind}`);
}

/** A socket that speaks with the kernel about routing, in the namespace that this process is in (rtnetlink(7)). */
export function openRoutingSocket(): number {
  const [netlink, routing] = [16, 0];
  return must(socket(netlink, socketType.raw | socketFlags, routing), 'a netlink socket');
}

/** Has a socket hear and speak by one interface alone; in a VRF, by all its ports (socket(7): SO_BINDTODEVICE). */
export function bindToDevice(fd: number, device: string): void {
  const byDevice = 25;
  const name = Buffer.from(`${device}\0`);
  must(setOption(fd, socketLevel, byDevice, name, name.length), `a socket on ${device}`);
}

/** Takes a port of an address, or of all addresses of one family only. Returns the number of the error, or 0. */
export function bindSocket(fd: number, address: Address, port: number): number {
  const reuse = 2;
  const [versionLevel, version6Only] = [41, 26];
  setOption(fd, socketLevel, reuse, one, one.length);
  if (address.family === 6) setOption(fd, versionLevel, version6Only, one, one.length);
  const name = socketAddress(address, port);
  return bind(fd, name, name.length) < 0 ? koffi.errno() : 0;
}

const one = Buffer.from([1, 0, 0, 0]);

/** Begins to connect. Returns the number of the error, or 0, also where it is not decided yet. */
export function connectSocket(fd: number, address: Address, port: number): number {
  const name = socketAddress(address, port);
  if (connect(fd, name, name.length) >= 0) return 0;
  const number = koffi.errno();
  return number === errno.EINPROGRESS ? 0 : number;
}

/** Returns the number of the error, or 0. */
export function sendBytes(fd: number, bytes: Buffer): number {
  return send(fd, bytes, bytes.length, 0) < 0 ? koffi.errno() : 0;
}

const room = Buffer.alloc(1 << 16);

/** What came; undefined if nothing did. */
export function receivedBytes(fd: number): Buffer | undefined {
  const size = receive(fd, room, room.length, 0);
  return size < 0 ? undefined : Buffer.from(room.subarray(0, size));
}

/** The number of the error that the kernel has for a socket, or 0; it has it once. */
export function socketError(fd: number): number {
  const error = 4;
  const value = Buffer.alloc(4);
  getOption(fd, socketLevel, error, value, Buffer.from([4, 0, 0, 0]));
  return value.readInt32LE(0);
}

/** Closes it; a connection of TCP is reset, and nobody has to remember it. */
export function closeSocket(fd: number): void {
  const linger = 13;
  setOption(fd, socketLevel, linger, Buffer.concat([one, Buffer.alloc(4)]), 8);
  closeFile(fd);
}

/** What a socket is waited for. */
export const pollEvent = { in: 1, out: 4 } as const;

/** Waits until something happens at one of the sockets; those where it did. */
export function poll(
  waiting: readonly { readonly fd: number; readonly events: number }[],
  milliseconds: number,
): readonly number[] {
  const list = Buffer.alloc(8 * waiting.length);
  for (const [at, { fd, events }] of waiting.entries()) {
    list.writeInt32LE(fd, 8 * at);
    list.writeUInt16LE(events, 8 * at + 4);
  }
  pollFor(list, waiting.length, milliseconds);
  return waiting.flatMap(({ fd }, at) => (list.readUInt16LE(8 * at + 6) === 0 ? [] : [fd]));
}

/** ip(7): sockaddr_in; ipv6(7): sockaddr_in6. */
function socketAddress({ family, value }: Address, port: number): Buffer {
  const bytes = Buffer.alloc(family === 4 ? 16 : 28);
  bytes.writeUInt16LE(family === 4 ? 2 : 10, 0);
  bytes.writeUInt16BE(port, 2);
  if (family === 4) writeUint(bytes, 4, 4, value);
  else writeUint(bytes, 8, 16, value);
  return bytes;
}
