// Questions put to a lab for real: an echo of ICMP, a connection of TCP or a datagram of UDP, each between two addresses.
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { type Address, parseAddress } from '../../core/datatype/address.ts';
import { checksum } from '../../core/packet/checksum.ts';
import {
  bindSocket,
  closeSocket,
  connectSocket,
  openSocket,
  pollEvent,
  receivedBytes,
  sendBytes,
  socketError,
} from './sockets.ts';

/** A question, as JSON can say it. */
export interface Question {
  /** The namespace of who asks. */
  readonly namespace: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'ping' | 'tcp' | 'udp';
  /** 0 for a ping. */
  readonly port: number;
}

/** What came of it: an answer, or why there was none, in words. */
export interface RealAnswer {
  readonly answered: boolean;
  readonly why: string;
}

/** A question that is on its way. */
export interface Asking {
  readonly fd: number;
  readonly events: number;
  /** Looks again where something happened; undefined: it was not the answer. */
  readonly look: () => RealAnswer | undefined;
}

/** Asks, from the namespace that this process is in; `id` tells pings apart. */
export function ask({ from, to, kind, port }: Question, id: number): Asking | RealAnswer {
  const [source, destination] = [parseAddress(from), parseAddress(to)];
  if (!source || !destination) throw new RangeError(`${from} and ${to} are no addresses`);
  const fd = openSocket(kind, source.family);
  const problem =
    bindSocket(fd, source, 0) ||
    connectSocket(fd, destination, port) ||
    (kind === 'tcp' ? 0 : sendBytes(fd, kind === 'ping' ? echo(source.family, id) : hello));
  if (problem !== 0) {
    closeSocket(fd);
    return refused(problem);
  }
  const look = () => answerAt(fd, kind, source.family, id);
  return { fd, events: kind === 'tcp' ? pollEvent.out : pollEvent.in, look };
}

const hello = Buffer.from('hookline\n');

function answerAt(
  fd: number,
  kind: Question['kind'],
  family: Address['family'],
  id: number,
): RealAnswer | undefined {
  const problem = socketError(fd);
  if (problem !== 0) return refused(problem);
  if (kind === 'tcp') return { answered: true, why: 'connected' };
  for (let bytes = receivedBytes(fd); bytes; bytes = receivedBytes(fd))
    if (kind === 'udp' || isEchoReply(bytes, family, id)) return { answered: true, why: 'answered' };
  return undefined;
}

/** In words where the kernel's are not those of people. */
function refused(number: number): RealAnswer {
  const [code = String(number), message = code] = getSystemErrorMap().get(-number) ?? [];
  return { answered: false, why: number === constants.errno.EPERM ? 'its own rules stop it' : message };
}

/** RFC 792, RFC 4443 section 4.1; in IPv6 the kernel writes the checksum. */
function echo(family: Address['family'], id: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt8(family === 4 ? 8 : 128, 0);
  bytes.writeUInt16BE(id, 4);
  bytes.writeUInt16BE(1, 6);
  if (family === 4) bytes.writeUInt16BE(checksum(bytes), 2);
  return bytes;
}

/** Raw sockets of IPv4 have the header of IP, too. */
function isEchoReply(bytes: Buffer, family: Address['family'], id: number): boolean {
  const message = family === 4 ? bytes.subarray(((bytes[0] ?? 0) & 15) * 4) : bytes;
  return message[0] === (family === 4 ? 0 : 129) && message.length >= 8 && message.readUInt16BE(4) === id;
}
