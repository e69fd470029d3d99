// A program of a lab: it listens on the ports of all hosts at once, and tells whoever comes what address it sees. Standard
// input says where and on what; it prints a line when it listens.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Address, parseAddress } from '../../core/datatype/address.ts';
import { SystemError } from '../kernel/system-error.ts';
import type { ListeningHost } from './listening.ts';
import { bindSocket, bindToDevice, enterNamespace, openSocket } from './sockets.ts';

const hosts: readonly ListeningHost[] = JSON.parse(await text(process.stdin));
const every: readonly Address[] = [
  { family: 4, value: 0n },
  { family: 6, value: 0n },
];

for (const { namespace, addresses, listeners } of hosts) {
  enterNamespace(`/run/netns/${namespace}`);
  // A datagram is answered from the address that it came to if the socket has that one.
  for (const { protocol, port, device } of listeners)
    for (const address of protocol === 'tcp'
      ? every
      : [...every, ...addresses.flatMap((one) => parseAddress(one) ?? [])])
      listen(protocol, address, port, device);
}
console.log('ready');

function listen(protocol: 'tcp' | 'udp', address: Address, port: number, device: string | undefined): void {
  const fd = openSocket(protocol, address.family);
  if (device !== undefined) bindToDevice(fd, device);
  const refused = bindSocket(fd, address, port);
  if (refused !== 0) throw new SystemError(`${protocol} port ${port}`, refused);
  if (protocol === 'tcp') listenTcp(fd);
  else listenUdp(fd, address);
}

function listenTcp(fd: number): void {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${socket.remoteAddress} ${socket.remotePort}\n`);
  });
  server.listen({ fd });
}

function listenUdp(fd: number, { family }: Address): void {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  socket.on('message', (_, peer) => socket.send(`${peer.address} ${peer.port}\n`, peer.port, peer.address));
  // A refused answer is nobody's.
  socket.on('error', () => {});
  socket.bind({ fd, exclusive: true });
}
