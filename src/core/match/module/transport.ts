// `dccp`, `sctp`, `tcp`, `tcpmss`, `ecn`, `osf`, `multiport`: what transport headers hold beyond the
// fields that have matches of their own.
import type { Node } from '../../bdd/bdd.ts';
import { inRanges } from '../../bdd/vector.ts';
import { transportNext, transportStart, withHeader } from '../../field/parts.ts';
import { bitsOf } from '../../field/symbolic.ts';
import { protocolNumber } from '../../packet/packet.ts';
import type { SymbolicContext } from '../define.ts';
import { anyOf } from '../symbolic.ts';
import { defineModuleMatch, type ModuleOption, type ValueKind } from './define.ts';
import { congestion, dccpHeader, portLists, sctpHeader, segmentSize, tcpOption } from './nft-header.ts';
import { has, type Settings } from './settings.ts';
import { anyText, listOf, max8, max16, number, numberRange, portList, portRange } from './value.ts';

const dccp = 33;
const unread = 'the packet given says nothing of that part of its header';

const portOptions = [
  { option: '--sport', word: 'source-port', value: portRange, negatable: true, aliases: ['--source-port'] },
  {
    option: '--dport',
    word: 'destination-port',
    value: portRange,
    negatable: true,
    aliases: ['--destination-port'],
  },
] as const satisfies readonly ModuleOption[];

/** extensions/libxt_dccp.c: dccp_pkt_types. */
const dccpTypes = listOf(
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
  'INVALID',
);

export const dccpMatch = defineModuleMatch({
  module: 'dccp',
  summary: 'Ports, packet types and options of DCCP.',
  options: [
    ...portOptions,
    { option: '--dccp-types', word: 'types', value: dccpTypes, negatable: true },
    { option: '--dccp-option', word: 'option', value: number({ min: 1n, max: max8 }), negatable: true },
  ],
  protocol: () => dccp,
  nft: dccpHeader,
  truth: unread,
});

/** extensions/libxt_sctp.c: sctp_chunk_names. */
const chunkNames = [
  'DATA',
  'INIT',
  'INIT_ACK',
  'SACK',
  'HEARTBEAT',
  'HEARTBEAT_ACK',
  'ABORT',
  'SHUTDOWN',
  'SHUTDOWN_ACK',
  'ERROR',
  'COOKIE_ECHO',
  'COOKIE_ACK',
  'ECN_ECNE',
  'ECN_CWR',
  'SHUTDOWN_COMPLETE',
  'I_DATA',
  'RE_CONFIG',
  'PAD',
  'ASCONF',
  'ASCONF_ACK',
  'FORWARD_TSN',
  'I_FORWARD_TSN',
];

/** Flags of a chunk, capital for set and small for not set (sctp_chunk_names: valid_flags). */
const chunkFlags: Readonly<Record<string, string>> = {
  DATA: 'IUBE',
  I_DATA: 'IUBE',
  ABORT: 'T',
  SHUTDOWN_COMPLETE: 'T',
};

const chunkTypes: ValueKind = {
  label: 'all, any or only, with a list of SCTP chunks',
  words: 2,
  names: true,
  parse: ([kind = '', list = '']) => {
    if (!['all', 'any', 'only'].includes(kind)) return undefined;
    if (list === 'ALL' || list === 'NONE') return [kind, list];
    const chunks = list.split(',').map(parseChunk);
    if (chunks.includes(undefined)) return undefined;
    const sorted = chunkNames.flatMap(
      (name) => chunks.findLast((chunk) => chunk?.split(':')[0] === name) ?? [],
    );
    return [kind, sorted.join(',')];
  },
};

function parseChunk(text: string): string | undefined {
  const [given = '', flags, ...rest] = text.split(':');
  const name = chunkNames.find((one) => one === given.toUpperCase());
  if (name === undefined || rest.length > 0) return undefined;
  const valid = chunkFlags[name] ?? '';
  if (flags === undefined) return name;
  return Array.from(flags).every((flag) => valid.includes(flag.toUpperCase()))
    ? `${name}:${flags}`
    : undefined;
}

export const sctpMatch = defineModuleMatch({
  module: 'sctp',
  summary: 'Ports and chunks of SCTP: `sctp dport 80 chunk-types any "INIT"`.',
  options: [
    ...portOptions,
    { option: '--chunk-types', word: 'chunk-types', value: chunkTypes, negatable: true },
  ],
  protocol: () => protocolNumber.sctp,
  nft: sctpHeader,
  truth: unread,
});

export const tcpOptionMatch = defineModuleMatch({
  module: 'tcp',
  shares: true,
  key: 'tcp-option',
  summary: 'A TCP option is there: `tcp-option 8`.',
  options: [{ option: '--tcp-option', word: '', value: number({ min: 1n, max: max8 }), negatable: true }],
  needs: [['--tcp-option']],
  protocol: () => protocolNumber.tcp,
  nft: tcpOption,
  truth: unread,
});

export const tcpmssMatch = defineModuleMatch({
  module: 'tcpmss',
  summary: 'The maximum segment size that a TCP packet announces: `tcpmss "1400:1500"`.',
  options: [
    { option: '--mss', word: '', value: numberRange({ max: max16, ordered: true }), negatable: true },
  ],
  needs: [['--mss']],
  protocol: () => protocolNumber.tcp,
  nft: segmentSize,
  truth: unread,
});

export const ecnMatch = defineModuleMatch({
  module: 'ecn',
  summary: 'The bits of explicit congestion notification in the IP and TCP headers.',
  options: [
    { option: '--ecn-tcp-ece', word: 'tcp-ece', negatable: true },
    { option: '--ecn-tcp-cwr', word: 'tcp-cwr', negatable: true },
    { option: '--ecn-ip-ect', word: 'ip-ect', value: number({ max: 3n }), negatable: true },
  ],
  needs: [['--ecn-tcp-ece', '--ecn-tcp-cwr', '--ecn-ip-ect']],
  protocol: (settings) =>
    has(settings, '--ecn-tcp-ece') || has(settings, '--ecn-tcp-cwr') ? protocolNumber.tcp : undefined,
  nft: congestion,
  truth: unread,
});

export const osfMatch = defineModuleMatch({
  module: 'osf',
  summary: 'The operating system that a SYN packet looks like: `osf genre "Linux"`.',
  options: [
    { option: '--genre', word: 'genre', value: anyText(31), negatable: true },
    { option: '--ttl', word: 'ttl', value: number({ max: 2n }) },
    { option: '--log', word: 'log-level', value: number({ max: 2n }) },
  ],
  needs: [['--genre']],
  protocol: () => protocolNumber.tcp,
  nft: 'nft names the first fingerprint that fits, iptables takes any; where those of several systems fit they differ',
  truth: 'what the operating system of the sender is is not guessed',
});

/** net/netfilter/xt_multiport.c: multiport_mt_check takes these alone. */
const ported = [protocolNumber.tcp, protocolNumber.udp, protocolNumber.udplite, protocolNumber.sctp, dccp];

const portsUnknown = 'the packet given says nothing of its ports';

const lists = ['--sports', '--dports', '--ports'];

export const multiportMatch = defineModuleMatch({
  module: 'multiport',
  summary: 'Ports of any protocol that has ports; `ports` is the source or the destination port.',
  options: [
    { option: '--sports', word: 'sports', value: portList, negatable: true, aliases: ['--source-ports'] },
    {
      option: '--dports',
      word: 'dports',
      value: portList,
      negatable: true,
      aliases: ['--destination-ports'],
    },
    { option: '--ports', word: 'ports', value: portList, negatable: true },
  ],
  needs: [lists],
  excludes: [lists],
  protocols: ported,
  nft: portLists,
  truth: portTruth,
  symbolic: symbolicPorts,
  knowledge: { unknown: portsUnknown },
});

function portTruth(
  [one]: Settings,
  { view }: Parameters<Exclude<Parameters<typeof defineModuleMatch>[0]['truth'], string>>[1],
) {
  const { transport, protocol, fragment } = view.packet;
  if (transport.kind !== 'tcp' && transport.kind !== 'udp')
    return ported.includes(protocol) && fragment.offset === 0
      ? { result: 'unknown' as const, why: portsUnknown }
      : { result: false as const, actual: 'no ports' };
  const { source, destination } = { source: transport.sport, destination: transport.dport };
  const looked =
    one?.option === '--sports'
      ? [source]
      : one?.option === '--dports'
        ? [destination]
        : [source, destination];
  const found = (one?.value[0] ?? '').split(',').some((part) => {
    const [lo = 0, hi = lo] = part.split(':').map(Number);
    return looked.some((port) => lo <= port && port <= hi);
  });
  return { result: found !== one?.negated, actual: looked.join(', ') };
}

/** Of these a packet here says its ports. */
const told = [protocolNumber.tcp, protocolNumber.udp, protocolNumber.udplite];

function symbolicPorts([one]: Settings, symbols: SymbolicContext): Node {
  const { bdd } = symbols;
  const [isTold, isPorted] = [told, ported].map((numbers) =>
    anyOf(
      bdd,
      numbers.map((protocol) => withHeader(protocol)(symbols)),
    ),
  );
  const words = one?.value[0] ?? '';
  const ranges = words.split(',').map((part) => {
    const [lo = 0n, hi = lo] = part.split(':').map(BigInt);
    return { lo, hi };
  });
  const looked = [
    ...(one?.option === '--dports' ? [] : [transportStart]),
    ...(one?.option === '--sports' ? [] : [transportNext]),
  ];
  const found = anyOf(
    bdd,
    looked.map((field) => inRanges(bdd, bitsOf(symbols, field), ranges)),
  );
  const holds = one?.negated ? bdd.not(found) : found;
  const others = symbols.free(`multiport ${one?.option.slice(2)} ${words} of SCTP and DCCP`);
  return bdd.ite(isTold ?? 0, holds, bdd.and(isPorted ?? 0, others));
}
