// Asks the kernel what `fib`, `addrtype` and `rpfilter` say of random packets on random hosts, and wants the same
// from the matches with the facts of the host.
import { expect, test } from 'vitest';
import { formatAddress } from '../../src/core/datatype/address.ts';
import { fibInterface, fibType } from '../../src/core/field/routing.ts';
import type { FibQuestion, PacketView } from '../../src/core/field/view.ts';
import { importIptables } from '../../src/core/iptables/import.ts';
import { lookupsOf } from '../../src/core/match/define.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { encodePacket } from '../../src/core/packet/encode.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { routingFacts } from '../../src/core/topology/fib.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { seedsOfRun } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { routeLine, setupLines } from './support/routing-commands.ts';
import { devices, hostOf, randomAddress, randomFrom, randomHost } from './support/routing-host.ts';
import { matchingRules } from './support/rule-questions.ts';

type HookName = 'prerouting' | 'input' | 'forward';

/** One rule, in nft's words, and what the trace says of it. */
interface Question {
  readonly text: string;
  readonly ours: (view: PacketView) => boolean;
}

const types = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
];

function typeQuestions(question: FibQuestion): readonly Question[] {
  return types.map((type, number) => ({
    text: `fib ${flagsOf(question)} type ${type}`,
    ours: (view) => fibType(view, question) === BigInt(number),
  }));
}

function interfaceQuestions(question: FibQuestion): readonly Question[] {
  const flags = flagsOf(question);
  const named = devices.map((name) => ({
    text: `fib ${flags} oif "${name}"`,
    ours: (view: PacketView) => fibInterface(view, question) === name,
  }));
  const exists = {
    text: `fib ${flags} oif exists`,
    ours: (view: PacketView) => fibInterface(view, question) !== '',
  };
  return [...named, exists];
}

function flagsOf({ side, device, mark }: FibQuestion): string {
  return [side, ...(mark ? ['mark'] : []), ...(device ? [device] : [])].join(' . ');
}

const sides = ['saddr', 'daddr'] as const;

const questions: Readonly<Record<HookName, readonly Question[]>> = {
  prerouting: askedAt(['iif']),
  input: askedAt(['iif']),
  forward: askedAt(['iif', 'oif']),
};

function askedAt(places: readonly ('iif' | 'oif')[]): readonly Question[] {
  return sides.flatMap((side) =>
    [undefined, ...places].flatMap((device) => [
      ...typeQuestions({ side, device }),
      // The kernel refuses to look for an interface by the one that the packet leaves by.
      ...(device === 'oif'
        ? []
        : [false, true].flatMap((mark) => interfaceQuestions({ side, device, mark }))),
    ]),
  );
}

const hooks = ['prerouting', 'input', 'forward'] as const;

/**
 * Marks stand in the destination port, for a packet has none when it comes in; FORWARD says where it will go out. The
 * source port tells our packets from what the host answers.
 */
const ruleset = `table inet t {
  chain early {
    type filter hook prerouting priority -400
    udp sport 9 meta nftrace set 1
    udp dport 1-2000 meta mark set udp dport map { 1 : 1, 257 : 257, 512 : 512 }
  }
${hooks.map(chainText).join('\n')}
}
`;

function chainText(hook: HookName): string {
  const places = hook === 'forward' ? devices.map((name) => `oifname "${name}"`) : [];
  return [
    `chain ${hook} {`,
    `type filter hook ${hook} priority -10`,
    ...places,
    ...questions[hook].map(({ text }) => text),
    '}',
  ].join('\n');
}

const addressTypes = {
  ip: 'UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT UNICAST,LOCAL',
  ip6: 'UNSPEC UNICAST LOCAL ANYCAST MULTICAST UNREACHABLE UNICAST,LOCAL LOCAL,UNREACHABLE MULTICAST,ANYCAST',
};

/** Rules of iptables; the first match of each is asked. */
function iptablesText(family: 'ip' | 'ip6'): string {
  const tests = addressTypes[family]
    .split(' ')
    .flatMap((type) => [`--src-type ${type}`, `! --dst-type ${type}`]);
  const chains = {
    PREROUTING: [
      ...tests.map((one) => `-m addrtype ${one}`),
      ...['', '--loose', '--validmark', '--accept-local', '--loose --accept-local --invert'].map((one) =>
        `-m rpfilter ${one}`.trim(),
      ),
    ],
    FORWARD: ['in', 'out'].flatMap((way) => tests.map((one) => `-m addrtype ${one} --limit-iface-${way}`)),
  };
  const lines = Object.entries(chains).flatMap(([chain, rules]) =>
    rules.map((rule) => `-A ${chain} ${rule}`),
  );
  return ['*mangle', ':PREROUTING ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
}

function iptablesQuestions(family: 'ip' | 'ip6', chain: string): readonly Question[] {
  const { value } = importIptables({ name: 'dump', text: iptablesText(family) }, { family });
  const rules = value?.tables[0]?.chains.find(({ name }) => name === chain)?.rules ?? [];
  return rules.map(({ parts: [part] }) => {
    if (part?.kind !== 'match') throw new Error('no match');
    const definition = findMatch(part.key);
    return {
      text: definition?.write(part.args) ?? '',
      ours: (view) => definition?.evaluate(part.args, { view, ...lookupsOf({ sets: [] }) }).result === true,
    };
  });
}

interface Sent {
  readonly device: string;
  readonly mark: number;
  readonly spec: string;
}

function randomPacket(random: () => number): Sent {
  const family = random() < 0.6 ? 4 : 6;
  const text = () => formatAddress({ family, value: randomAddress(random, family) });
  const [source, destination] = family === 4 ? [text(), text()] : [`[${text()}]`, `[${text()}]`];
  const device = devices[Math.floor(random() * devices.length)] ?? 'a0';
  const mark = [0, 0, 1, 257, 512][Math.floor(random() * 5)] ?? 0;
  return { device, mark, spec: `in ${device} udp ${source}:9 -> ${destination}:${mark || 9} ttl 9` };
}

/** The view at a hook. */
function viewOf(host: Host, { spec, device, mark }: Sent, hook: HookName, oif?: string): PacketView {
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  if (!value) throw new Error(spec);
  const { packet } = value;
  return {
    packet,
    hook,
    iif: device,
    oif,
    mark,
    skuid: undefined,
    pkttype: 0,
    ct: undefined,
    unknown: {},
    routing: routingFacts(host),
  };
}

/** All questions that the kernel answered for a packet, with the two answers where they differ. */
function differences(host: Host, sent: Sent, matched: readonly string[]): readonly string[] {
  const family = sent.spec.includes('[') ? 'ip6' : 'ip';
  const oif = devices.find((_, at) => matched.includes(`t forward ${at}`));
  const compare = (chain: string, hook: HookName, list: readonly Question[], skip = 0): readonly string[] => {
    const view = viewOf(host, sent, hook, hook === 'forward' ? oif : undefined);
    return list.flatMap(({ text, ours }, at) => {
      const kernel = matched.includes(`${chain} ${at + skip}`);
      return ours(view) === kernel
        ? []
        : [`${sent.spec} mark ${sent.mark} at ${hook}: ${text}: kernel ${kernel}`];
    });
  };
  return [
    ...hooks
      .filter((hook) => matched.some((rule) => rule.startsWith(`t ${hook} `)))
      .flatMap((hook) =>
        compare(`t ${hook}`, hook, questions[hook], hook === 'forward' ? devices.length : 0),
      ),
    ...(matched.some((rule) => rule.startsWith('t prerouting '))
      ? compare('mangle PREROUTING', 'prerouting', iptablesQuestions(family, 'PREROUTING'))
      : []),
    ...(oif === undefined ? [] : compare('mangle FORWARD', 'forward', iptablesQuestions(family, 'FORWARD'))),
  ];
}

const seeds = seedsOfRun(6);

describeKernel(
  'rules that ask the routing tables',
  ['nft', 'iptables-nft-restore', 'unshare', 'sysctl'],
  () => {
    test.each(seeds)('host %i answers them for 150 packets as the kernel does', (seed) => {
      const random = randomFrom(seed);
      const facts = randomHost(random, seed % 2 === 0);
      const { host, accepted } = hostOf(facts);
      const packets = Array.from({ length: 150 }, () => randomPacket(random));
      const answers = matchingRules({
        devices,
        setup: [
          ...setupLines(facts).filter((line) => !line.startsWith('ip link add')),
          ...accepted.map(routeLine),
        ],
        nft: ruleset,
        iptables: iptablesText('ip'),
        ip6tables: iptablesText('ip6'),
        packets: packets.map((sent) => ({
          device: sent.device,
          packet: Buffer.from(encodePacket(viewOf(host, sent, 'prerouting').packet)).toString('hex'),
        })),
      });
      expect(answers.filter((rules) => rules.length > 0).length).toBeGreaterThan(100);
      expect(packets.flatMap((sent, at) => differences(host, sent, answers[at] ?? []))).toEqual([]);
    });
  },
);
