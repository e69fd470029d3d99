// Traffic that goes on until standard input ends, as a program of its own:
//   transfer.ts serve ADDRESS PORT                    echoes TCP and UDP, prints `ready`
//   transfer.ts send ADDRESS PORT CONNECTIONS         prints how far it is, a line of JSON each 20 ms, until it is told to end
// No more datagrams are under way than fit into the buffers of sockets: one that does not come back was dropped by rules.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [role, address = '', portText = '', connections = '0'] = process.argv.slice(2);
const port = Number(portText);
const underWay = 16;
const counts = { opened: 0, echoed: 0, broken: 0, sent: 0, received: 0 };

if (role === 'serve') serve();
else send();

function serve(): void {
  const datagrams = createSocket('udp4');
  datagrams.on('message', (message, peer) => datagrams.send(message, peer.port, peer.address));
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  datagrams.bind(port, address, () => server.listen(port, address, () => console.log('ready')));
}

function send(): void {
  for (let at = 0; at < Number(connections); at++) transfer();
  const flow = exchange();
  const say = setInterval(() => console.log(JSON.stringify(counts)), 20);
  process.stdin.on('end', () => {
    flow.stop(() => {
      clearInterval(say);
      console.log(JSON.stringify({ ...counts, ended: true }));
      process.exit();
    });
  });
  process.stdin.resume();
}

/** Sends a block when the one before has come back. */
function transfer(): void {
  const block = Buffer.alloc(4096, 7);
  const socket = connect({ host: address, port });
  let left = 0;
  socket.on('connect', () => {
    counts.opened++;
    left = block.length;
    socket.write(block);
  });
  socket.on('data', (data) => {
    counts.echoed += data.length;
    left -= data.length;
    if (left > 0) return;
    left = block.length;
    setTimeout(() => socket.write(block), 1);
  });
  socket.once('error', countBroken);
  socket.once('end', countBroken);
}

function countBroken(): void {
  counts.broken++;
}

/** Numbered datagrams; whoever stops it waits for those under way as long as a lost one would take to be sure. */
function exchange(): { stop(done: () => void): void } {
  const socket = createSocket('udp4');
  let most = underWay;
  const fill = () => {
    while (counts.sent - counts.received < most) {
      counts.sent++;
      socket.send(`${counts.sent}`);
    }
  };
  socket.on('message', () => {
    counts.received++;
    setTimeout(fill, 1);
  });
  socket.on('error', () => undefined);
  socket.connect(port, address, fill);
  return {
    stop: (done) => {
      most = 0;
      let patience = 200;
      const look = setInterval(() => {
        if (counts.received < counts.sent && patience-- > 0) return;
        clearInterval(look);
        done();
      }, 25);
    },
  };
}
