// What is measured: tasks of hookline, and what other programs do with the same rules.
import { fileURLToPath } from 'node:url';
import { generateCampus } from './campus.ts';
import { generateConnections } from './connections.ts';
import { generateGateway } from './gateway.ts';
import { generateChain, generateCompany, generateLists, generatePolicy } from './generate.ts';
import { generateLinear, type LinearKind } from './linear.ts';
import type { Command } from './measure.ts';
import { chosenAddresses, generateNetwork } from './network.ts';
import { realBackbone } from './real.ts';
import type { Done } from './subject.ts';
import { generatePackets, host, stranger } from './traffic.ts';
import { tableWriters, writers } from './write.ts';
import { listed, saved } from './write-connections.ts';

export interface Job {
  readonly name: string;
  /** What there are so many of. */
  readonly unit: 'rules' | 'packets' | 'entries' | 'hosts' | 'edits' | 'matrices';
  /** Does it with files of inputs. */
  readonly command: (file: (input: Input) => string, size: number) => Command;
  /** It runs where the kernel tracks the connections of this input. */
  readonly tracked?: Input;
  /** What it has to say of its work at a size; nothing for programs that only fail or not. */
  readonly done?: (size: number) => Done;
  /** The job that this one is set against. */
  readonly peer?: string;
  /** What it must not exceed: so many times the CPU time of its peer, and so much memory. */
  readonly limit?: { readonly timesPeer: number; readonly peakMiB: number };
  /** What it must not exceed at a size, and what the CPU seconds are set against where no program is. */
  readonly stated?: readonly Stated[];
  /** Its sizes, where none are asked for. */
  readonly sizes?: readonly number[];
  /** Its sizes are so many times smaller than those of the others. */
  readonly smaller?: number;
  /** Its sizes are so many times larger. */
  readonly larger?: number;
}

/** A figure that somebody has stated. */
export interface Stated {
  readonly size: number;
  readonly cpu: number;
  readonly peakMiB?: number;
  readonly whose: string;
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
  lists: (size) => writers.hook(generateLists(size, seed)),
  unlike: (size) => writers.hook(generateLinear('mixed', size, seed)),
  chain: (size) => writers.hook(generateChain(size, seed)) + host,
  gateway: () => writers.hook(generatePolicy(1000, seed)) + host,
  packets: (size) => generatePackets(size, seed),
  clients: () => generateGateway(seed),
  network: (size) => generateNetwork(size, seed),
  campus: (size) => generateCampus(size, seed),
  'campus-of-2800': () => generateCampus(2800, seed),
  backbone: () => realBackbone(),
  'linear-address': () => linear('address', 10_000),
  'linear-port': () => linear('port', 10_000),
  'linear-mixed': () => linear('mixed', 10_000),
  'linear-mixed-1000': () => linear('mixed', 1000),
  'linear-mixed-100000': () => linear('mixed', 100_000),
} as const satisfies Record<string, (size: number) => string | readonly string[]>;

function linear(kind: LinearKind, count: number): string {
  return writers.save(generateLinear(kind, count, seed));
}

/** Texts that are too long to be held at once, line by line. */
export const streams = {
  connections: (size) => listed(generateConnections(size, seed)),
  tracked: (size) => saved(generateConnections(Math.floor(size / dumpsOf(size)), seed)),
} as const satisfies Record<string, (size: number) => Iterable<string>>;

export type Input = keyof typeof inputs | keyof typeof streams;

/** A kernel does not track more (net.netfilter.nf_conntrack_max, which only the first namespace can change). */
const mostTracked = 250_000;

/** For larger tables what is there is listed so many times. */
function dumpsOf(size: number): number {
  return Math.max(1, Math.ceil(size / mostTracked));
}

/** Says how many entries it has listed; conntrack says it on standard error. */
const listTracked = `for _ in $(seq $0); do conntrack -L -o extended,id 2>&1 >/dev/null; done |
  awk '{ entries += $4 } END { print "{\\"entries\\":" entries "}" }'`;

const listing = 'conntrack -L -o extended,id';

const diagrams = [process.execPath, fileURLToPath(new URL('diagrams.ts', import.meta.url))] as const;

const subject = [process.execPath, fileURLToPath(new URL('subject.ts', import.meta.url))] as const;

const rulesOf: Readonly<Record<LinearKind, string>> = {
  address: 'by address',
  port: 'by port of UDP',
  mixed: 'mixed',
};

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
  ...optimising('lists', { timesPeer: 4, peakMiB: 700 }),
  ...optimising('unlike', { timesPeer: 8, peakMiB: 1100 }),
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
    name: 'hookline: trace a chain of 10,000 rules, mixed',
    unit: 'packets',
    command: (file, size) => [...subject, 'trace-chain', file('linear-mixed'), `mixed 10000 ${size}`],
    done: (packets) => ({ packets }),
    smaller: 1000,
  },
  classifying('address', 10_000, 'linear-address'),
  classifying('port', 10_000, 'linear-port'),
  classifying('mixed', 10_000, 'linear-mixed'),
  classifying('mixed', 1000, 'linear-mixed-1000'),
  classifying('mixed', 100_000, 'linear-mixed-100000'),
  {
    name: listing,
    unit: 'entries',
    tracked: 'tracked',
    command: (_, size) => ['bash', '-c', listTracked, `${dumpsOf(size)}`],
    done: (entries) => ({ entries }),
    larger: 10,
  },
  {
    name: 'hookline: read connections',
    unit: 'entries',
    command: (file) => [...subject, 'read-connections', file('connections')],
    done: (entries) => ({ entries }),
    peer: listing,
    limit: { timesPeer: 1, peakMiB: 200 },
    larger: 10,
  },
  {
    name: 'hookline: conntrack check, 1,000 rules',
    unit: 'entries',
    command: (file) => [...subject, 'conntrack', file('clients'), file('connections')],
    done: (entries) => ({ entries }),
    peer: listing,
    limit: { timesPeer: 1.5, peakMiB: 400 },
    larger: 10,
  },
  {
    name: 'hookline: reach, every pair of 200 addresses',
    unit: 'hosts',
    command: (file) => [...subject, 'reach', file('network')],
    done: (hosts) => ({ hosts, pairs: hosts === 0 ? 0 : chosenAddresses * (chosenAddresses - 1) }),
    smaller: 100,
  },
  {
    name: 'hookline: lint',
    unit: 'rules',
    command: (file) => [...subject, 'lint', file('campus')],
    done: (rules) => ({ rules, missed: 0 }),
    sizes: [1000, 5500, 10_000, 50_000],
    stated: [
      { size: 5500, cpu: 5, peakMiB: 500, whose: 'what it may take' },
      { size: 50_000, cpu: 30, whose: 'what it may take' },
    ],
  },
  {
    name: 'hookline: lint of a real backbone',
    unit: 'rules',
    command: (file, size) => [...subject, 'lint', file(size === 0 ? 'campus' : 'backbone')],
    done: (rules) => ({ rules, missed: 0 }),
    sizes: [2807],
    stated: [{ size: 2807, cpu: 1, whose: 'what it may take' }],
  },
  {
    name: 'hookline: lint after edits of 2,800 rules',
    unit: 'edits',
    command: (file, edits) => [...subject, 'lint-edits', file('campus-of-2800'), `${edits}`],
    done: (edits) => ({ edits }),
    sizes: [10, 100],
    stated: [{ size: 100, cpu: 10, whose: '0.1 s for each' }],
  },
  {
    name: 'hookline: services of a real backbone, tcp/22',
    unit: 'matrices',
    command: (file, matrices) => [...subject, 'services', file('backbone'), `${matrices}`],
    done: (matrices) => ({ matrices }),
    sizes: [1],
    stated: [{ size: 1, cpu: 22, whose: 'what the verified tool fffuu is said to need' }],
  },
  {
    name: 'BDD of objects and maps: first match',
    unit: 'rules',
    command: (_, rules) => [...diagrams, 'naive', `${rules}`],
    done: (rules) => ({ rules }),
    smaller: 100,
  },
  {
    name: 'hookline: BDD, first match',
    unit: 'rules',
    command: (_, rules) => [...diagrams, 'arrays', `${rules}`],
    done: (rules) => ({ rules }),
    peer: 'BDD of objects and maps: first match',
    limit: { timesPeer: 0.2, peakMiB: 400 },
    smaller: 100,
  },
];

/** In a network namespace of its own, so that the rules of this machine neither matter nor change. */
function peer(name: string, input: Input): Job {
  return { name, unit: 'rules', command: (file) => ['unshare', '--net', ...name.split(' '), file(input)] };
}

function classifying(kind: LinearKind, rules: number, input: Input): Job {
  return {
    name: `hookline: classify, ${rules.toLocaleString('en')} rules ${rulesOf[kind]}`,
    unit: 'packets',
    command: (file, size) => [...subject, 'classify', file(input), `${kind} ${rules} ${size}`],
    done: (packets) => ({ packets }),
    larger: 20,
  };
}

/** The same rules as they are and optimised, each step proved: what that takes in addition. */
function optimising(input: 'lists' | 'unlike', limit: Job['limit']): readonly Job[] {
  const plain = {
    name: `hookline: not optimised, ${input}`,
    unit: 'rules',
    command: (file) => [...subject, 'compile-nft', file(input)],
    done: (rules) => ({ rules }),
    smaller: 2,
  } as const satisfies Job;
  return [
    plain,
    {
      ...plain,
      name: `hookline: optimised, ${input}`,
      command: (file) => [...subject, 'optimise-nft', file(input)],
      peer: plain.name,
      ...(limit && { limit }),
    },
  ];
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
