// What is measured: tasks of hookline, and what other programs do with the same rules.
import { fileURLToPath } from 'node:url';
import { generateChain, generateCompany, generatePolicy } from './generate.ts';
import type { Command } from './measure.ts';
import { chosenAddresses, generateNetwork } from './network.ts';
import type { Done } from './subject.ts';
import { generateEntries, generatePackets, host, stranger } from './traffic.ts';
import { tableWriters, writers } from './write.ts';

export interface Job {
  readonly name: string;
  /** What there are so many of. */
  readonly unit: 'rules' | 'packets' | 'entries' | 'hosts';
  /** Does it with files of inputs. */
  readonly command: (file: (input: Input) => string) => Command;
  /** What it has to say of its work at a size; nothing for programs that only fail or not. */
  readonly done?: (size: number) => Done;
  /** The job that this one is set against. */
  readonly peer?: string;
  /** What it must not exceed: so many times the CPU time of its peer, and so much memory. */
  readonly limit?: { readonly timesPeer: number; readonly peakMiB: number };
  /** Its sizes are so many times smaller than those of the others. */
  readonly smaller?: number;
}

const seed = 1;

/** Texts of a size that jobs work on; several are files that one policy includes. */
export const inputs = {
  hook: (size) => writers.hook(generatePolicy(size, seed)),
  nft: (size) => writers.nft(generatePolicy(size, seed)),
  company: (size) => generateCompany(size, seed).map((table) => tableWriters.hook([table])),
  'company-nft': (size) => tableWriters.nft(generateCompany(size, seed)),
  json: (size) => writers.json(generatePolicy(size, seed)),
  save: (size) => writers.save(generatePolicy(size, seed)),
  chain: (size) => writers.hook(generateChain(size, seed)) + host,
  gateway: () => writers.hook(generatePolicy(1000, seed)) + host,
  packets: (size) => generatePackets(size, seed),
  entries: (size) => generateEntries(size, seed),
  network: (size) => generateNetwork(size, seed),
} as const satisfies Record<string, (size: number) => string | readonly string[]>;

export type Input = keyof typeof inputs;

const subject = [process.execPath, fileURLToPath(new URL('subject.ts', import.meta.url))] as const;

export const jobs: readonly Job[] = [
  peer('nft -c -f', 'nft'),
  peer('nft -c -j -f', 'json'),
  peer('iptables-legacy-restore --test', 'save'),
  peer('iptables-nft-restore --test', 'save'),
  compiling('nft', 'nft -c -f'),
  { ...peer('nft -c -f', 'company-nft'), name: withSets('nft -c -f') },
  {
    ...compiling('nft', withSets('nft -c -f')),
    name: withSets('hookline: compile --to nft'),
    command: (file) => [...subject, 'compile-nft', file('company')],
    limit: { timesPeer: 1, peakMiB: 400 },
  },
  compiling('nft-json', 'nft -c -j -f'),
  compiling('iptables', 'iptables-legacy-restore --test'),
  importing('nft-json', 'json', 'nft -c -j -f'),
  importing('nft', 'nft', 'nft -c -f'),
  {
    ...importing('iptables-save', 'save', 'iptables-nft-restore --test'),
    limit: { timesPeer: 3, peakMiB: 300 },
  },
  {
    name: 'hookline: trace one packet',
    unit: 'rules',
    command: (file) => [...subject, 'trace-one', file('chain'), stranger],
    done: (rules) => ({ rules }),
  },
  {
    name: 'hookline: trace through 1,000 rules',
    unit: 'packets',
    command: (file) => [...subject, 'trace-many', file('gateway'), file('packets')],
    done: (packets) => ({ packets }),
    smaller: 10,
  },
  {
    name: 'hookline: conntrack check, 1,000 rules',
    unit: 'entries',
    command: (file) => [...subject, 'conntrack', file('gateway'), file('entries')],
    done: (entries) => ({ entries }),
  },
  {
    name: 'hookline: reach, every pair of 200 addresses',
    unit: 'hosts',
    command: (file) => [...subject, 'reach', file('network')],
    done: (hosts) => ({ hosts, pairs: hosts === 0 ? 0 : chosenAddresses * (chosenAddresses - 1) }),
    smaller: 100,
  },
];

/** In a network namespace of its own, so that the rules of this machine neither matter nor change. */
function peer(name: string, input: Input): Job {
  return { name, unit: 'rules', command: (file) => ['unshare', '--net', ...name.split(' '), file(input)] };
}

function withSets(name: string): string {
  return `${name}, 1,000 sets`;
}

function compiling(to: string, against: string): Job {
  return {
    name: `hookline: compile --to ${to}`,
    unit: 'rules',
    command: (file) => [...subject, `compile-${to}`, file('hook')],
    done: (rules) => ({ rules }),
    peer: against,
  };
}

function importing(from: string, input: Input, against: string): Job {
  return {
    name: `hookline: import of ${from}`,
    unit: 'rules',
    command: (file) => [...subject, `import-${from}`, file(input)],
    done: (rules) => ({ rules, opaque: 0 }),
    peer: against,
  };
}
