// Many real connections, as programs of their own: many-connections.ts runs them inside namespaces.
//   many.ts serve PORT…        TCP and UDP at every address, answers until it is killed; port 21 speaks a little FTP
//   many.ts talk               reads batches as JSON on standard input, prints how many were answered
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** Connections from each address to each port of an address. */
interface Batch {
  readonly transport: 'tcp' | 'udp' | 'ftp';
  readonly from: readonly string[];
  readonly to: string;
  readonly ports: readonly number[];
  /** So many of each. */
  readonly each: number;
}

/** The ports that datagrams were sent from. */
const taken = new Set<number>();

const [role, ...words] = process.argv.slice(2);
if (role === 'serve') await serve(words.map(Number));
else await talk();

async function serve(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      if (port === 21) serveFtp(socket);
    });
    server.listen({ port, host: '::', backlog: 4096 });
    await once(server, 'listening');
    for (const type of ['udp4', 'udp6'] as const) await echo(type, port);
  }
  console.log('ready');
}

async function echo(type: 'udp4' | 'udp6', port: number): Promise<void> {
  const socket = createSocket({ type, ipv6Only: type === 'udp6', recvBufferSize: 4_000_000 });
  socket.on('message', (data, peer) => socket.send(data, peer.port, peer.address));
  socket.on('error', () => {});
  socket.bind(port);
  await once(socket, 'listening');
}

/** PASV and PORT (RFC 959, 3.2): a data connection that is closed at once. */
function serveFtp(control: Socket): void {
  control.write('220 here\r\n');
  control.on('data', (data) => {
    const [, host, high, low] = /^PORT (\d+,\d+,\d+,\d+),(\d+),(\d+)/.exec(data.toString()) ?? [];
    if (host === undefined) serveData(control);
    else connectBack(control, host.replaceAll(',', '.'), Number(high) * 256 + Number(low));
  });
}

function connectBack(control: Socket, host: string, port: number): void {
  const data = connect({ host, port, localPort: 20 });
  data.on('error', () => data.destroy());
  data.on('connect', () => {
    data.resume().end();
    control.write('226 done\r\n');
  });
}

function serveData(control: Socket): void {
  const data = createServer((socket) => socket.on('error', () => socket.destroy()));
  data.listen(0, '0.0.0.0', () => {
    const address = data.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const host = control.localAddress?.replace('::ffff:', '').replaceAll('.', ',');
    control.write(`227 Entering Passive Mode (${host},${port >> 8},${port & 255})\r\n`);
  });
}

async function talk(): Promise<void> {
  const batches: readonly Batch[] = JSON.parse(await text(process.stdin));
  let answered = 0;
  for (const batch of batches) {
    if (batch.transport === 'udp') answered += await sendAll(batch);
    else if (batch.transport === 'tcp') answered += await connectAll(batch);
    else answered += await transfer(batch);
  }
  console.log(answered);
  process.exit();
}

/** One connection after the other in each of many lanes; the client closes first. */
async function connectAll({ from, to, ports, each }: Batch): Promise<number> {
  const left = from.flatMap((address) =>
    ports.flatMap((port) => Array.from({ length: each }, () => ({ address, port }))),
  );
  const count = left.length;
  const lane = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const socket = connect({ host: to, port: next.port, localAddress: next.address });
      await once(socket, 'connect');
      socket.resume().end();
      await once(socket, 'close');
    }
  };
  await Promise.all(Array.from({ length: 100 }, lane));
  return count;
}

/** So many sockets at each address; what is not answered is said again. */
async function sendAll({ from, to, ports, each }: Batch): Promise<number> {
  const sockets = from.flatMap((address) => Array.from({ length: each }, () => address));
  for (const address of sockets) await sendFrom(address, to, ports);
  return sockets.length * ports.length;
}

async function sendFrom(address: string, to: string, ports: readonly number[]): Promise<void> {
  const socket = await freshSocket(address);
  const left = new Set(ports);
  await new Promise<void>((resolve) => {
    const send = () => {
      for (const port of left) socket.send('hello', port, to);
    };
    const again = setInterval(send, 300);
    socket.on('message', (_, peer) => {
      left.delete(peer.port);
      if (left.size > 0) return;
      clearInterval(again);
      resolve();
    });
    send();
  });
  socket.close();
}

/** At a port that none had before: with the port of one that is closed its connections would go on. */
async function freshSocket(address: string): Promise<Datagrams> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  if (!taken.has(port)) {
    taken.add(port);
    return socket;
  }
  socket.close();
  return freshSocket(address);
}

/** One transfer that the client connects for, and one that the server does. */
async function transfer({ from: [address = ''], to }: Batch): Promise<number> {
  const control = connect({ host: to, port: 21, localAddress: address });
  await said(control, /^220/);
  control.write('PASV\r\n');
  const [, high, low] = await said(control, /\((?:\d+,){4}(\d+),(\d+)\)/);
  const data = connect({ host: to, port: Number(high) * 256 + Number(low), localAddress: address });
  await once(data, 'connect');
  data.resume().end();
  const listener = createServer((socket) => socket.resume().on('error', () => socket.destroy()));
  listener.listen(0, address);
  await once(listener, 'listening');
  const own = listener.address();
  const port = typeof own === 'object' && own ? own.port : 0;
  control.write(`PORT ${address.replaceAll('.', ',')},${port >> 8},${port & 255}\r\n`);
  await said(control, /^226/);
  control.end();
  return 3;
}

async function said(socket: Socket, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const [data]: unknown[] = await once(socket, 'data');
    const found = pattern.exec(String(data));
    if (found) return found;
  }
}
