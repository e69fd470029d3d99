// The neighbours of all namespaces of a machine share one table (arp(7): gc_thresh3), 1024 by default: who asks many
// questions of many hosts has to forget those that were found.
import { closeSocket, openRoutingSocket, receivedBytes, sendBytes } from './sockets.ts';

/** linux/rtnetlink.h, linux/netlink.h. */
const message = { new: 28, delete: 29, get: 30 } as const;
const flag = { request: 1, dump: 0x300 } as const;
const headerSize = 16;
/** linux/neighbour.h: it is being looked for, and packets wait for it. */
const incomplete = 1;

/** Forgets the neighbours of the namespace that this process is in, but for those that are being looked for. */
export function forgetNeighbours(): void {
  const fd = openRoutingSocket();
  const question = Buffer.alloc(headerSize + 12);
  question.writeUInt32LE(question.length, 0);
  question.writeUInt16LE(message.get, 4);
  question.writeUInt16LE(flag.request | flag.dump, 6);
  sendBytes(fd, question);
  const found: Buffer[] = [];
  for (let bytes = receivedBytes(fd); bytes; bytes = receivedBytes(fd)) found.push(...messagesOf(bytes));
  for (const one of found) if (one.readUInt16LE(4) === message.new && !isLookedFor(one)) remove(fd, one);
  closeSocket(fd);
}

/** What the kernel said of it names it as well as need be. */
function remove(fd: number, neighbour: Buffer): void {
  neighbour.writeUInt16LE(message.delete, 4);
  neighbour.writeUInt16LE(flag.request, 6);
  sendBytes(fd, neighbour);
}

function isLookedFor(neighbour: Buffer): boolean {
  return neighbour.readUInt16LE(headerSize + 8) === incomplete;
}

function messagesOf(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + headerSize <= bytes.length; ) {
    const size = Math.max(headerSize, bytes.readUInt32LE(at));
    found.push(bytes.subarray(at, at + size));
    at += (size + 3) & ~3;
  }
  return found;
}
