// Run inside a namespace: sends datagrams at their times and prints for each whether the kernel let it out, then how late
// the latest one was, in milliseconds. A packet that a rule drops at OUTPUT is refused with EPERM.
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/** One datagram of this host to itself. */
interface Datagram {
  readonly family: 4 | 6;
  readonly source: string;
  readonly sport: number;
  readonly destination: string;
  readonly dport: number;
  readonly size: number;
  /** Milliseconds since the beginning. */
  readonly at: number;
}

async function send({ family, source, sport, destination, dport, size }: Datagram): Promise<string> {
  const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(sport, source, resolve));
  return new Promise((resolve) => {
    socket.send(new Uint8Array(size), dport, destination, (error) => {
      socket.close();
      resolve(error ? 'drop' : 'accept');
    });
  });
}

const datagrams: readonly Datagram[] = JSON.parse(process.argv[2] ?? '[]');
const start = performance.now();
let latest = 0;
for (const datagram of datagrams) {
  const wait = start + datagram.at - performance.now();
  if (wait > 0) await setTimeout(wait);
  const verdict = await send(datagram);
  latest = Math.max(latest, performance.now() - start - datagram.at);
  process.stdout.write(`${verdict}\n`);
}
process.stdout.write(`${Math.ceil(latest)}\n`);
