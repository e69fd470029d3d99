// Netlink messages of netfilter: building requests, and taking apart what the kernel says (include/uapi/linux/netlink.h,
// include/uapi/linux/netfilter/nfnetlink.h). Lengths and types are in the byte order of the machine, taken as little-endian.
import { receivedMessages, sendMessage } from './libc.ts';

/** One message. */
export interface NetlinkMessage {
  /** The subsystem in the upper byte, its message in the lower. */
  readonly type: number;
  /** As nftables and conntrack number them: 2 for IPv4, 10 for IPv6, 1 for inet, 0 for any. */
  readonly family: number;
  readonly attributes: Attributes;
}

/** The attributes of a message or of another attribute, by their numbers. */
export type Attributes = ReadonlyMap<number, Buffer>;

const headerSize = 20;
const [errorType, doneType] = [2, 3];

/** Asks for everything of a kind, and gives what the kernel answers. */
export function dump(socket: number, type: number): readonly NetlinkMessage[] {
  const [request, whole] = [0x1, 0x300];
  sendMessage(socket, message(type, request | whole));
  return answers(socket);
}

/** What a request is about, beside its attributes. */
interface Subject {
  readonly family?: number;
  /** The resource of the subsystem: a group of the log. */
  readonly resource?: number;
}

/** Has the kernel do something, and gives what it answers; throws with the error number where it refuses. */
export function command(
  socket: number,
  type: number,
  body: Buffer = Buffer.alloc(0),
  subject: Subject = {},
): readonly NetlinkMessage[] {
  const [request, acknowledge] = [0x1, 0x4];
  sendMessage(socket, message(type, request | acknowledge, body, subject));
  return answers(socket);
}

/** Has nftables delete all its tables: a batch of one command (include/uapi/linux/netfilter/nfnetlink.h). */
export function deleteAllTables(socket: number): void {
  const [request, acknowledge, begin, end, nftables, deleteTable] = [0x1, 0x4, 0x10, 0x11, 10, 0x0a02];
  const none = Buffer.alloc(0);
  const batch = [
    message(begin, request, none, { resource: nftables }),
    message(deleteTable, request | acknowledge),
    message(end, request, none, { resource: nftables }),
  ];
  sendMessage(socket, Buffer.concat(batch));
  answers(socket);
}

function message(type: number, flags: number, body: Buffer = Buffer.alloc(0), subject: Subject = {}): Buffer {
  const head = Buffer.alloc(headerSize);
  head.writeUInt32LE(headerSize + body.length, 0);
  head.writeUInt16LE(type, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt8(subject.family ?? 0, 16);
  head.writeUInt16BE(subject.resource ?? 0, 18);
  return Buffer.concat([head, body]);
}

/** A refusal of the kernel. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** asm-generic/errno.h. */
  readonly number: number;

  constructor(number: number) {
    super(`the kernel refuses: error ${number}`);
    this.number = number;
  }
}

/** An attribute, padded to whole words. */
export function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** Everything up to the end of a dump, or to the acknowledgement. */
function answers(socket: number): readonly NetlinkMessage[] {
  const found: NetlinkMessage[] = [];
  for (;;) {
    const received = receivedMessages(socket);
    if (received.length === 0) throw new Error('the kernel does not answer');
    for (const { type, body } of received.flatMap(rawMessages)) {
      if (type === doneType) return found;
      if (type !== errorType) found.push(parsed(type, body));
      else if (body.readInt32LE() === 0) return found;
      else throw new NetlinkError(-body.readInt32LE());
    }
  }
}

interface RawMessage {
  readonly type: number;
  readonly body: Buffer;
}

function rawMessages(received: Buffer): readonly RawMessage[] {
  const messages: RawMessage[] = [];
  for (let at = 0; at + 16 <= received.length; ) {
    const length = received.readUInt32LE(at);
    messages.push({ type: received.readUInt16LE(at + 4), body: received.subarray(at + 16, at + length) });
    at += (length + 3) & ~3;
  }
  return messages;
}

function parsed(type: number, body: Buffer): NetlinkMessage {
  return { type, family: body.readUInt8(0), attributes: attributesOf(body.subarray(4)) };
}

/** What came over a socket, message by message. */
export function messagesOf(received: readonly Buffer[]): readonly NetlinkMessage[] {
  return received.flatMap(rawMessages).map(({ type, body }) => parsed(type, body));
}

/** The attributes in a row of bytes. */
function attributesOf(body: Buffer): Attributes {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= body.length; ) {
    const length = body.readUInt16LE(at);
    if (length < 4) break;
    found.set(body.readUInt16LE(at + 2) & 0x3fff, body.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}

/** The attributes within one; none where it is absent. */
export function nested(attributes: Attributes, type: number): Attributes {
  const body = attributes.get(type);
  return body ? attributesOf(body) : new Map();
}

/** A string that ends in a zero byte; empty where it is absent. */
export function textOf(value: Buffer | undefined): string {
  return value === undefined ? '' : value.toString('latin1').replace(/\0.*$/s, '');
}

/** A number in network byte order, of any length. */
export function numberOf(value: Buffer | undefined): number | undefined {
  return value && value.length > 0 ? Number(BigInt(`0x${value.toString('hex')}`)) : undefined;
}
