// One end of a flow, as a program of its own: traffic.ts runs it inside a namespace.
//   endpoint.ts listen tcp|udp ADDRESS PORT                             prints `ready`, answers until it is killed
//   endpoint.ts attempt tcp|udp TO PORT FROM FROMPORT PATIENCE          prints the outcome
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [role, transport, address = '', portText, from = '', fromPort, patience] = process.argv.slice(2);
const port = Number(portText);

if (role === 'listen' && transport === 'tcp') listenTcp();
else if (role === 'listen') listenUdp();
else if (transport === 'tcp') attemptTcp();
else attemptUdp();

function listenTcp(): void {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(`${socket.remoteAddress}:${socket.remotePort}`);
  });
  server.listen(port, address, () => console.log('ready'));
}

function listenUdp(): void {
  const socket = createSocket(udpType());
  socket.on('message', (_, peer) => socket.send(`${peer.address}:${peer.port}`, peer.port, peer.address));
  socket.bind(port, address, () => console.log('ready'));
}

function attemptTcp(): void {
  const local = {
    ...(from && { localAddress: from }),
    ...(Number(fromPort) && { localPort: Number(fromPort) }),
  };
  const socket = connect({ host: address, port, ...local });
  let seenAs = '';
  giveUpLater();
  socket.on('error', report);
  socket.on('data', (data) => {
    seenAs = data.toString();
    socket.end();
  });
  socket.on('close', () => finish(`success ${seenAs}`));
}

function attemptUdp(): void {
  const socket = createSocket(udpType());
  giveUpLater();
  socket.on('error', report);
  socket.on('message', (data) => finish(`success ${data.toString()}`));
  socket.bind(Number(fromPort), from || undefined, () =>
    socket.connect(port, address, () => socket.send('hello', (error) => error && report(error))),
  );
}

function udpType(): 'udp4' | 'udp6' {
  return address.includes(':') ? 'udp6' : 'udp4';
}

function giveUpLater(): void {
  setTimeout(() => finish('timeout'), Number(patience));
}

function report(error: NodeJS.ErrnoException): void {
  const outcomes: Record<string, string> = {
    ECONNREFUSED: 'refused',
    EHOSTUNREACH: 'unreachable',
    ENETUNREACH: 'unreachable',
    EACCES: 'unreachable',
    EPERM: 'denied',
    ETIMEDOUT: 'timeout',
  };
  finish(outcomes[error.code ?? ''] ?? String(error));
}

function finish(outcome: string): void {
  console.log(outcome);
  process.exit();
}
