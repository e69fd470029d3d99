// `ip protocol`, `ip6 nexthdr`, `meta l4proto`, `meta nfproto`: which protocol a packet speaks.
import { protocol } from '../datatype/types.ts';
import { metaL4proto, metaNfproto } from '../field/meta.ts';
import { ip6Nexthdr, ipProtocol } from '../field/network.ts';
import { protocolNumber } from '../packet/packet.ts';
import { defineFieldMatch, evaluatesTo, type FieldTest } from './field-match.ts';
import { always, fewValues, plainTest, unsupported } from './iptables-condition.ts';
import {
  type Condition,
  type GivenOption,
  type IptablesReader,
  type Refusal,
  refuse,
  type Words,
} from './iptables-spelling.ts';
import { parseProtocolWord, protocolWord } from './protocol-name.ts';

const dccp = 33;

/** `-p` stands once in a rule, so not to be one of several needs a chain of its own. */
function writeProtocols(test: FieldTest, key: string): Condition {
  const plain = plainTest(test, protocol.width);
  const values = plain && fewValues(plain.ranges, 64);
  if (!plain || !values) return unsupported(key, test);
  // iptables reads the protocol 0 as any.
  if (values.includes(0n)) return unsupported(key, test);
  return plain.negated ? noneOf(values) : anyOf(values);
}

function anyOf(values: readonly bigint[]): Condition {
  const [only, ...others] = values;
  if (only === undefined) return { kind: 'never' };
  if (others.length === 0) return always(Number(only));
  return { kind: 'any', alternatives: values.map((value) => [protocolWords(value, false)]) };
}

function noneOf(values: readonly bigint[]): Condition {
  const [only, ...others] = values;
  if (only === undefined) return always();
  if (others.length === 0) return { kind: 'any', alternatives: [[protocolWords(only, true)]] };
  return { kind: 'none', alternatives: values.map((value) => [protocolWords(value, false)]) };
}

function protocolWords(value: bigint, negated: boolean): Words {
  return { own: 'p', words: [...(negated ? ['!'] : []), '-p', protocolWord(Number(value))] };
}

/** `-p` looks behind extension headers (net/ipv6/netfilter/ip6_tables.c: ip6_packet_match), as `meta l4proto` does. */
const protocolReader: IptablesReader<FieldTest> = {
  module: '',
  options: { '-p': 1 },
  aliases: { '--protocol': '-p', '--proto': '-p' },
  takes: 'each',
  read: ([given]) => given && readProtocol(given),
};

function readProtocol({ negated, words: [text = ''] }: GivenOption): FieldTest | Refusal {
  const number = parseProtocolWord(text);
  if (number === undefined) return refuse(`\`${text}\` is no protocol`);
  if (number === 0) return refuse('`! -p all` matches nothing');
  const value = BigInt(number);
  return { op: negated ? '!=' : '==', value: { kind: 'ranges', ranges: [{ lo: value, hi: value }] } };
}

/** Protocols whose packets have ports. */
const transports = [
  protocolNumber.tcp,
  protocolNumber.udp,
  dccp,
  protocolNumber.sctp,
  protocolNumber.udplite,
];

function onlyTransports({ op, mask, value }: FieldTest): boolean {
  if (op !== '==' || mask !== undefined || value.kind !== 'ranges') return false;
  return value.ranges.every(({ lo, hi }) => lo === hi && transports.includes(Number(lo)));
}

export const ipProtocolMatch = defineFieldMatch({
  key: 'ip protocol',
  summary: 'The protocol that an IPv4 packet carries.',
  field: ipProtocol,
  family: 'ip',
  transports: onlyTransports,
  nft: { payload: { protocol: 'ip', field: 'protocol' } },
  iptables: { write: (test) => writeProtocols(test, 'ip protocol'), readers: [] },
});

export const ip6NexthdrMatch = defineFieldMatch({
  key: 'ip6 nexthdr',
  summary:
    'The first next header of an IPv6 packet: not the transport protocol if an extension header stands there.',
  field: ip6Nexthdr,
  family: 'ip6',
  nft: { payload: { protocol: 'ip6', field: 'nexthdr' } },
  iptables: {
    write: () => ({
      kind: 'unsupported',
      why: "ip6tables' `-p` looks behind extension headers, which `ip6 nexthdr` doesn't",
      help: 'write `meta l4proto`, which means the same everywhere',
    }),
    readers: [],
  },
});

export const metaL4protoMatch = defineFieldMatch({
  key: 'meta l4proto',
  aliases: ['l4proto'],
  summary: 'The transport protocol, behind all extension headers.',
  field: metaL4proto,
  transports: onlyTransports,
  nft: { meta: { key: 'l4proto' } },
  iptables: { write: (test) => writeProtocols(test, 'meta l4proto'), readers: [protocolReader] },
});

/** NFPROTO_IPV4 and NFPROTO_IPV6. */
const versions = { ip: 2n, ip6: 10n } as const;

function onlyVersion(test: FieldTest): 'ip' | 'ip6' | undefined {
  const [only, ...others] = (['ip', 'ip6'] as const).filter((one) => evaluatesTo(test, versions[one]));
  return others.length === 0 ? only : undefined;
}

export const metaNfprotoMatch = defineFieldMatch({
  key: 'meta nfproto',
  aliases: ['nfproto'],
  summary: 'The IP version: `ipv4` or `ipv6`.',
  field: metaNfproto,
  bothFamiliesOnly: true,
  nft: { meta: { key: 'nfproto' } },
  leaves: onlyVersion,
  iptables: {
    write: (test, { family }) => {
      const holds = evaluatesTo(test, versions[family]);
      if (holds === undefined) return unsupported('meta nfproto', test);
      return holds ? always() : { kind: 'never' };
    },
    readers: [],
  },
});
