// Sends packets through MASQUERADE on random hosts, and wants the addresses that conntrack recorded to be predicted.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/core/datatype/address.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { lookupRoute } from '../../src/core/topology/lookup.ts';
import { masqueradeAddress } from '../../src/core/topology/source-selection.ts';
import { seedsOfRun } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { routeLine, setupLines } from './support/routing-commands.ts';
import { hostOf, randomAddress, randomFrom, randomHost } from './support/routing-host.ts';

const rules =
  'table inet n { chain p { type nat hook postrouting priority srcnat; oif != "lo" masquerade; }; }';

/** Addresses that every random host has. */
const senders = { 4: '10.0.1.1', 6: '2001:db8:4::5' } as const;

/** Sends one datagram from the sender of its family to each destination; what cannot be sent is left out. */
const sendAll = `
  const sockets = { 4: require('dgram').createSocket('udp4'), 6: require('dgram').createSocket('udp6') };
  let left = 0;
  const done = () => { if (--left === 0) { sockets[4].close(); sockets[6].close(); } };
  const send = (family) => {
    for (const to of process.argv.slice(1).filter((text) => text.includes(':') === (family === 6))) {
      left++;
      sockets[family].send('x', 9, to, done);
    }
  };
  sockets[4].bind(4444, '${senders[4]}', () => send(4));
  sockets[6].bind(4444, '${senders[6]}', () => send(6));
`;

/** The masqueraded source for each destination, from the reply direction of its conntrack entry. */
function observed(setup: readonly string[], destinations: readonly string[]): ReadonlyMap<string, string> {
  const script = [
    'set -e',
    ...setup,
    `nft '${rules}'`,
    `${process.execPath} -e "$SEND" ${destinations.join(' ')}`,
    'conntrack -L -p udp -f ipv4 2>/dev/null',
    'conntrack -L -p udp -f ipv6 2>/dev/null',
  ].join('\n');
  const run = spawnSync('unshare', ['-n', 'sh'], {
    input: script,
    encoding: 'utf8',
    env: { ...process.env, SEND: sendAll },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const entries = run.stdout.matchAll(/ dst=(\S+) sport=4444 .*src=\S+ dst=(\S+)/g);
  return new Map(
    [...entries].map(([, to = '', masqueraded = '']) => [canonical(to), canonical(masqueraded)]),
  );
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}

function predicted(host: Host, to: string): string | undefined {
  const address = parseAddress(to);
  const source = address && parseAddress(senders[address.family])?.value;
  if (!address || source === undefined) return undefined;
  const { family, value } = address;
  const decision = lookupRoute(host, { family, destination: value, source });
  if (decision.kind !== 'unicast' || decision.device === 'lo') return undefined;
  const toward = family === 4 ? (decision.gateway ?? value) : value;
  const chosen = masqueradeAddress(host, decision.device, toward, family);
  return chosen && formatAddress({ family, value: chosen.address });
}

describeKernel('masquerade', ['unshare', 'sysctl', 'nft', 'conntrack'], () => {
  test.each(seedsOfRun(6))('host %i masquerades 60 destinations as the kernel does', (seed) => {
    const random = randomFrom(seed);
    const facts = randomHost(random, false);
    const { host, accepted } = hostOf(facts);
    const families = Array.from({ length: 60 }, (_, at) => (at % 3 === 2 ? (6 as const) : (4 as const)));
    const drawn = families.map((family) => formatAddress({ family, value: randomAddress(random, family) }));
    const wanted = [...new Set(drawn)].flatMap((to): (readonly [string, string])[] => {
      const source = predicted(host, to);
      return source === undefined ? [] : [[to, source]];
    });
    const destinations = wanted.map(([to]) => to);
    const seen = observed([...setupLines(facts), ...accepted.map(routeLine)], destinations);
    expect(wanted.length).toBeGreaterThan(5);
    expect(seen).toEqual(new Map(wanted));
  });
});
