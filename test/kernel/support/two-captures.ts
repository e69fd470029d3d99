// tcpdump on both sides of a gateway while hosts behind and before it speak: packets that pass, packets that the policy
// drops, and packets that get lost or changed by rules which the policy does not have.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { compile } from '../../../src/core/compile.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import type { Lab } from '../../../src/host/lab/lab.ts';
import { policyOf } from '../../support/policy.ts';
import { openNetwork } from './lab.ts';

const network = networkOf(
  policyOf(`
host pc {
  interface "eth0" { address 10.0.0.5/24 }
  route default via 10.0.0.1 dev "eth0"
}
host gw {
  interface "lan0" { address 10.0.0.1/24; mac 02:00:00:00:00:01 }
  interface "wan0" { address 203.0.113.1/24; address 203.0.113.2/24; mac 02:00:00:00:00:02 }
  route default via 203.0.113.254
  sysctl net.ipv4.ip_forward = 1
}
host isp {
  interface "eth0" { address 203.0.113.254/24 }
  interface "lo" { address 198.51.100.7/32 }
}
link inside { gw "lan0"; pc "eth0" }
link outside { gw "wan0"; isp "eth0" }
`),
);

const besides = `
table ip besides {
  chain out {
    type filter hook postrouting priority 200
    udp dport 5353 drop
  }
  chain sources {
    type nat hook postrouting priority 50
    udp dport 5354 snat to 203.0.113.2
  }
}`;

/** Datagrams from one port to others, then the end; each waits until the one before is through. */
const datagrams = `
  const [address, port, peer, size, ...ports] = process.argv.slice(1);
  const socket = require('dgram').createSocket('udp4');
  const pause = () => new Promise((done) => setTimeout(done, 20));
  socket.on('error', () => {});
  socket.bind(Number(port), address, async () => {
    for (const to of ports) {
      await new Promise((done) => socket.send(Buffer.alloc(Number(size), to), Number(to), peer, done));
      await pause();
    }
    socket.close();
  });
`;

const server = `
  const server = require('net').createServer({ allowHalfOpen: true }, (socket) => { socket.on('data', () => {}).on('end', () => socket.end(Buffer.alloc(4000, 'welcome'))); server.close(); });
  server.listen(80, '198.51.100.7', () => console.log('ready'));
`;

const client = `
  const socket = require('net').connect({ port: 80, host: '198.51.100.7', localPort: 40000, allowHalfOpen: false }, () => socket.end(Buffer.alloc(6000, 'hello')));
  socket.on('data', () => {}).on('close', () => process.exit());
`;

/** Writes `lan.pcap` and `wan.pcap` with both directions into a folder. */
export async function captureGateway(ruleSet: RuleSet, folder: string): Promise<void> {
  await using lab = await openNetwork(network);
  await furnish(lab, ruleSet);
  const dumps = [
    await startDump(lab, 'lan0', join(folder, 'lan.pcap')),
    await startDump(lab, 'wan0', join(folder, 'wan.pcap')),
  ];
  await speak(lab);
  for (const stop of dumps) await stop();
}

async function furnish(lab: Lab, ruleSet: RuleSet): Promise<void> {
  const { value } = compile(ruleSet, 'nft');
  await lab.host('gw').run('sh', ['-c', 'cat | nft -f /dev/stdin'], { input: `${value}${besides}` });
}

/** How long nothing new has to come before all is taken to be there, in milliseconds. */
const quiet = 500;

async function untilQuiet(file: string): Promise<void> {
  for (let [size, before] = [0, -1]; size !== before; ) {
    await setTimeout(quiet);
    [size, before] = [statSync(file).size, size];
  }
}

/** The end of it is waited for. */
async function startDump(lab: Lab, device: string, file: string): Promise<() => Promise<void>> {
  const words = [
    'timeout',
    '240',
    'tcpdump',
    '-i',
    device,
    '--immediate-mode',
    '-U',
    '-n',
    '-Z',
    'root',
    '-w',
    file,
  ];
  const child = spawn('ip', ['netns', 'exec', lab.host('gw').name, ...words]);
  await new Promise<void>((done) => child.stderr.once('data', () => done()));
  return async () => {
    await untilQuiet(file);
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill('SIGTERM');
    await ended;
  };
}

async function speak(lab: Lab): Promise<void> {
  const run = (host: string, code: string, ...args: readonly string[]) =>
    lab.host(host).run(process.execPath, ['-e', code, ...args]);
  await run(
    'pc',
    datagrams,
    '10.0.0.5',
    '4000',
    '198.51.100.7',
    '5',
    '53',
    '99',
    '1234',
    '54',
    '5353',
    '5354',
  );
  await run('pc', datagrams, '10.0.0.5', '4000', '198.51.100.7', '2000', '53');
  await run('isp', datagrams, '198.51.100.7', '5000', '203.0.113.1', '6', '8080', '8081');
  await run('gw', datagrams, '203.0.113.1', '123', '198.51.100.7', '7', '123');
  const serving = run('isp', server);
  await lab.host('isp').run('sh', ['-c', 'until ss -Hltn sport = 80 | grep -q LISTEN; do sleep 0.05; done']);
  await run('pc', client);
  await serving;
}
